import Attack
import Data
import Encoders
import Files
import Foundation

/// Scores of many inputs in a folder, written piece by piece by one process or by several, on one machine or on several.
///
/// A piece is a table, `scores-000012.csv`, and a record, `scores-000012.json`, which comes last: a piece with a record is
/// whole, and whoever goes on passes over it. `settings.json` says what all pieces have in common.
public struct ScoreFolder: Sendable {
  /// What all pieces are made by.
  public struct Settings: Codable, Equatable, Sendable, Validated {
    /// What gave the scores: a classifier's kind, or a score's name.
    public let scorer: String
    /// What was asked, and how.
    public let configuration: AttackConfiguration
    /// The encoder that was asked.
    public let target: EncoderIdentity
    /// How the classifier was made and measured; nil for a score that nothing is learned for.
    public let recipe: ClassifierRecipe?
    /// From which score on an input is taken for a member; nil where nothing was learned.
    public let threshold: Float?
    /// What the classifier says of the inputs that it was measured on; nil where there is none.
    public let known: KnownScores?
    /// Where the inputs come from, as `format:path`.
    public let data: String
    /// How they were opened.
    public let options: DataOptions
    /// All pieces.
    public let pieces: [Piece]

    /// Settings by their parts.
    public init(
      scorer: String, configuration: AttackConfiguration, target: EncoderIdentity, recipe: ClassifierRecipe?,
      threshold: Float?, known: KnownScores?, data: String, options: DataOptions, pieces: [Piece]
    ) {
      (self.scorer, self.configuration, self.target, self.recipe) = (scorer, configuration, target, recipe)
      (self.threshold, self.known) = (threshold, known)
      (self.data, self.options, self.pieces) = (data, options, pieces)
    }

    /// Checks what is asked, and that there are pieces.
    /// - Throws: `InvalidSetting`.
    public func validate() throws(InvalidSetting) {
      try configuration.validate(under: "configuration")
      try options.validate()
      try require((1...1_000_000).contains(pieces.count), "pieces", pieces.count, "1 to 1000000")
      try require(threshold?.isFinite ?? true, "threshold", threshold ?? 0, "a finite number")
    }

    /// What differs first between two, in words; nil where nothing does. Where the data lie may differ between machines.
    func difference(from other: Settings) -> String? {
      let parts: [(String, Bool)] = [
        ("what gives the scores", scorer == other.scorer), ("the target", target == other.target),
        ("what is asked", configuration == other.configuration),
        ("the classifier", recipe == other.recipe && threshold == other.threshold && known == other.known),
        ("how the data are opened", options == other.options), ("the data", pieces == other.pieces),
      ]
      return parts.first { !$0.1 }?.0
    }
  }

  /// A piece of the data.
  public struct Piece: Codable, Equatable, Sendable {
    /// What it is called: an archive's name, or numbers of pictures.
    public let name: String
    /// What tells it from another of that name; see ``DatasetPieces/identity(of:)``.
    public let identity: String

    /// A piece by its name and what it holds.
    public init(name: String, identity: String) { (self.name, self.identity) = (name, identity) }
  }

  /// What identifies an input: an image's file, a caption, or both.
  public struct Input: Equatable, Sendable {
    /// The name of the image's file; nil for a caption alone.
    public let file: String?
    /// The caption; nil for an image alone.
    public let caption: String?

    /// An input by what it has.
    public init(file: String? = nil, caption: String? = nil) { (self.file, self.caption) = (file, caption) }
  }

  /// What is told of a piece beside its scores.
  public struct PieceRecord: Codable, Equatable, Sendable, Validated {
    /// The piece's name.
    public let name: String
    /// How many inputs have a score.
    public let inputs: Int
    /// What of the piece could not be used, each with the reason.
    public let leftOut: [String]
    /// How much the target was asked.
    public let asked: QuestionCount
    /// The table's digest.
    public let sha256: String

