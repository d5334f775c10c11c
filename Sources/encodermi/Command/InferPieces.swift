import ArgumentParser
import Attack
import Data
import Encoders
import Experiments
import Files
import Foundation

/// Scores of many inputs, piece by piece.
extension Infer {
  /// Checks the options that depend on `--out`.
  func validatePieces() throws {
    if let part, WorkPart(part) == nil {
      throw ValidationError("--part takes a number and how many parts there are, as 1/2; found '\(part)'")
    }
    guard out != nil else {
      if part != nil {
        throw ValidationError("--part is for --out, which the parts' scores are written into")
      }
      return
    }
    let useless: [(String, Bool, String)] = [
      ("files", !files.isEmpty, "give a folder of them by --data"),
      ("--caption", !caption.isEmpty, "give captions as data by --data"),
      ("--captions", !captions.isEmpty, "give captions as data by --data"),
      ("--nonmembers", !nonmembers.isEmpty, "take a --classifier, and give `encodermi merge` --alpha"),
      ("--alpha", alpha != nil, "give it to `encodermi merge`, as verdicts depend on all inputs together"),
      ("--budget", budget != nil, "each part asks about its own inputs, and none knows of the others"),
      ("--format", format != .table, "`encodermi merge` prints the answer"),
      (
        "answers:", EncoderPlace(target).answers != nil,
        "recorded answers are to questions about given inputs; leave --out out"
      ),
    ]
    if let (option, _, remedy) = useless.first(where: \.1) {
      throw ValidationError("--out takes no \(option): \(remedy)")
    }
    if source == nil { throw ValidationError("--out is for data; name them by --data or --pairs") }
  }

  /// Asks about the pieces of a part that have no scores yet, and writes them.
  func write(_ judge: Judge, to place: URL) throws {
    guard let source else { preconditionFailure("Infer: --out without data") }
    let (encoder, size) = try EncoderPlace(target).open(captions: judge.subject != .images)
    if let recipe = judge.recipe { try warnIfOther(encoder, than: recipe) }
    warnOfTemplates(judge)
    let options = try options(of: source.location, named: source.option, for: judge.subject, size: size)
    let pieces = try opening(source.option) { try DatasetPieces(source.location, options: options) }
    let folder = ScoreFolder(place)
    try folder.begin(
      ScoreFolder.Settings(
        scorer: judge.name, configuration: judge.configuration, target: encoder.identity,
        recipe: judge.recipe,
        threshold: judge.threshold, known: try known, data: source.location, options: options,
        pieces: try (0..<pieces.count).map {
          ScoreFolder.Piece(name: pieces.name(of: $0), identity: try pieces.identity(of: $0))
        }))
    if let whole = pieces.omissions { warn(of: whole, most: 10) }

    let part = part.flatMap(WorkPart.init) ?? .whole
    let own = (0..<pieces.count).filter(part.holds)
    let missing = own.filter { !folder.holds($0) }
    let progress = Progress("infer")
    defer { progress.finish() }
    var leftOut = 0
    for (done, piece) in missing.enumerated() {
      let name = pieces.name(of: piece)
      func told(_ text: String) {
        progress.note("piece \(done + 1) of \(missing.count), \(name): \(text)", isPassing: true)
      }
      told("opening")
      let opened = try opening(source.option) { try open(piece, of: pieces) }
      guard let data = opened.data else {
        try folder.write(
          piece, named: name, [], scores: [], leftOut: opened.leftOut, asked: QuestionCount())
        leftOut += opened.leftOut.count
        continue
      }
      let inputs = try inputs(judge.subject, of: data, leftOut: 0)
      let asked = try judge.questions(inputs.population, encoder)
      let scores = try judge.scores(inputs.population, encoder, nil) { event in
        if case .asked(_, _, .member, let done, let count) = event {
          told("\(done) of \(judge.subject.counted(count))")
        }
      }
      try folder.write(
        piece, named: name, inputs.names.map { ScoreFolder.Input(file: $0.file, caption: $0.caption) },
        scores: scores, leftOut: opened.leftOut, asked: asked)
      leftOut += opened.leftOut.count
    }
    progress.finish()
    print(
      "\(own.count) of \(pieces.count) pieces are this part's, "
        + (missing.count < own.count ? "\(own.count - missing.count) of them were there already; " : "")
        + "their scores are in \(place.path)")
    print("`encodermi merge \(place.path)` prints the verdicts once all parts are there")
    if leftOut > 0 { throw ExitCode(2) }
  }

  /// What the classifier says of the inputs that it was measured on; nil where it does not say it.
  private var known: KnownScores? {
    get throws {
      guard let classifier else { return nil }
      let folder = URL(filePath: classifier)
      return Paths.exists(folder.appending(path: KnownScores.fileName).path)
        ? try KnownScores.read(from: folder) : nil
    }
  }

  /// A piece, and what of it had to be left out; without data where that is everything.
  private func open(
    _ piece: Int, of pieces: DatasetPieces
  ) throws -> (data: Dataset?, leftOut: [String]) {
    do {
      let data = try pieces.open(piece)
      // Of ranges the whole data set's omissions are counted once.
      let omissions = pieces.omissions == nil || piece == 0 ? data.omissions : Omissions()
      if pieces.omissions == nil { warn(of: omissions, most: 10) }
      return (data, omissions.entries.map { "\($0.kind.words): \($0.name): \($0.reason)" })
    } catch let error as DataError where error.tellsOfNothing && !strict {
      warn("left out \(pieces.name(of: piece)): \(error.description)")
      return (nil, ["\(pieces.name(of: piece)): \(error.description)"])
    }
  }
}
