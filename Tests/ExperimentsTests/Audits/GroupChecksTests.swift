import Data
import Files
import Foundation
import TestSupport
import Testing
import Vision

@testable import Experiments

@Suite struct GroupChecksTests {
  private func dataset(_ numbers: Range<Int>, size: Int = 16, in folder: URL) throws -> Dataset {
    try makeFolder(folder)
    for number in numbers {
      try TinyImages.image(number, size: size).writePNG(to: folder.appending(path: "\(number).png").path)
    }
    return try Dataset.open(folder.path, options: DataOptions(imageSize: 16))
  }

  @Test("A picture on both sides is named and left out of both, a scaled copy is named as nearly so")
  func pictures() throws {
    try withTemporaryFolder { folder in
      let members = try dataset(0..<12, in: folder.appending(path: "in"))
      let place = folder.appending(path: "out")
      _ = try dataset(10..<22, in: place)
      try TinyImages.image(3, size: 48).writePNG(to: place.appending(path: "copy.png").path)
      let nonmembers = try Dataset.open(place.path, options: DataOptions(imageSize: 16))
      let groups = try GivenGroups(members: members, nonmembers: nonmembers, captions: false, size: 16)
      #expect(groups.indices.members.count == 10 && groups.indices.nonmembers.count == 11)
      #expect(groups.names.nonmembers.allSatisfy { !$0.hasSuffix("/10.png") && !$0.hasSuffix("/11.png") })
      #expect(
        groups.warnings.contains {
          $0.contains("2 pictures are both in members and in nonmembers (10.png and 10.png")
        })
      #expect(
        groups.warnings.contains {
          $0.contains("1 picture is nearly both") && $0.contains("3.png and copy.png")
        })
    }
  }

  @Test("A picture in several places of a list counts once, and not at all where the other list has it")
  func severalPlaces() throws {
    try withTemporaryFolder { folder in
      let first = try dataset(0..<6, in: folder.appending(path: "first"))
      let again = try dataset(3..<9, in: folder.appending(path: "again"))
      let nonmembers = try dataset(5..<12, in: folder.appending(path: "out"))
      let groups = try GivenGroups(
        members: Dataset.joined([first, again]), nonmembers: nonmembers, captions: false, size: 16)
      // 0 to 4 are members alone, 9 to 11 nonmembers alone, 5 to 8 both.
      #expect(groups.indices.members.count == 5 && groups.indices.nonmembers.count == 3)
    }
  }

  @Test("Lists that differ in size are told with figures, lists of one kind are not")
  func differences() throws {
    try withTemporaryFolder { folder in
      let small = try dataset(0..<12, in: folder.appending(path: "a"))
      let large = try dataset(20..<32, size: 24, in: folder.appending(path: "b"))
      let alike = try dataset(40..<52, in: folder.appending(path: "c"))
      let found = try GroupChecks(
        GroupChecks.Side("members", data: small), GroupChecks.Side("nonmembers", data: large))
      #expect(found.differences.count == 1)
      #expect(found.differences[0].contains("the number of pixels alone tells members from nonmembers"))
      #expect(found.differences[0].contains("a median of 256 pixels beside a median of 576 pixels"))
      #expect(
        try GroupChecks(GroupChecks.Side("a", data: small), GroupChecks.Side("c", data: alike)).differences
          .isEmpty)
    }
  }

  @Test("Captions that differ in Unicode normalisation alone are nearly the same")
  func normalisation() throws {
    let checks = try GroupChecks(
      GroupChecks.Side("one", captions: ["caf\u{E9}"]), GroupChecks.Side("other", captions: ["cafe\u{301}"]))
    #expect(checks.equalCaptions.isEmpty)
    #expect(checks.nearCaptions == [.init(first: 0, second: 0)])
  }

  @Test("Captions are the same by their bytes, and nearly so but for case and signs")
  func captions() throws {
    let (first, second) = (["A red cat.", "two dogs", "x"], ["a red  cat", "two dogs", "y"])
    let checks = try GroupChecks(
      GroupChecks.Side("members", captions: first), GroupChecks.Side("nonmembers", captions: second))
    #expect(checks.equalCaptions == [.init(first: 1, second: 1)])
    #expect(checks.nearCaptions == [.init(first: 0, second: 0)])
    let groups = try GivenGroups(members: first, nonmembers: second)
    #expect(
      groups.captions == MembershipGroups(members: ["A red cat.", "x"], nonmembers: ["a red  cat", "y"]))
    #expect(groups.warnings.count == 2)
    #expect(throws: RunError.self) { try GivenGroups(members: ["x"], nonmembers: ["x"]) }
  }
}