    /// Checks that the counts can be added up.
    /// - Throws: `InvalidSetting`.
    public func validate() throws(InvalidSetting) {
      for (name, count) in [
        ("inputs", inputs), ("asked.pictures", asked.pictures), ("asked.captions", asked.captions),
      ] {
        try require((0...1 << 40).contains(count), name, count, "0 to 2^40")
      }
    }
  }

  /// Where it is.
  public let url: URL

  /// The folder at a place, which need not be there yet.
  public init(_ url: URL) { self.url = url }

  /// The name of the file with what all pieces have in common.
  public static let settingsName = "settings.json"
  private static let header = ["file", "caption", "score"]

  func file(_ piece: Int, _ suffix: String) -> URL {
    let number = "\(piece)"
    let zeros = String(repeating: "0", count: max(0, 6 - number.count))
    return url.appending(path: "scores-\(zeros)\(number).\(suffix)")
  }

  /// Begins, or goes on with what was begun with the same settings.
  /// - Throws: ``ScoreFolderError/otherSettings(_:what:)``, `FileError`.
  public func begin(_ settings: Settings) throws {
    try makeFolder(url)
    let file = url.appending(path: ScoreFolder.settingsName)
    if !Paths.exists(file.path) { try writeFirst(settings, to: file) }
    let standing = try self.settings
    if let what = settings.difference(from: standing) {
      throw ScoreFolderError.otherSettings(url.path, what: what)
    }
  }

  /// Writes the settings unless another part that began at the same moment did: whoever gives the file its name first.
  private func writeFirst(_ settings: Settings, to file: URL) throws {
    let own = url.appending(path: "\(ScoreFolder.settingsName).\(UUID().uuidString)")
    try Configuration.write(settings, to: own)
    defer { unlink(own.path) }
    if link(own.path, file.path) != 0 && errno != EEXIST {
      throw FileError.fromSystem(errno, file.path, "naming")
    }
  }

  /// What all pieces have in common.
  /// - Throws: `FileError`, `ConfigurationError`.
  public var settings: Settings {
    get throws {
      try Configuration.read(from: url.appending(path: ScoreFolder.settingsName), allowsNull: true)
    }
  }

  /// Whether a piece is there, whole.
  public func holds(_ piece: Int) -> Bool { Paths.exists(file(piece, "json").path) }

  /// Writes a piece.
  /// - Throws: ``ScoreFolderError/notFinite(piece:input:)``, `FileError`.
  public func write(
    _ piece: Int, named name: String, _ inputs: [Input], scores: [Float], leftOut: [String],
    asked: QuestionCount
  ) throws {
    precondition(
      inputs.count == scores.count, "ScoreFolder: \(scores.count) scores of \(inputs.count) inputs")
    if let input = scores.firstIndex(where: { !$0.isFinite }) {
      throw ScoreFolderError.notFinite(piece: name, input: input + 1)
    }
    var text = DelimitedText.line(ScoreFolder.header, .csv)
    for (input, score) in zip(inputs, scores) {
      text += DelimitedText.line([input.file ?? "", input.caption ?? "", "\(score)"], .csv)
    }
    let table = file(piece, "csv")
    try atomicWrite(Data(text.utf8), to: table)
    try Configuration.write(
      PieceRecord(
        name: name, inputs: inputs.count, leftOut: leftOut, asked: asked,
        sha256: try FolderDigests.digest(of: table.path)), to: file(piece, "json"))
  }

  /// What is told of a piece; nil where it is not there.
  /// - Throws: `FileError`, `ConfigurationError`.
  public func record(_ piece: Int) throws -> PieceRecord? {
    holds(piece) ? try Configuration.read(from: file(piece, "json")) : nil
  }

