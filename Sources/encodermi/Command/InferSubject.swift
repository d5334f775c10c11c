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
  enum Subject: Hashable {
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
      case .images: "PNG or JPEG files or folders, or --data FORMAT:PATH"
      case .captions: "--caption TEXT or --captions FILE, or --data FORMAT:PATH"
      case .pairs: "--pairs FORMAT:PATH, or --data FORMAT:PATH"
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
    let given: [(subjects: Set<Subject>, option: String, isGiven: Bool)] = [
      ([.images], "files", !files.isEmpty), ([.captions], "--caption", !caption.isEmpty),
      ([.captions], "--captions", !captions.isEmpty), ([.pairs], "--pairs", !pairs.isEmpty),
      ([.images, .captions, .pairs], "--data", !data.isEmpty),
    ].filter(\.isGiven)
    let wrong = given.filter { !$0.subjects.contains(subject) }.map(\.option)
    guard wrong.isEmpty, !given.isEmpty else {
      throw ValidationError(
        "\(asker) is asked about \(subject.name): give \(subject.options)"
          + (wrong.isEmpty ? "" : ", and leave out \(wrong.joined(separator: ", "))"))
    }
    if !files.isEmpty && !data.isEmpty {
      throw ValidationError("files and --data are asked about one after the other; leave one out")
    }
    if captionsPerImage != nil && subject == .images {
      throw ValidationError(
        "--captions-per-image counts captions, but \(asker) is asked about images; leave it out"
      )
    }
    if source != nil { return }
    var useless = nonmembers.isEmpty ? dataOptions.given : []
    if !captions.isEmpty { useless.removeAll { $0 == "--broken-text" } }
    if !parts.isEmpty { useless.append("--parts") }
    if captionsPerImage != nil { useless.append("--captions-per-image") }
    if let option = useless.first {
      throw ValidationError(
        "\(option) says how a data set is opened, but neither --data nor --pairs names one; leave it out")
    }
  }

  /// The data set that was given, and the option that names it.
  var source: (option: String, location: String)? {
    data.first.map { ("--data", $0) } ?? pairs.first.map { ("--pairs", $0) }
  }

  /// What asks, for errors.
  var asker: String {
    classifier.map { "--classifier \($0)" } ?? scoring.score.map { "--score “\($0)”" } ?? "infer"
  }

  /// What is asked about, as it was given.
  struct Inputs {
    let population: Population
    /// What identifies each input.
    let names: [Verdicts.Input]
    let leftOut: Int
    /// The pictures; nil for captions alone.
    var data: Dataset?
  }

  /// Opens what is asked about.
  func inputs(_ subject: Subject, size: Int) throws -> Inputs {
    let opened = try source.map { try open($0.location, named: $0.option, for: subject, size: size) }
    if subject == .captions {
      var (texts, leftOut) = try readCaptions()
      texts += (opened?.data.captions ?? []).flatMap { $0 }
      guard !texts.isEmpty else { throw InferError.noCaptions(captions.first ?? "--caption") }
      return Inputs(
        population: Population(captions: texts), names: texts.map { Verdicts.Input(caption: $0) },
        leftOut: leftOut + (opened?.leftOut ?? 0))
    }
    let (data, leftOut) = try opened ?? openFiles(size: size)
    return try inputs(subject, of: data, leftOut: leftOut)
  }

  /// The images of a data set, its captions or its pairs.
  func inputs(_ subject: Subject, of data: Dataset, leftOut: Int) throws -> Inputs {
    if subject == .captions {
      let texts = (data.captions ?? []).flatMap { $0 }
      return Inputs(
        population: Population(captions: texts), names: texts.map { Verdicts.Input(caption: $0) },
        leftOut: leftOut)
    }
    let captions = subject == .pairs ? data.captions : nil
    let rows = (0..<data.count).flatMap { image -> [(image: Int, caption: String?)] in
      guard let captions else { return [(image, nil)] }
      return captions[image].map { (image, $0) }
    }
    return Inputs(
      population: Population(
        try data.images(), rows.map(\.image),
        captions: captions == nil ? [:] : [.exact: rows.compactMap(\.caption)]),
      names: rows.map { Verdicts.Input(file: data.name(of: $0.image), caption: $0.caption) },
      leftOut: leftOut, data: data)
  }

  private func open(
    _ source: String, named option: String, for subject: Subject, size: Int
  ) throws -> (data: Dataset, leftOut: Int) {
    let options = try options(of: source, named: option, for: subject, size: size)
    let data = try opening(option) { try Dataset.open(source, options: options) }
    warn(of: data.omissions)
    return (data, data.omissions.count)
  }

  /// How a data set is opened.
  func options(
    of source: String, named option: String, for subject: Subject, size: Int
  ) throws -> DataOptions {
    // A picture that is asked about twice does no harm, unlike one that is trained on twice.
    var usual = DataOptions(
      captions: subject != .images, imageSize: size, parts: parts.isEmpty ? nil : parts,
      captionsPerImage: captionsPerImage, duplicates: .keep)
    if let trained = try EncoderPlace(target).runDescription {
      usual.language = trained.options.language
    }
    return try dataOptions.applied(to: usual, for: source, named: option, strict: strict)
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
    return (found, leftOut)
  }
}
