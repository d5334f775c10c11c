import Data
import Files
import ArgumentParser
import Attack
import Contrastive
import Encoders
import Experiments
import Foundation
import Report

/// `encodermi infer`.
struct Infer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say of given images, captions or pairs of both whether a target was pre-trained on them.",
    discussion: """
      What a classifier is asked about depends on the features it was trained on: images for those of `encodermi attack` \
      on image encoders and for image-image features; captions for text-text features; images with captions for all \
      others, where each caption of an image is a pair of its own:

      encodermi infer --classifier runs/clip-attack/classifiers/vector-imageText \\
        --target runs/clip-target --pairs tsv:mine.tsv
      encodermi infer --classifier runs/clip-attack/classifiers/vector-textText \\
        --target runs/clip-target --caption "a red balloon" --captions mine.txt

      Whole data sets of every format are asked about by --data:

      encodermi infer --classifier runs/attack/classifiers/vector \\
        --target runs/target --data cifar10:FOLDER --parts test

      Without a classifier, and so without a shadow, known nonmembers give verdicts at the level --alpha, and nothing known \
      gives scores alone:

      encodermi infer --target runs/target mine/published --nonmembers mine/kept-back

      A score orders inputs, higher for surer members; it is no probability. How often a verdict is wrong stands in \
      the results.json of the attack that the classifier comes from, for an auditor who holds what --knowledge of that \
      attack says. The exit code is 2 if something was left out, because it is missing or could not be used.
      """)

  @Option(
    help: """
      A classifier that `encodermi attack` wrote, such as runs/attack/classifiers/vector; without one inputs get the score \
      that --score names.
      """)
  var classifier: String?
  @Option(
    help: """
      The target's run, or a folder with weights.safetensors, checkpoint.json and, of encoders trained with captions, \
      the run's tokenizer; or answers:FOLDER, with recorded answers to the questions in the folder.
      """)
  var target: String
  @Option(
    help: """
      A data set, as a path or FORMAT:PATH: its images, its captions, or its images with captions, whichever the \
      classifier is asked about.
      """)
  var data: [String] = []
  @Option(
    help: """
      The same where the classifier is asked about images with captions: a path, or FORMAT:PATH with one of captions, \
      emoji, flickr8k, csv, tsv, jsonl, webdataset.
      """)
  var pairs: [String] = []
  @Option(parsing: .upToNextOption, help: "Parts of the data to ask about, such as train; all by default.")
  var parts: [String] = []
  @Option(help: "Of an image with several captions in the data, how many to ask about; all by default.")
  var captionsPerImage: Int?
  @Option(help: "A caption; may be repeated.") var caption: [String] = []
  @Option(help: "A text file with one caption a line; may be repeated.") var captions: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: """
      Inputs that are known to be no members: folders or files of pictures, list:FILE with a picture's path a line, \
      text:FILE with a caption a line, or data as of --data. Their scores say how surprising another's is.
      """)
  var nonmembers: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: "Inputs that are known to be members, as --nonmembers; with them an input can be called no member.")
  var members: [String] = []
  @Option(
    help: """
      Give verdicts at this level of error: member-like, not a member, or cannot tell, for all inputs of a call together; by \
      --nonmembers, or else by the inputs that the classifier was measured on. 0.05 by default with --nonmembers.
      """)
  var alpha: Double?
  @Option(help: "The most pictures and captions that the target is asked about; what needs more is refused.")
  var budget: Int?
  @Option(
    help: """
      For many inputs: a folder that scores are written into piece by piece (archives of --data one after the other, others \
      4096 pictures at a time), instead of an answer. The same command goes on where it stopped; `encodermi merge` makes the \
      answer.
      """)
  var out: String?
  @Option(
    help: "With --out: only every n-th piece from the i-th on, as 1/2, for one of n processes or machines.")
  var part: String?
  @OptionGroup var scoring: ScoreOptions
  @Option(help: "How the answer is written: table, csv or json.") var format: Verdicts.Format = .table
  @Flag(help: "Stop at the first input that cannot be used, instead of leaving it out.") var strict = false
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var machine: MachineOptions
  @Argument(help: "PNG or JPEG files, or folders of them.") var files: [String] = []

  func validate() throws {
    if let captionsPerImage, captionsPerImage < 1 {
      throw ValidationError("--captions-per-image \(captionsPerImage) is below 1")
    }
    if let alpha, !(alpha > 0 && alpha < 1) { throw ValidationError("--alpha \(alpha) is outside (0, 1)") }
    if let budget, budget < 1 { throw ValidationError("--budget \(budget) is below 1") }
    if classifier != nil, let option = scoring.given.first {
      throw ValidationError(
        "\(option) is for scores without --classifier, whose own settings hold; leave it out")
    }
    if !members.isEmpty && nonmembers.isEmpty {
      throw ValidationError("--members alone bound no error; give --nonmembers too")
    }
    if alpha != nil && classifier == nil && nonmembers.isEmpty {
      throw ValidationError("--alpha needs scores of known nonmembers; give --nonmembers, or a --classifier")
    }
    try validatePieces()
    if data.count + pairs.count > 1 {
      throw ValidationError("--data and --pairs take one data set; ask about one after the other")
    }
  }

  func run() throws {
    machine.apply()
    try checkFolders()
    let judge = try judge()
    try requireOptions(of: judge.subject)
    if let out { return try write(judge, to: URL(filePath: out)) }
    let asked = try ask(judge)
    var verdicts = Verdicts(
      asked.inputs, scores: asked.scores, threshold: judge.threshold,
      tells: judge.threshold != nil && judge.recipe?.obstacle == nil)
    let level = alpha ?? (nonmembers.isEmpty ? nil : 0.05)
    if let level {
      let test =
        try asked.known.map { try ConformalTest(nonmembers: $0.nonmembers, members: $0.members) }
        ?? KnownScores.read(from: URL(filePath: classifier ?? "")).test
      if !test.canTell(at: level) { warn("--alpha \(level): \(Verdicts.tooFew(at: level))") }
      verdicts = verdicts.judged(by: test, at: level, isMeasured: asked.known == nil)
    } else if judge.threshold == nil {
      verdicts = verdicts.unjudged
    }
    for warning in asked.warnings { warn(warning) }
    print(try verdicts.text(format), terminator: "")
    let summary =
      "\(judge.subject.counted(verdicts.rows.count)): " + verdicts.counted
      + (asked.leftOut > 0 ? "; \(asked.leftOut) left out" : "")
    // The other formats are for programs.
    if format == .table {
      let lines = ([summary] + words(of: judge, asked, level: level)).joined(separator: "\n")
      print("\n" + TerminalText.fitted(lines, to: TerminalText.width))
    } else if asked.leftOut > 0 {
      warn(summary)
    }
    if asked.leftOut > 0 { throw ExitCode(2) }
  }

  /// What a reader must know of the verdicts: which error rate they support, and what was asked.
  private func words(of judge: Judge, _ asked: Asked, level: Double?) -> [String] {
    var lines: [String] = []
    if let known = asked.known, let level {
      lines.append(
        Verdicts.support(
          score: judge.name, nonmembers: known.nonmembers.count, members: known.members?.count ?? 0,
          at: level))
      let crowded = Verdicts.crowded(
        inputs: asked.scores.count, nonmembers: known.nonmembers.count, at: level)
      lines += crowded.map { [$0] } ?? []
    } else if judge.threshold == nil {
      lines.append(
        "scores of \(judge.name) alone: nothing is known that an error rate could rest on, so there is no verdict; "
          + "--nonmembers gives some")
    }
    if let recipe = judge.recipe { lines.append(Verdicts.words(for: recipe)) }
    return lines + asked.remarks
  }

  /// What the classifier was made by.
  func recipe(of trained: any InferenceClassifier, in folder: URL) throws -> ClassifierRecipe {
    let file = folder.appending(path: ClassifierRecipe.fileName)
    guard Paths.isFile(file.path) else { throw InferError.noRecipe(file.path) }
    let recipe = try ClassifierRecipe.read(from: folder)
    let features = recipe.configuration.features(of: trained.description.features.kinds)
    guard trained.description.features == features else {
      throw InferError.otherFeatures(
        settings: file.path, classifier: classifier ?? folder.path,
        FeatureError.mismatch(expected: trained.description.features, found: features))
    }
    return recipe
  }

  /// The pictures in the files and folders given.
  func openFiles(size: Int) throws -> (data: Dataset, leftOut: Int) {
    let missing = files.filter { !FileManager.default.fileExists(atPath: $0) }
    if let first = missing.first, strict || missing.count == files.count {
      throw InferError.noSuchFile(first, count: missing.count)
    }
    for file in missing { warn("left out \(file): no such file") }
    // A picture that is asked about twice does no harm, unlike one that is trained on twice.
    let data = try Dataset.files(
      files.filter { !missing.contains($0) },
      options: DataOptions(
        imageSize: size, duplicates: .keep, damagedImages: strict ? .refuse : .skip))
    warn(of: data.omissions)
    return (data, missing.count + data.omissions.count)
  }

  /// Names a folder that is something else than its option asks for.
  private func checkFolders() throws {
    if let classifier, ![.classifier, .checkpoint].contains(FolderKind(classifier)) {
      throw InferError.misplaced(
        "--classifier \(classifier)", FolderKind(classifier),
        wanted: "a classifier that `encodermi attack` wrote, such as runs/attack/classifiers/vector")
    }
    let kind = FolderKind(target)
    if EncoderPlace(target).answers == nil && ![.run, .encoder, .checkpoint].contains(kind) {
      throw InferError.misplaced(
        "--target \(target)", kind,
        wanted: "the target's run, or a folder with weights.safetensors and checkpoint.json")
    }
  }

  /// What an attack measured holds for the encoder that it attacked.
  /// - Throws: ``InferError/otherEncoder(_:classifier:)`` where known scores of that encoder are asked for.
  func warnIfOther(_ encoder: any AuditedEncoder, than recipe: ClassifierRecipe) throws {
    guard let classifier, recipe.target.fingerprint != encoder.identity.fingerprint else { return }
    if alpha != nil && nonmembers.isEmpty { throw InferError.otherEncoder(target, classifier: classifier) }
    warn(
      "\(target) is not the encoder that \(classifier) was measured on (its weights differ), so the accuracy measured "
        + "there does not hold for these verdicts; attack this one too, or give the same --target")
  }
}