  /// The inputs of a piece with their scores.
  /// - Throws: ``ScoreFolderError/changed(_:)`` where the table is not the one that was written; `FileError`.
  public func scores(of piece: Int) throws -> [(input: Input, score: Float)] {
    guard let record = try record(piece) else { throw FileError.absent(file: file(piece, "json").path) }
    let table = file(piece, "csv")
    guard try FolderDigests.digest(of: table.path) == record.sha256 else {
      throw ScoreFolderError.changed(table.path)
    }
    var text = try DelimitedText(table.path, .csv)
    var rows: [(input: Input, score: Float)] = []
    guard text.next() != nil else { throw ScoreFolderError.changed(table.path) }
    while let row = text.next() {
      let fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 3, let score = Float(fields[2]), score.isFinite else {
        throw ScoreFolderError.changed(table.path)
      }
      func field(_ index: Int) -> String? { fields[index].isEmpty ? nil : fields[index] }
      rows.append((Input(file: field(0), caption: field(1)), score))
    }
    guard rows.count == record.inputs else { throw ScoreFolderError.changed(table.path) }
    return rows
  }
}

/// Why scores in a folder cannot be gone on with, or not put together.
public enum ScoreFolderError: ExplainedError, Equatable {
  /// The folder was begun otherwise.
  case otherSettings(String, what: String)
  /// A piece is not as it was written.
  case changed(String)
  /// Pieces are not there yet.
  case missing(count: Int, of: Int, first: String, folders: [String])
  /// A score is no number.
  case notFinite(piece: String, input: Int)
  /// There is nothing of that kind.
  case noScores(String)

  /// The sentence.
  public var description: String {
    switch self {
    case .otherSettings(let folder, let what):
      "\(folder) holds scores that were made otherwise; what is not the same: \(what); give another folder, or the same settings"
    case .changed(let file):
      "\(file) is not as it was written; remove it and the .json beside it, and run its part again"
    case .missing(let count, let all, let first, let folders):
      "\(count) of \(all) pieces are not in \(folders.joined(separator: ", ")) yet, the first of them \(first); run the parts "
        + "that are missing, or name their folders too"
    case .notFinite(let piece, let input):
      "piece \(piece), input \(input): the score is not a finite number, which comes of an encoder whose answers are none; look "
        + "at its weights"
    case .noScores(let folder):
      "\(folder) holds no scores of `encodermi infer --out`"
    }
  }
}

/// Folders of scores put together: all pieces, each from the first folder that has it.
public struct MergedScores: Sendable {
  /// What all pieces have in common.
  public let settings: ScoreFolder.Settings
  /// What is told of each.
  public let records: [ScoreFolder.PieceRecord]
  private let places: [ScoreFolder]

  /// - Throws: ``ScoreFolderError``, `FileError`, `ConfigurationError`.
  public init(_ folders: [ScoreFolder]) throws {
    precondition(!folders.isEmpty, "MergedScores: no folder")
    for folder in folders where !Paths.exists(folder.url.appending(path: ScoreFolder.settingsName).path) {
      throw ScoreFolderError.noScores(folder.url.path)
    }
    settings = try folders[0].settings
    for other in folders.dropFirst() {
      if let what = try other.settings.difference(from: settings) {
        throw ScoreFolderError.otherSettings(other.url.path, what: what)
      }
    }
    var (records, places): ([ScoreFolder.PieceRecord], [ScoreFolder]) = ([], [])
    var missing: [String] = []
    for (piece, name) in settings.pieces.map(\.name).enumerated() {
      if let place = folders.first(where: { $0.holds(piece) }), let record = try place.record(piece) {
        guard record.name.isExactly(name) else {
          throw ScoreFolderError.changed(place.file(piece, "json").path)
        }
        records.append(record)
        places.append(place)
      } else {
        missing.append(name)
      }
    }
    if let first = missing.first {
      throw ScoreFolderError.missing(
        count: missing.count, of: settings.pieces.count, first: first, folders: folders.map(\.url.path))
    }
    (self.records, self.places) = (records, places)
  }

  /// How many inputs have a score.
  public var count: Int { records.reduce(0) { $0 + $1.inputs } }

  /// Each piece's inputs with their scores, in order; one piece is in memory at a time.
  /// - Throws: as ``ScoreFolder/scores(of:)``.
  public func forEachPiece(_ body: ([(input: ScoreFolder.Input, score: Float)]) throws -> Void) throws {
    for (piece, place) in places.enumerated() { try body(try place.scores(of: piece)) }
  }
}
