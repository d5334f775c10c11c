import Data
import Files
import ArgumentParser
import Attack
import Contrastive
import Encoders
import Experiments
import Foundation
import Networks
import Text

extension Infer {
  /// What a classifier can be asked about, by the features that it was trained on.
  enum Subject {
    case images, captions, pairs

    init(_ sets: [FeatureSet]) {
      let usesImage = sets.contains { $0.usesImage }
      self = !usesImage ? .captions : sets.contains { $0.usesCaption } ? .pairs : .images
    }

    var name: String {
      switch self {
      case .images: "images"
      case .captions: "captions"
      case .pairs: "images with captions"
      }
    }

    /// How it is given.
    var options: String {
      switch self {
      case .images: "PNG or JPEG files or folders"
      case .captions: "--caption TEXT or --captions FILE"
      case .pairs: "--pairs FORMAT:PATH"
      }
    }

    /// A number of them in words.
    func counted(_ count: Int) -> String {
      let one = self == .images ? "image" : self == .captions ? "caption" : "pair"
      return "\(count) \(one)\(count == 1 ? "" : "s")"
    }
  }

  /// Checks that what is asked about is given, and nothing else.
  /// - Throws: `ValidationError` that says what the classifier is asked about.
  func requireOptions(of subject: Subject) throws {
    let given = [
      (Subject.images, "files", !files.isEmpty), (.captions, "--caption", !caption.isEmpty),
      (.captions, "--captions", !captions.isEmpty), (.pairs, "--pairs", !pairs.isEmpty),
    ].filter(\.2)
    let wrong = given.filter { $0.0 != subject }.map(\.1)
    guard wrong.isEmpty, !given.isEmpty else {
      throw ValidationError(
        "--classifier \(classifier) is asked about \(subject.name): give \(subject.options)"
          + (wrong.isEmpty ? "" : ", and leave out \(wrong.joined(separator: ", "))"))
    }
    if subject == .pairs { return }
    var useless = dataOptions.given
    if !captions.isEmpty { useless.removeAll { $0 == "--broken-text" } }
    if !parts.isEmpty { useless.append("--parts") }
    if captionsPerImage != nil { useless.append("--captions-per-image") }
    if let option = useless.first {
      throw ValidationError(
        "\(option) says how --pairs are opened, but --classifier \(classifier) is asked about \(subject.name); leave it out"
      )
    }
  }

  /// Asks an encoder about images, captions, or pairs of both, as the attack on it did.
  func ask(
    _ trained: any InferenceClassifier, _ recipe: ClassifierRecipe, _ subject: Subject
  ) throws -> Asked {
    let (encoder, size) = try encoder(for: subject)
    try warnIfOther(encoder, than: recipe)
    if subject != .images && recipe.configuration.knowledge == .template {
      warn(
        "\(classifier) was made with captions by a template, \"a photo of\" and a few words; captions are asked about as "
          + "they are, so write them alike")
    }
    let (population, names, leftOut) = try inputs(subject, size: size)
    let progress = Progress("infer")
    defer { progress.finish() }
    let features = try Audit(recipe.configuration).features(
      trained.description.features.kinds, of: population, by: encoder
    ) { event in
      guard case .asked(_, _, _, let done, let count) = event, done < count else { return }
      progress.note("\(done) of \(subject.counted(count))")
    }
    return Asked(inputs: names, features: features, leftOut: leftOut)
  }

  private func inputs(
    _ subject: Subject, size: Int
  ) throws -> (population: Population, names: [Verdicts.Input], leftOut: Int) {
    switch subject {
    case .images:
      let (images, leftOut) = try openFiles(size: size)
      return (
        Population(images, Array(0..<images.count)),
        (0..<images.count).map { Verdicts.Input(file: images.name(of: $0)) }, leftOut
      )
    case .captions:
      let (texts, leftOut) = try readCaptions()
      return (Population(captions: texts), texts.map { Verdicts.Input(caption: $0) }, leftOut)
    case .pairs:
      let data = try openPairs(size: size)
      let rows = (data.captions ?? []).enumerated().flatMap { image, captions in
        captions.map { (image: image, caption: $0) }
      }
      return (
        Population(try data.images(), rows.map(\.image), captions: [.exact: rows.map(\.caption)]),
        rows.map { Verdicts.Input(file: data.name(of: $0.image), caption: $0.caption) },
        data.omissions.count
      )
    }
  }

