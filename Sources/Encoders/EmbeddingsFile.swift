import Contrastive
import Data
import Files
import Foundation
import Kernels
import Networks
import Vision

/// Embeddings of pictures or captions in one space, with what each row is of.
public struct Embeddings {
  /// What stands beside the numbers.
  public struct Manifest: Codable, Sendable, Equatable {
    /// A row's name and the digest of what was embedded.
    public struct Row: Codable, Sendable, Equatable {
      /// The picture's name, or the caption.
      public let name: String
      /// As of a question; see ``QuestionManifest``.
      public let sha256: String
    }

    /// The version of this format.
    public let version: Int
    /// Who embedded.
    public let encoder: EncoderIdentity
    /// What was embedded.
    public let modality: Modality
    /// Which of the encoder's outputs the numbers are.
    public let space: EmbeddingLayer
    /// Components of an embedding.
    public let width: Int
    /// A row each, in order.
    public let rows: [Row]
  }

  /// What each row is.
  public let manifest: Manifest
  /// The embeddings, `[rows, width]`.
  public let tensor: Tensor

  /// What is told while embeddings are made.
  public enum Event: Sendable, Equatable {
    /// So many inputs are done.
    case embedded(Int)
    /// All embeddings will take about so many bytes of memory until they are written; told after the first part, and only of
    /// a gibibyte or more.
    case costly(memory: Int)
  }

  /// Embeds pictures of a data set as they are: at the encoder's size, the middle of the longer side kept.
  /// - Parameter report: told what is being done.
  /// - Throws: an error of reading images or of the encoder, or ``AnswerError``.
  public init(
    of images: Images, _ indices: [Int], by encoder: any AuditedEncoder, space: EmbeddingLayer,
    report: (Event) throws -> Void = { _ in }
  ) throws {
    var centre = Augmentation.centre
    centre.outputSize = encoder.imageSize
    let unused = RandomStream(seed: 0, name: "centre")
    let size = ImageExtent(height: images.height, width: images.width)
    var digests: [String] = []
    let found = try CollectedAnswers(indices.count, by: encoder, spaces: [space], report) { range in
      let pixels = try images.pixels(of: Array(indices[range]))
      let pictures = Pictures(
        centre.pictures(1, of: pixels, size: size) { _ in unused }, size: encoder.imageSize)
      digests += QuestionDigest.of(pictures)
      return try encoder.answers(to: pictures)
    }
    try self.init(.image, indices.map(images.name(of:)), digests, found, encoder, space)
  }

  /// Embeds captions.
  /// - Parameter report: told what is being done.
  /// - Throws: an error of the encoder, or ``AnswerError``.
  public init(
    of captions: [String], by encoder: any AuditedEncoder, space: EmbeddingLayer,
    report: (Event) throws -> Void = { _ in }
  ) throws {
    let found = try CollectedAnswers(captions.count, by: encoder, spaces: [space], report) {
      try encoder.answers(to: Array(captions[$0]))
    }
    try self.init(.text, captions, captions.map(QuestionDigest.of(caption:)), found, encoder, space)
  }

  private init(
    _ modality: Modality, _ names: [String], _ digests: [String], _ found: CollectedAnswers,
    _ encoder: any AuditedEncoder, _ space: EmbeddingLayer
  ) throws {
    guard let tensor = found.tensors[space] else {
      throw RecordedError.noSpace(encoder: encoder.identity.name, space)
    }
    self.tensor = tensor
    manifest = Manifest(
      version: 1, encoder: encoder.identity, modality: modality, space: space, width: tensor.shape[1],
      rows: zip(names, digests).map { Manifest.Row(name: $0, sha256: $1) })
  }

  /// Where the manifest of a file stands: beside it, with `.json` after its name.
  public static func manifestFile(of file: URL) -> URL {
    file.deletingLastPathComponent().appending(path: file.lastPathComponent + ".json")
  }

  /// Whether a name ends in one of the two endings that can be written, `.npy` or `.safetensors`.
  public static func isWritable(_ file: URL) -> Bool {
    ["npy", "safetensors"].contains(file.pathExtension.lowercased())
  }

