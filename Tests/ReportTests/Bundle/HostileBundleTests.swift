import Attack
import Files
import Foundation
import TestSupport
import Testing

@testable import Report

/// Bundles that were made to take a checker's time or memory.
@Suite struct HostileBundleTests {
  private func problems(_ members: [PlainTar.Member]) -> [String] {
    BundleCheck(SampleBundle.sealed(members), file: "x.tar").problems
  }

  @Test("a file larger than any bundle is refused before it is read")
  func large() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "x.tar")
      try Data().write(to: file)
      // A hole in the file: it has the size, and takes no room.
      let handle = try FileHandle(forWritingTo: file)
      try handle.truncate(atOffset: UInt64(BundleLimits.bytes) + 1)
      try handle.close()
      #expect(
        throws: FileError.tooLarge(file: file.path, found: BundleLimits.bytes + 1, limit: BundleLimits.bytes)
      ) {
        try BundleCheck(file)
      }
    }
  }

  @Test("a member larger than what makes audits is refused, whatever is in it")
  func member() throws {
    var members = try SampleBundle.members()
    let place = try #require(members.firstIndex { $0.name.hasSuffix("results.json") })
    let limit = AuditFiles.largest("results.json")
    members[place] = PlainTar.Member(members[place].name, [UInt8](repeating: 0x20, count: limit + 1))
    #expect(
      problems(members).contains { $0.hasPrefix("bytes of audit-1/results.json: \(limit + 1), and a bundle") }
    )
  }

  @Test("more members, lines, or members of one name than a bundle has are refused")
  func many() throws {
    let members = try SampleBundle.members()
    let more = (0..<BundleLimits.files).map { PlainTar.Member("f\($0)", []) }
    #expect(problems(members + more).contains { $0.contains("more than \(BundleLimits.files) members") })
    let lines = PlainTar.Member("lines", [UInt8](repeating: 0x0A, count: 2 * BundleLimits.lines + 1))
    let bytes = PlainTar(members + [lines]).bytes
    #expect(BundleCheck(bytes, file: "x.tar").problems.contains { $0.hasPrefix("lines: ") })
    let doubled = PlainTar(members + [members[0]] + BundleSeal.files(of: members)).bytes
    #expect(
      BundleCheck(doubled, file: "x.tar").problems.contains {
        $0.contains("'\(members[0].name)' is there twice")
      })
  }

  @Test("a list of more audits than there are files is refused by its length")
  func audits() throws {
    let bytes = try SampleBundle.changed(AuditBundle.contentsName) { text in
      let document = try JSONParser.parse(Data(text.utf8))
      guard case .array(let audits)? = document["audits"] else { return "" }
      return document.replacing(["audits"], by: .array(Array(repeating: audits[0], count: 5000))).text
    }
    let found = BundleCheck(bytes, file: "x.tar").problems
    #expect(found.count == 1 && found[0].contains("it names 5000 audits, which are 15004 files"), "\(found)")
  }

  @Test("more scores, or more attacks, than any audit has are refused by their number")
  func scores() throws {
    let text = "input,of,group,A score\na,target,member,1\nb,target,nonmember,0\n"
    func read(_ most: Int) throws -> RecordedScores {
      try RecordedScores(DelimitedText(bytes: Array(text.utf8), file: "s.csv", .csv), of: .target, most: most)
    }
    #expect(try read(2).inputs.members == ["a"])
    let error = #expect(throws: ReportError.self) { try read(1) }
    #expect(error?.description.contains("line 3: there are more than 1 scores") == true)
    let bytes = try SampleBundle.changed("audit-1/results.json") { text in
      let document = try JSONParser.parse(Data(text.utf8))
      guard case .array(let controls)? = document["controls"] else { return "" }
      return document.replacing(["controls"], by: .array(Array(repeating: controls[0], count: 4096))).text
    }
    #expect(
      BundleCheck(bytes, file: "x.tar").problems.contains { $0.contains("there are 4098, more than 4096") })
  }

  @Test("of very many places that do not fit the first are named and the others counted")
  func places() throws {
    let record = try SampleAudit().record()
    let many = (0..<2000).map { "m\($0),target,member,1.0,nonmember\n" }.joined()
    let text = "input,of,group,EncoderMI-V score,EncoderMI-V decision\n\(many)n,target,nonmember,0.0,member\n"
    let table = DelimitedText(bytes: Array(text.utf8), file: "s.csv", .csv)
    let scores = try RecordedScores(table, of: .target)
    var results = record.results
    results.attacks = [
      AttackMetrics(
        name: "EncoderMI-V", sets: [.imageImage],
        scores: try MembershipScores(try #require(scores.scores(named: "EncoderMI-V")), threshold: 0.5))
    ]
    let check = try NumberCheck(
      results, scores: scores, learned: RecordedScores(table, of: .shadow), record.configuration)
    #expect(check.disagreements.count == NumberCheck.most && check.disagreeing > 2000)
  }

  @Test("a bundle that verify would refuse is not made")
  func making() {
    let members = [PlainTar.Member("a/results.json", [UInt8](repeating: 0, count: (1 << 24) + 1))]
    #expect(
      BundleLimits.excess(of: members)
        == .tooLarge(what: "bytes of a/results.json", found: (1 << 24) + 1, limit: 1 << 24))
  }
}
