import Data
import Foundation
import TestSupport
import Testing

@testable import Attack

@Suite struct AuditSubjectTests {
  @Test("Another caption is the first that was not trained on; where nobody knows, all but the first")
  func trainedCaptions() throws {
    try withTemporaryFolder { folder in
      try TinyImages.write(2, to: folder)
      let lines = (0..<2).flatMap { image in
        (0..<3).map { "\(String(format: "%03d.png", image))\tcaption \($0) of \(image)\n" }
      }
      try Data(("image\tcaption\n" + lines.joined()).utf8).write(to: folder.appending(path: "captions.tsv"))
      let data = try Dataset.open("captions:\(folder.path)", options: DataOptions(captions: true))
      let images = try data.images()
      for trained in [nil, 1, 2, 3] {
        let subject = try AuditSubject(
          FakeEncoder(.nothing, members: [], seed: 1, trainedCaptions: trained), images: images,
          captions: data.captions, groups: MembershipGroups(members: [0], nonmembers: [1]))
        #expect(subject.trainedCaptions == trained ?? 1)
        #expect((subject.obstacle(to: .other, "it") == nil) == (trained != 3))
        #expect((subject.obstacle(to: .template, "it") == nil) == (trained != 3))
        #expect(subject.obstacle(to: .exact, "it") == nil)
        guard trained != 3 else { continue }
        let held = subject.populations([.exact, .other, .template], template: TemplateCaptions(knowing: []))
        #expect(held.nonmembers.captions[.exact] == ["caption 0 of 1"])
        #expect(held.nonmembers.captions[.other] == ["caption \(trained ?? 1) of 1"])
        // Of three words that nobody has seen the longest are kept, in their order.
        #expect(held.members.captions[.template] == ["a photo of caption \(trained ?? 1) of"])
      }
    }
  }

  @Test("Captions that do not fit the images are errors")
  func misfits() throws {
    let (images, groups) = (try FakeAudit.images(), try FakeAudit.split().target)
    let encoder = FakeEncoder(.nothing, members: [], seed: 1)
    #expect(throws: AttackError.captionCount(images: FakeAudit.count, captions: 1)) {
      try AuditSubject(encoder, images: images, captions: [["a"]], groups: groups)
    }
    var captions = FakeAudit.captions()
    captions[3] = []
    #expect(throws: AttackError.noCaption(image: images.name(of: 3))) {
      try AuditSubject(encoder, images: images, captions: captions, groups: groups)
    }
  }

  @Test("The levels of knowledge are all there, and each that is impossible has its reason")
  func levels() throws {
    func reasons(_ subjects: (target: FakeAudit.Subject, shadow: FakeAudit.Subject)) -> [AttackError?] {
      let levels = Audit.levels(target: subjects.target.audited, shadow: subjects.shadow.audited)
      #expect(levels.map(\.knowledge) == CaptionKnowledge.allCases)
      return levels.map(\.obstacle)
    }
    #expect(try reasons(FakeAudit.subjects(.nothing)) == [nil, nil, nil, nil, nil])
    let without = try reasons(FakeAudit.subjects(.nothing, shadow: [.image]))
    #expect(
      without
        == [CaptionKnowledge.exact, .other, .template].map {
          .noText("the shadow", knowledge: $0, hasCaptions: true)
        } + [nil, .noText("the shadow", knowledge: .captionOnly, hasCaptions: true)])
    let single = FakeAudit.captions().map { [$0[0]] }
    let found = try reasons(FakeAudit.subjects(.nothing, captions: single))
    #expect(found[0] == nil && found[3] == nil && found[4] == nil)
    for reason in found[1...2] {
      guard case .noOtherCaption = reason else {
        Issue.record("\(String(describing: reason))")
        continue
      }
    }
  }
}
