import Data
import Foundation
import TestSupport
import Testing

@testable import Attack

@Suite struct AuditedPairTests {
  @Test("Of pairs as of images and captions, another caption is the first that was not trained on")
  func trainedCaptions() throws {
    try withTemporaryFolder { folder in
      try TinyImages.write(2, to: folder)
      let lines = (0..<2).flatMap { image in
        (0..<3).map { "\(String(format: "%03d.png", image))\tcaption \($0) of \(image)\n" }
      }
      try Data(("image\tcaption\n" + lines.joined()).utf8).write(to: folder.appending(path: "captions.tsv"))
      let data = try Dataset.open("captions:\(folder.path)")
      for trained in 1...3 {
        let audited = try AuditedPair(
          FakePairEncoder(.nothing, members: [], seed: 1), images: data.images(),
          captions: data.captions ?? [],
          groups: MembershipGroups(members: [0], nonmembers: [1]), trainedCaptions: trained)
        #expect(audited.trainedCaptions == trained)
        #expect(CaptionKnowledge.other.isPossible(for: audited) == (trained < 3))
        guard trained < 3 else { continue }
        let held = try CaptionKnowledge.other.captions(
          of: [1], in: audited, template: TemplateCaptions(knowing: []))
        #expect(held == ["caption \(trained) of 1"])
      }
    }
  }
}
