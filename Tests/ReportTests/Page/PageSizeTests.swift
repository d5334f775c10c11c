import Data
import Encoders
import Testing

@testable import Attack
@testable import Report

@Suite struct PageSizeTests {
  /// Views of noise, which no PNG makes small, as large as a page shows them.
  static func pictures() -> [InputPicture] {
    let views = InputPicture.mostViews
    var state: UInt32 = 1
    func noise() -> UInt8 {
      // Numerical Recipes' linear congruential generator; its high bits are the random ones.
      state = 1_664_525 &* state &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    let rows = (0..<views).map { row in (0..<views).map { Float(views - abs(row - $0)) / Float(views) } }
    return [
      ("a member's name.png", Membership.member), ("in/2.png", .member), ("out/3.png", .nonmember),
      ("out/4.png", .nonmember),
    ]
    .map { name, group in
      let bytes = (0..<views * 3 * 48 * 48).map { _ in noise() }
      return InputPicture(
        name: name, group: group, score: 0.5,
        glimpse: Glimpse(
          views: Pictures(bytes, size: 48), imageImage: rows, variants: ["a dog on a beach"], imageText: rows)
      )
    }
  }

  @Test("a page of an audit of 10,000 inputs with forty attacks and pictures of four inputs is below 2 MB")
  func large() throws {
    var audit = SampleAudit()
    func scores(_ shift: Int) -> MembershipGroups<[Double]> {
      MembershipGroups(
        members: (0..<5000).map { Double($0 * 7919 % 5003 + shift) },
        nonmembers: (0..<5000).map { Double($0 * 104_729 % 5003) })
    }
    audit.attacks = (0..<40).map { ("attack \($0), which has a name of some length", scores(40 * $0)) }
    audit.control = scores(0)
    audit.inputs = MembershipGroups(
      members: (0..<5000).map { "in/\($0).png" }, nonmembers: (0..<5000).map { "out/\($0).png" })
    let page = try AuditPage([try audit.record()], pictures: PageSizeTests.pictures()).html()
    #expect(page.utf8.count < 2_000_000, "\(page.utf8.count)")
  }
}