/// Why inputs cannot be told apart.
enum InferError: ExplainedError {
  case noRecipe(String)
  case misplaced(_ option: String, _ found: FolderKind, wanted: String)
  case otherFeatures(settings: String, classifier: String, FeatureError)
  case noSuchFile(String, count: Int)
  case noTokenizer(String)
  case emptyCaption(String)
  case otherEncoder(String, classifier: String)
  case noCaptions(String)
  case nothingKnown(String)

  var description: String {
    switch self {
    case .misplaced(let option, let found, let wanted):
      "\(option): \(found.words); give \(wanted)"
    case .otherFeatures(let settings, let classifier, let mismatch):
      "\(settings) is not of the attack that \(classifier) comes from: \(mismatch.description)"
    case .noSuchFile(let file, let count):
      "\(file): no such file" + (count > 1 ? ", nor \(count - 1) of the others" : "") + "; check the path"
    case .noRecipe(let path):
      "\(path) is missing: --classifier must be a folder that `encodermi attack` wrote, with all that is in it"
    case .noTokenizer(let path):
      "\(path) has no tokenizer, which captions are asked about with; give the whole run, or put its `tokenizer` "
        + "beside the weights"
    case .emptyCaption(let place):
      "\(place): a caption without a visible character; leave it out, or leave --strict out"
    case .otherEncoder(let target, let classifier):
      "\(target) is not the encoder that \(classifier) was measured on (its weights differ), and --alpha compares with "
        + "what was measured; attack this one too, give --nonmembers, or leave --alpha out"
    case .nothingKnown(let option):
      "\(option): all of them are among the inputs that are asked about; give others"
    case .noCaptions(let place):
      "\(place): no caption with a visible character is left"
    }
  }
}

extension FolderKind {
  /// What it is, as the reason why it was not expected.
  fileprivate var words: String {
    switch self {
    case .nothing: "no such folder"
    case .file: "this is a file"
    case .run: "this is a run of `encodermi pretrain`"
    case .attack: "these are the results of an attack"
    case .unfinishedAttack: "this is an attack that has not ended (attack --resume goes on with it)"
    case .classifier: "this is an inference classifier"
    case .encoder: "this is an encoder"
    case .checkpoint: "this is a checkpoint of something else"
    case .other: "this folder holds none"
    }
  }
}