  private func openPairs(size: Int) throws -> Dataset {
    let source = pairs.first ?? ""
    // A picture that is asked about twice does no harm, unlike one that is trained on twice.
    var usual = DataOptions(
      captions: true, imageSize: size, parts: parts.isEmpty ? nil : parts, captionsPerImage: captionsPerImage,
      duplicates: .keep)
    if FolderKind(target) == .run {
      let trained = try RunDescription.read(from: RunFolder(URL(filePath: target)))
      usual.language = trained.options.language
    }
    let options = try dataOptions.applied(to: usual, for: source, named: "--pairs", strict: strict)
    let data = try opening("--pairs") { try Dataset.open(source, options: options) }
    warn(of: data.omissions)
    return data
  }

  /// The captions of the command line and of the file, as a data set would hold them.
  private func readCaptions() throws -> (captions: [String], leftOut: Int) {
    var named = caption.enumerated().map { ("--caption \($0.offset + 1)", $0.element) }
    for file in captions {
      let lines = try CaptionFile.captions(
        in: URL(filePath: file), repairing: dataOptions.brokenText == .repair)
      named += lines.enumerated().map { ("\(file), caption \($0.offset + 1)", $0.element) }
    }
    var (found, leftOut): ([String], Int) = ([], 0)
    for (place, text) in named {
      let trimmed = trimmedCaption(text)
      if !trimmed.isEmpty {
        found.append(trimmed)
      } else {
        if strict { throw InferError.emptyCaption(place) }
        warn("left out \(place): no visible character")
        leftOut += 1
      }
    }
    guard !found.isEmpty else { throw InferError.noCaptions(captions.first ?? "--caption") }
    return (found, leftOut)
  }

  /// A run's file, of a checkpoint that lies where the run wrote it, or that the file was copied to.
  private func beside(_ checkpoint: URL, _ file: (RunFolder) -> URL) -> URL? {
    let folder = checkpoint.standardizedFileURL
    let above = folder.deletingLastPathComponent()
    let higher = above.deletingLastPathComponent()
    var places = [folder]
    // A folder of another name may lie anywhere, and what is above it belong to something else.
    if RunFolder(above).finalCheckpoint.path == folder.path { places.append(above) }
    if RunFolder(higher).checkpoint(epoch: 0).deletingLastPathComponent().path == above.path {
      places.append(higher)
    }
    return places.map { file(RunFolder($0)) }.first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The size that a checkpoint's run brought images to; nil for a checkpoint without its run.
  func storedSize(besides checkpoint: URL) throws -> Int? {
    let run = beside(checkpoint, \.configuration)?.deletingLastPathComponent()
    return try run.map { try RunDescription.read(from: RunFolder($0)).imageSize }
  }

  /// The encoder, and the size that images are brought to first: that of the run's data set, as with the members.
  private func encoder(for subject: Subject) throws -> (any AuditedEncoder, imageSize: Int) {
    let run = RunFolder(URL(filePath: target))
    if FolderKind(target) == .run {
      let settings: PretrainingConfiguration = try Configuration.read(from: run.configuration)
      if subject != .images && settings.algorithm.clip == nil { throw RunError.noCaptions(target) }
      let encoder: any AuditedEncoder =
        settings.algorithm.clip != nil ? try Run.clip(in: run) : try Run.encoder(in: run)
      return (encoder, try RunDescription.read(from: run).imageSize)
    }
    let checkpoint = try Checkpoint<EncoderDescription>(contentsOf: run.url)
    let size = try storedSize(besides: run.url) ?? checkpoint.description.encoder.imageSize
    // Pictures alone need no tokenizer.
    if subject == .images { return (try PretrainedEncoder(checkpoint.description, checkpoint.source), size) }
    guard checkpoint.description.clip != nil else { throw RunError.noCaptions(target) }
    guard let tokenizer = beside(run.url, \.tokenizer) else { throw InferError.noTokenizer(target) }
    return (
      try PretrainedCLIP(
        checkpoint.description, checkpoint.source, tokenizer: try TokenizerFile.open(tokenizer)), size
    )
  }
}
