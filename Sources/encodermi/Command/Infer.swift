import Data
import Files
import ArgumentParser
import Attack
import Contrastive
import Experiments
import Foundation

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

      A score orders inputs, higher for surer members; it is no probability. How often a verdict is wrong stands in \
      the results.json of the attack that the classifier comes from, for an auditor who holds what --knowledge of that \
      attack says. The exit code is 2 if something was left out, because it is missing or could not be used.
      """)

  @Option(help: "A classifier that `encodermi attack` wrote, such as runs/attack/classifiers/vector.")
  var classifier: String
  @Option(
    help: """
      The target's run, or a folder with weights.safetensors, checkpoint.json and, of encoders trained with captions, \
      the run's tokenizer.
      """)
  var target: String
  @Option(
    help: """
      Images with captions: a path, or FORMAT:PATH with one of captions, emoji, flickr8k, csv, tsv, jsonl, webdataset.
      """)
  var pairs: [String] = []
  @Option(parsing: .upToNextOption, help: "Parts of --pairs to ask about, such as train; all by default.")
  var parts: [String] = []
  @Option(help: "Of an image with several captions in --pairs, how many to ask about; all by default.")
  var captionsPerImage: Int?
  @Option(help: "A caption; may be repeated.") var caption: [String] = []
  @Option(help: "A text file with one caption a line; may be repeated.") var captions: [String] = []
  @Option(help: "How the answer is written: table, csv or json.") var format: Verdicts.Format = .table
  @Flag(help: "Stop at the first input that cannot be used, instead of leaving it out.") var strict = false
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var machine: MachineOptions
  @Argument(help: "PNG or JPEG files, or folders of them.") var files: [String] = []

  /// Inputs with their features, and how many were left out.
  struct Asked {
    /// What identifies each input.
    let inputs: [Verdicts.Input]
    let features: MembershipFeatures
    let leftOut: Int
  }

  func validate() throws {
    if let captionsPerImage, captionsPerImage < 1 {
      throw ValidationError("--captions-per-image \(captionsPerImage) is below 1")
    }
    if pairs.count > 1 { throw ValidationError("--pairs takes one data set; ask about one after the other") }
  }

  func run() throws {
    machine.apply()
    try checkFolders()
    let folder = URL(filePath: classifier)
    let trained = try InferenceClassifierKind.read(from: folder)
    let subject = Subject(trained.description.features.kinds)
    try requireOptions(of: subject)
    let origin = folder.deletingLastPathComponent().deletingLastPathComponent()
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: origin.appending(path: name).path)
    }
    let asked =
      has(PairAttackJob.configurationName)
      ? try askWithCaptions(trained, subject, origin: origin)
      : try askImages(trained, subject, origin: origin)
    let verdicts = Verdicts(
      asked.inputs, scores: try trained.scores(asked.features), threshold: trained.threshold)
    print(try verdicts.text(format), terminator: "")
    let members = verdicts.rows.count { $0.isMember }
    let summary =
      "\(subject.counted(verdicts.rows.count)): \(members) taken for members, "
      + "\(verdicts.rows.count - members) for nonmembers"
      + (asked.leftOut > 0 ? "; \(asked.leftOut) left out" : "")
    // The other formats are for programs.
    if format == .table { print("\n" + summary) } else if asked.leftOut > 0 { warn(summary) }
    if asked.leftOut > 0 { throw ExitCode(2) }
  }

  /// Asks an image encoder about images.
  private func askImages(
    _ trained: any InferenceClassifier, _ subject: Subject, origin: URL
  ) throws -> Asked {
    let settings = origin.appending(
      path: subject == .images ? AttackJob.configurationName : PairAttackJob.configurationName)
    guard FileManager.default.fileExists(atPath: settings.path) else {
      throw InferError.noAttack(settings.path)
    }
    let configuration: AttackConfiguration = try Configuration.read(from: settings)
    try require(trained, has: configuration.features, of: settings)
    let (encoder, size) = try queried()
    warnIfOther(encoder, than: origin)
    let (images, leftOut) = try openFiles(size: size)
    let features = try EncoderMI(configuration).features(of: images, Array(0..<images.count), by: encoder)
    return Asked(
      inputs: (0..<images.count).map { Verdicts.Input(file: images.name(of: $0)) }, features: features,
      leftOut: leftOut)
  }

  /// Checks that a classifier comes from the attack whose settings lie beside it.
  func require(
    _ trained: any InferenceClassifier, has features: FeatureConfiguration, of settings: URL
  ) throws {
    guard trained.description.features == features else {
      throw InferError.otherFeatures(
        settings: settings.path, classifier: classifier,
        FeatureError.mismatch(expected: trained.description.features, found: features))
    }
  }

  /// The pictures in the files and folders given.
  func openFiles(size: Int) throws -> (images: Images, leftOut: Int) {
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
    return (try data.images(), missing.count + data.omissions.count)
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
  func warnIfOther(_ encoder: PretrainedEncoder, than origin: URL) {
    let attacked = (try? AttackResults.read(from: origin))?.encoderFingerprints["target"]
    guard let attacked, attacked != encoder.fingerprint else { return }
    warn(
      "\(target) is not the encoder that \(origin.path) attacked (its weights differ), so the accuracy measured there "
        + "does not hold for these verdicts; attack this one too, or give the same --target")
  }

  /// The encoder, and the size that images are brought to first: that of the run's data set, as with the members.
  private func queried() throws -> (PretrainedEncoder, imageSize: Int) {
    let run = RunFolder(URL(filePath: target))
    guard FolderKind(target) == .run else {
      let encoder = try PretrainedEncoder(contentsOf: run.url)
      return (encoder, try storedSize(besides: run.url) ?? encoder.description.encoder.imageSize)
    }
    return (try Run.encoder(in: run), try RunDescription.read(from: run).imageSize)
  }
}

/// Why inputs cannot be told apart.
enum InferError: ExplainedError {
  case noAttack(String)
  case misplaced(_ option: String, _ found: FolderKind, wanted: String)
  case otherFeatures(settings: String, classifier: String, FeatureError)
  case noSuchFile(String, count: Int)
  case noTokenizer(String)
  case emptyCaption(String)
  case noCaptions(String)

  var description: String {
    switch self {
    case .misplaced(let option, let found, let wanted):
      "\(option): \(found.words); give \(wanted)"
    case .otherFeatures(let settings, let classifier, let mismatch):
      "\(settings) is not of the attack that \(classifier) comes from: \(mismatch.description)"
    case .noSuchFile(let file, let count):
      "\(file): no such file" + (count > 1 ? ", nor \(count - 1) of the others" : "") + "; check the path"
    case .noAttack(let path):
      "\(path) is missing: --classifier must be a folder inside the results of `encodermi attack`"
    case .noTokenizer(let path):
      "\(path) has no tokenizer, which captions are asked about with; give the whole run, or put its `tokenizer` "
        + "beside the weights"
    case .emptyCaption(let place):
      "\(place): a caption without a visible character; leave it out, or leave --strict out"
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
    case .classifier: "this is an inference classifier"
    case .encoder: "this is an encoder"
    case .checkpoint: "this is a checkpoint of something else"
    case .other: "this folder holds none"
    }
  }
}
