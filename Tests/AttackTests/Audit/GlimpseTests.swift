import Data
import Encoders
import Testing

@testable import Attack

@Suite(.serialized) struct GlimpseTests {
  @Test("what is looked at are the similarities that features are made of, before they are put in order")
  func same() throws {
    let target = try FakeAudit.subjects(.pairing).target
    let (images, audit) = (try FakeAudit.images(), try FakeAudit.audit())
    let image = target.audited.groups.members[0]
    let caption = FakeAudit.captions()[image][0]
    let glimpse = try audit.glimpse(of: image, in: images, caption: caption, by: target.encoder)
    let views = audit.configuration.views
    #expect(glimpse.views.count == views && glimpse.variants.count == audit.configuration.variants)
    func features(_ sets: [FeatureSet]) throws -> [Float] {
      try audit.features(
        sets, of: Population(images, [image], captions: [.exact: [caption]]), by: target.encoder
      ).rows[0]
    }
    let upper = (0..<views).flatMap { row in ((row + 1)..<views).map { glimpse.imageImage[row][$0] } }
    let found = [
      (upper, try features([.imageImage])), (Array(glimpse.imageText.joined()), try features([.imageText])),
    ]
    for (values, expected) in found {
      #expect(values.count == expected.count)
      #expect(zip(values.sorted(by: >), expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    #expect((0..<views).allSatisfy { abs(glimpse.imageImage[$0][$0] - 1) < 1e-5 })
    #expect(try audit.glimpse(of: image, in: images, caption: nil, by: target.encoder).imageText.isEmpty)
  }
}