  /// Writes the numbers in the format that the file's name ends in, and the manifest beside them.
  /// - Throws: `FileError`.
  public func write(to file: URL) throws {
    precondition(
      Embeddings.isWritable(file), "Embeddings.write: \(file.path) is neither .npy nor .safetensors")
    if file.pathExtension.lowercased() == "npy" {
      try NumpyFile.write(tensor, to: file)
    } else {
      try SafetensorsFile.write(
        [RecordedAnswers.tensorName(manifest.modality, manifest.space): tensor], to: file)
    }
    try Configuration.write(manifest, to: Embeddings.manifestFile(of: file))
  }
}

/// Answers about inputs one part after the other, checked part by part, of which only some spaces are kept.
private struct CollectedAnswers {
  /// Inputs that are embedded at once.
  private static let part = 64

  /// In each space that was answered in and is kept, a row for each input.
  let tensors: [EmbeddingLayer: Tensor]

  /// - Parameter spaces: those that are kept; nil for all.
  init(
    _ count: Int, by encoder: any AuditedEncoder, spaces: Set<EmbeddingLayer>? = nil,
    _ report: (Embeddings.Event) throws -> Void, _ ask: (Range<Int>) throws -> EncoderAnswers
  ) throws {
    var (parts, widths): ([EmbeddingLayer: [Tensor]], [EmbeddingLayer: Int]?) = ([:], nil)
    for start in stride(from: 0, to: count, by: CollectedAnswers.part) {
      let range = start..<min(count, start + CollectedAnswers.part)
      let answers = try ask(range)
      try answers.validate(inputs: range.count, widths: widths, from: encoder.identity.name)
      let layers = spaces.map(answers.layers.intersection) ?? answers.layers
      if widths == nil {
        // In parts, as a whole, and as the bytes that are written.
        let row = layers.reduce(0) { $0 + (answers.widths[$1] ?? 0) } * MemoryLayout<Float>.size
        if 3 * row * count >= 1 << 30 { try report(.costly(memory: 3 * row * count)) }
      }
      widths = answers.widths
      for layer in layers {
        if let tensor = answers[layer] { parts[layer, default: []].append(tensor) }
      }
      try report(.embedded(range.upperBound))
    }
    tensors = parts.mapValues { Tensor.stacked($0) }
  }
}

extension QuestionManifest {
  /// Has an encoder answer the questions in a folder, in all of its spaces, and writes the answers beside them.
  /// - Parameter report: told what is being done.
  /// - Throws: ``RecordedError/changedPicture(file:)`` where a picture is not the one that was asked about, an error of
  ///   reading or of the encoder, or ``AnswerError``.
  public func answer(
    in folder: URL, by encoder: any AuditedEncoder, report: (Embeddings.Event) throws -> Void = { _ in }
  ) throws {
    var tensors: [String: Tensor] = [:]
    func ask(_ modality: Modality, _ count: Int, _ answer: (Range<Int>) throws -> EncoderAnswers) throws {
      for (layer, tensor) in try CollectedAnswers(count, by: encoder, report, answer).tensors {
        tensors[RecordedAnswers.tensorName(modality, layer)] = tensor
      }
    }
    if !pictures.isEmpty {
      guard encoder.imageSize == self.encoder.imageSize else {
        throw RecordedError.otherSize(
          encoder: encoder.identity.name, expected: self.encoder.imageSize, found: encoder.imageSize)
      }
      try ask(.image, pictures.count) { range in
        let bytes = try pictures[range].flatMap { picture in
          let file = folder.appending(path: picture.file).path
          let image = try PixelImage(contentsOf: file)
          guard image.height == encoder.imageSize, image.width == encoder.imageSize,
            QuestionDigest.of(Pictures(image.bytes, size: image.height)) == [picture.sha256]
          else { throw RecordedError.changedPicture(file: file) }
          return image.bytes
        }
        return try encoder.answers(to: Pictures(bytes, size: encoder.imageSize))
      }
    }
    if !captions.isEmpty {
      try ask(.text, captions.count) { try encoder.answers(to: Array(captions[$0])) }
    }
    try SafetensorsFile.write(
      tensors, metadata: [RecordedAnswers.questionsKey: id],
      to: folder.appending(path: RecordedAnswers.fileName))
  }
}
