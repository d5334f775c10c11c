import ArgumentParser
import Attack
import Experiments
import Foundation

/// `encodermi merge`.
struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put together the scores that `encodermi infer --out` wrote, and print verdicts as CSV.",
    discussion: """
      One folder, if the parts shared it, or several; all pieces must be there. What was left out, how much was asked and how \
      many inputs were taken for what is told on standard error.

      encodermi infer --classifier runs/attack/classifiers/vector \\
        --target runs/target --data 'webdataset:shards/{000..999}.tar' \\
        --part 1/2 --out runs/all
      encodermi merge runs/all > verdicts.csv
      """)

  @Argument(help: "Folders of scores.") var folders: [String]
  @Option(
    help: """
      Give verdicts at this level of error: member-like, not a member, or cannot tell, for all inputs together, by the inputs \
      that the classifier was measured on.
      """)
  var alpha: Double?

  func validate() throws {
    if folders.isEmpty { throw ValidationError("give the folders that --out of `encodermi infer` named") }
    if let alpha, !(alpha > 0 && alpha < 1) { throw ValidationError("--alpha \(alpha) is outside (0, 1)") }
  }

  func run() throws {
    let merged = try MergedScores(folders.map { ScoreFolder(URL(filePath: $0)) })
    let settings = merged.settings
    var test: ConformalTest?
    if let alpha {
      guard let known = settings.known else {
        throw ValidationError(
          "--alpha needs the scores of inputs that a classifier was measured on, and \(settings.scorer) has none; leave "
            + "it out, or run `encodermi infer` with a --classifier of a recent attack")
      }
      test = try known.test
      if test?.canTell(at: alpha) == false { warn("--alpha \(alpha): \(Verdicts.tooFew(at: alpha))") }
    }
    // Verdicts at a level depend on all scores.
    var judged: [ConformalVerdict] = []
    if let test, let alpha {
      var scores: [Double] = []
      try merged.forEachPiece { scores += $0.map { Double($0.score) } }
      judged = test.verdicts(of: scores, at: alpha)
    }
    var (start, counts, isFirst) = (0, [String: Int](), true)
    try merged.forEachPiece { piece in
      if piece.isEmpty { return }
      var verdicts = Verdicts(
        piece.map { Verdicts.Input(file: $0.input.file, caption: $0.input.caption) },
        scores: piece.map(\.score),
        threshold: settings.threshold, tells: settings.threshold != nil && settings.recipe?.obstacle == nil)
      if let test, let alpha {
        verdicts = verdicts.judged(
          judged[start..<start + piece.count], by: test, at: alpha, isMeasured: true)
      } else if settings.threshold == nil {
        verdicts = verdicts.unjudged
      }
      start += piece.count
      for row in verdicts.rows { counts[row.verdict, default: 0] += 1 }
      let text = try verdicts.text(.csv)
      // All pieces have the same columns.
      print(
        isFirst ? text : String(text[text.index(after: text.firstIndex(of: "\n") ?? text.startIndex)...]),
        terminator: "")
      isFirst = false
    }
    tell(merged, counts)
  }

  private func tell(_ merged: MergedScores, _ counts: [String: Int]) {
    let asked = merged.records.reduce(into: (pictures: 0, captions: 0)) {
      $0.pictures += $1.asked.pictures
      $0.captions += $1.asked.captions
    }
    let leftOut = merged.records.flatMap(\.leftOut)
    var lines = [
      "\(merged.count) inputs in \(merged.records.count) pieces: "
        + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "),
      "asked: \(asked.pictures) pictures and \(asked.captions) captions",
    ]
    if let first = leftOut.first { lines.append("left out: \(leftOut.count), the first: \(first)") }
    lines += merged.settings.recipe.map { [Verdicts.words(for: $0)] } ?? []
    Console.tell(lines.joined(separator: "\n") + "\n")
  }
}
