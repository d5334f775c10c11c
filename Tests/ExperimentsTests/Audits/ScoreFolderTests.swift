import Attack
import Data
import Encoders
import Files
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("Scores in a folder") struct ScoreFolderTests {
  private func settings(
    _ target: String = "e", data: String = "folder:a", pieces: [String] = ["one", "two"],
    identity: String = "1"
  ) -> ScoreFolder.Settings {
    ScoreFolder.Settings(
      scorer: "EncoderMI-T", configuration: AttackConfiguration(),
      target: EncoderIdentity(name: "encoder", fingerprint: target), recipe: nil, threshold: 0.25,
      known: KnownScores(MembershipGroups(members: [0.5], nonmembers: [0.125])), data: data,
      options: DataOptions(), pieces: pieces.map { ScoreFolder.Piece(name: $0, identity: identity) })
  }

  private let inputs = [
    ScoreFolder.Input(file: "a,\"b\".png"), ScoreFolder.Input(file: "c", caption: "two\nlines"),
    ScoreFolder.Input(caption: "alone"),
  ]
  private let scores: [Float] = [0.1, -3.4028235e38, 1.1754944e-38]

  private func write(_ piece: Int, to folder: ScoreFolder, leftOut: [String] = []) throws {
    var asked = QuestionCount()
    asked.pictures = 10 + piece
    try folder.write(
      piece, named: ["one", "two"][piece], piece == 0 ? inputs : [], scores: piece == 0 ? scores : [],
      leftOut: leftOut, asked: asked)
  }

  @Test("Scores, names and captions of any kind are read as they were written, to the bit")
  func roundTrip() throws {
    let temporary = try TemporaryFolder()
    let folder = ScoreFolder(URL(filePath: "\(temporary.path)/s"))
    try folder.begin(settings())
    #expect(try folder.settings == settings())
    #expect(!folder.holds(0))
    try write(0, to: folder, leftOut: ["x: damaged"])
    #expect(folder.holds(0) && !folder.holds(1))
    let found = try folder.scores(of: 0)
    #expect(found.map(\.input) == inputs && found.map(\.score) == scores)
    #expect(try folder.record(0)?.leftOut == ["x: damaged"])
    #expect(try folder.record(0)?.asked.pictures == 10)
  }

  @Test("Parts in folders of their own are put together in the order of the pieces, wherever each lies")
  func merging() throws {
    let temporary = try TemporaryFolder()
    let (first, second) = (
      ScoreFolder(URL(filePath: "\(temporary.path)/a")), ScoreFolder(URL(filePath: "\(temporary.path)/b"))
    )
    // Where the data lie may differ from machine to machine.
    try first.begin(settings())
    try second.begin(settings(data: "folder:elsewhere"))
    try write(1, to: first)
    #expect(
      throws: ScoreFolderError.missing(
        count: 1, of: 2, first: "one", folders: [first.url.path, second.url.path])
    ) { try MergedScores([first, second]) }
    try write(0, to: second)
    let merged = try MergedScores([first, second])
    #expect(merged.count == 3 && merged.records.map(\.asked.pictures) == [10, 11])
    var sizes: [Int] = []
    try merged.forEachPiece { sizes.append($0.count) }
    #expect(sizes == [3, 0])
  }

  @Test("What was begun otherwise is not gone on with, and not put together")
  func settingsDiffer() throws {
    let temporary = try TemporaryFolder()
    let (first, second) = (
      ScoreFolder(URL(filePath: "\(temporary.path)/a")), ScoreFolder(URL(filePath: "\(temporary.path)/b"))
    )
    try first.begin(settings())
    try first.begin(settings())
    #expect(throws: ScoreFolderError.otherSettings(first.url.path, what: "the target")) {
      try first.begin(settings("other"))
    }
    try second.begin(settings(pieces: ["one"]))
    #expect(throws: ScoreFolderError.otherSettings(second.url.path, what: "the data")) {
      try MergedScores([first, second])
    }
    #expect(throws: ScoreFolderError.otherSettings(first.url.path, what: "the data")) {
      try first.begin(settings(identity: "2"))
    }
    #expect(throws: ScoreFolderError.notFinite(piece: "one", input: 2)) {
      try first.write(
        0, named: "one", Array(inputs.prefix(2)), scores: [0, .nan], leftOut: [], asked: QuestionCount())
    }
    #expect(!first.holds(0))
    let nothing = ScoreFolder(URL(filePath: "\(temporary.path)/c"))
    #expect(throws: ScoreFolderError.noScores(nothing.url.path)) { try MergedScores([nothing]) }
  }

  @Test("A changed table is told from the one that was written")
  func changed() throws {
    let temporary = try TemporaryFolder()
    let folder = ScoreFolder(URL(filePath: "\(temporary.path)/s"))
    try folder.begin(settings())
    try write(0, to: folder)
    let table = folder.file(0, "csv")
    let text = String(decoding: try Data(contentsOf: table), as: UTF8.self)
    try Data(text.replacing("0.1", with: "0.2").utf8).write(to: table)
    #expect(throws: ScoreFolderError.changed(table.path)) { try folder.scores(of: 0) }
  }

  @Test(
    "Every n-th piece belongs to a part, and all parts have together all pieces", arguments: [1, 2, 3, 7])
  func parts(count: Int) throws {
    let parts = try (1...count).map { try #require(WorkPart("\($0)/\(count)")) }
    for piece in 0..<20 { #expect(parts.count { $0.holds(piece) } == 1) }
  }
}
