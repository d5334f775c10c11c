import ArgumentParser
import Attack
import Contrastive
import Foundation
import Networks
import Report
import Vision

/// `encodermi infer`.
struct Infer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say of given images whether a target encoder was pre-trained on them.",
    discussion: """
      A score orders images, higher for surer members; it is no probability. How often a verdict is wrong stands in \
      the results.json of the attack that the classifier comes from. The exit code is 2 if a picture was left out, \
      because it is missing or could not be decoded.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, csv, json
  }

  @Option(help: "A classifier that `encodermi attack` wrote, such as runs/attack/classifiers/vector.")
  var classifier: String
  @Option(help: "The target's run, or a folder with weights.safetensors and checkpoint.json.") var target:
    String
  @Option(help: "How the answer is written: table, csv or json.") var format: Format = .table
  @Flag(help: "Stop at the first image that cannot be decoded, instead of leaving it out.") var strict = false
  @OptionGroup var machine: MachineOptions
  @Argument(help: "PNG or JPEG files, or folders of them.") var files: [String]

  struct Verdict: Codable {
    let file: String
    let verdict: String
    let score: Float
    let threshold: Float
  }

  func run() throws {
    machine.apply()
    try checkFolders()
    let folder = URL(filePath: classifier)
    let trained = try InferenceClassifierKind.read(from: folder)
    let origin = folder.deletingLastPathComponent().deletingLastPathComponent()
    let settings = origin.appending(path: AttackJob.configurationName)
    guard
      !FileManager.default.fileExists(atPath: origin.appending(path: PairAttackJob.configurationName).path)
    else { throw InferError.ofPairs(folder.path) }
    guard FileManager.default.fileExists(atPath: settings.path) else {
      throw InferError.noAttack(settings.path)
    }
    let configuration: AttackConfiguration = try Configuration.read(from: settings)
    guard trained.description.features == configuration.features else {
      throw InferError.otherFeatures(
        settings: settings.path, classifier: folder.path,
        FeatureError.mismatch(expected: trained.description.features, found: configuration.features))
    }
    let (encoder, size) = try queried()
    warnIfOther(encoder, than: origin)
    let missing = files.filter { !FileManager.default.fileExists(atPath: $0) }
    if let first = missing.first, strict || missing.count == files.count {
      throw InferError.noSuchFile(first, count: missing.count)
    }
    for file in missing { warn("left out \(file): no such file") }
    let images = try ImageDataset.files(
      files.filter { !missing.contains($0) }, options: DatasetOptions(imageSize: size, strict: strict))
    for skipped in images.skipped { warn("left out \(skipped.name): \(skipped.reason)") }
    let leftOut = missing.count + images.skipped.count
    let features = try EncoderMI(configuration).features(of: images, Array(0..<images.count), by: encoder)
    let scores = try trained.scores(features)
    let verdicts = scores.enumerated().map { index, score in
      Verdict(
        file: images.name(of: index), verdict: score >= trained.threshold ? "member" : "nonmember",
        score: score,
        threshold: trained.threshold)
    }
    print(try text(verdicts), terminator: "")
    let members = verdicts.count { $0.verdict == "member" }
    let summary =
      (verdicts.count == 1 ? "1 image" : "\(verdicts.count) images")
      + ": \(members) taken for members, \(verdicts.count - members) for nonmembers"
      + (leftOut > 0 ? "; \(leftOut) left out" : "")
    // The other formats are for programs.
    if format == .table { print("\n" + summary) } else if leftOut > 0 { warn(summary) }
    if leftOut > 0 { throw ExitCode(2) }
  }

  /// Names a folder that is something else than its option asks for.
  private func checkFolders() throws {
    let kinds = (classifier: FolderKind(classifier), target: FolderKind(target))
    if ![.classifier, .checkpoint].contains(kinds.classifier) {
      throw InferError.misplaced(
        "--classifier \(classifier)", kinds.classifier,
        wanted: "a classifier that `encodermi attack` wrote, such as runs/attack/classifiers/vector")
    }
    if ![.run, .encoder, .checkpoint].contains(kinds.target) {
      throw InferError.misplaced(
        "--target \(target)", kinds.target,
        wanted: "the target's run, or a folder with weights.safetensors and checkpoint.json")
    }
  }

  /// What an attack measured holds for the encoder that it attacked.
  private func warnIfOther(_ encoder: PretrainedEncoder, than origin: URL) {
    let attacked = (try? AttackResults.read(from: origin))?.encoderFingerprints?["target"]
    guard let attacked, attacked != encoder.fingerprint else { return }
    warn(
      "\(target) is not the encoder that \(origin.path) attacked (its weights differ), so the accuracy measured there "
        + "does not hold for these verdicts; attack this one too, or give the same --target")
  }

  /// The encoder, and the size that images are brought to first: that of the run's data set, as with the members.
  private func queried() throws -> (PretrainedEncoder, imageSize: Int) {
    let run = RunFolder(URL(filePath: target))
    guard FileManager.default.fileExists(atPath: run.configuration.path) else {
      let encoder = try PretrainedEncoder(contentsOf: run.url)
      return (encoder, encoder.description.encoder.imageSize)
    }
    let description: RunDescription = try Configuration.read(
      from: run.url.appending(path: RunDescription.fileName))
    return (try Run.encoder(in: run), description.imageSize)
  }

  private func text(_ verdicts: [Verdict]) throws -> String {
    switch format {
    case .json: return String(decoding: try Configuration.encode(verdicts), as: UTF8.self)
    case .csv:
      let lines =
        [["file", "verdict", "score", "threshold"]]
        + verdicts.map { [$0.file, $0.verdict, "\($0.score)", "\($0.threshold)"] }
      return lines.map { ScoresFile.line($0) + "\n" }.joined()
    case .table:
      var table = ReportTable(header: ["file", "verdict", "score", "threshold"])
      for verdict in verdicts {
        table.append([
          verdict.file, verdict.verdict, String(format: "%.4f", verdict.score),
          String(format: "%.4f", verdict.threshold),
        ])
      }
      return table.text + "\n"
    }
  }
}

/// Why images cannot be told apart.
enum InferError: ExplainedError {
  case noAttack(String)
  case ofPairs(String)
  case misplaced(_ option: String, _ found: FolderKind, wanted: String)
  case otherFeatures(settings: String, classifier: String, FeatureError)
  case noSuchFile(String, count: Int)

  var description: String {
    switch self {
    case .ofPairs(let path):
      "\(path) was trained by an attack on image and text encoders, and infer asks about images alone; for pairs, list "
        + "them as a data set and read the scores.csv of `encodermi attack`"
    case .misplaced(let option, let found, let wanted):
      "\(option): \(found.rawValue); give \(wanted)"
    case .otherFeatures(let settings, let classifier, let mismatch):
      "\(settings) is not of the attack that \(classifier) comes from: \(mismatch.description)"
    case .noSuchFile(let file, let count):
      "\(file): no such file" + (count > 1 ? ", nor \(count - 1) of the others" : "") + "; check the path"
    case .noAttack(let path):
      "\(path) is missing: --classifier must be a folder inside the results of `encodermi attack`"
    }
  }
}
