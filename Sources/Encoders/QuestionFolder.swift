import Contrastive
import Files
import Foundation
import Kernels
import Vision

/// Who is to answer questions that are written down: what a folder of them says of the encoder.
public struct EncoderProfile: Codable, Sendable, Equatable, Validated {
  /// Its name, for results.
  public var name: String
  /// What is known of its pre-training; all of it may be unknown.
  public var facts: EncoderFacts
  /// What it is asked about.
  public var modalities: [Modality]
  /// Height and width of the pictures that it is asked about, in pixels.
  public var imageSize: Int

  /// An encoder by what is known of it.
  public init(name: String, facts: EncoderFacts = EncoderFacts(), modalities: [Modality], imageSize: Int) {
    (self.name, self.facts, self.modalities, self.imageSize) = (name, facts, modalities, imageSize)
  }

  /// What an encoder says of itself.
  public init(of encoder: any AuditedEncoder) {
    self.init(
      name: encoder.identity.name, facts: encoder.facts,
      modalities: Modality.allCases.filter(encoder.modalities.contains), imageSize: encoder.imageSize)
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try require((1...4096).contains(imageSize), "imageSize", imageSize, "1 to 4,096")
    try require(!modalities.isEmpty, "modalities", "none", "image, text or both")
    let captions = facts.captionsPerImage ?? 1
    try require(captions >= 1, "facts.captionsPerImage", captions, "1 or more")
    do { try facts.augmentation?.validate() } catch {
      throw InvalidSetting("facts.augmentation", "\(error)")
    }
  }
}

/// `manifest.json` of a folder of questions: what an encoder is to be asked, in the order in which its answers are to
/// stand.
///
/// Beside it lie the pictures, 8-bit RGB, and later the answers: see ``RecordedAnswers``. The last rows of pictures and of
/// captions repeat earlier ones; answers whose repeated rows differ stand in another order than the questions.
public struct QuestionManifest: Codable, Sendable, Equatable, Validated {
  /// A picture to embed.
  public struct Picture: Codable, Sendable, Equatable {
    /// The path of its file in the folder.
    public let file: String
    /// The SHA-256 digest over "picture SIZE", a newline, and the planes of red, green and blue.
    public let sha256: String
  }

  /// The version of this format.
  public let version: Int
  /// A digest over all questions in their order: what answers have to name.
  public let id: String
  /// Who is to answer.
  public let encoder: EncoderProfile
  /// A row of the pictures' answers each.
  public let pictures: [Picture]
  /// A row of the captions' answers each.
  public let captions: [String]

  /// The name of the file.
  public static let fileName = "manifest.json"
  /// The version that is written and read.
  public static let currentVersion = 1
  /// The most bytes of a manifest: some millions of questions.
  private static let limit = 1 << 30

  init(encoder: EncoderProfile, pictures: [Picture], captions: [String]) {
    (version, self.encoder) = (QuestionManifest.currentVersion, encoder)
    (self.pictures, self.captions) = (pictures, captions)
    id = QuestionManifest.id(encoder, pictures, captions)
  }

  /// How answers' files name the questions: the first digits of ``id``.
  public var shortID: String { String(id.prefix(12)) }

  /// The names of the files that answers may be laid beside the manifest in.
  public var arrayNames: [String] {
    let asked = Modality.allCases.filter { $0 == .image ? !pictures.isEmpty : !captions.isEmpty }
    return asked.flatMap { modality in
      EmbeddingLayer.allCases.map { "\(RecordedAnswers.tensorName(modality, $0)).\(shortID).npy" }
    }
  }

  private static func id(_ encoder: EncoderProfile, _ pictures: [Picture], _ captions: [String]) -> String {
    var hash = SHA256()
    hash.update("questions \(encoder.imageSize) \(pictures.count) \(captions.count)\n".utf8)
    for picture in pictures { hash.update("\(picture.sha256)\n".utf8) }
    for caption in captions { hash.update("\(QuestionDigest.of(caption: caption))\n".utf8) }
    return hash.hexDigest()
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range or does not fit the others.
  public func validate() throws(InvalidSetting) {
    let known = QuestionManifest.currentVersion
    try require(version == known, "version", version, "\(known), the one that this program reads")
    try encoder.validate(under: "encoder")
    for (index, picture) in pictures.enumerated() {
      try require(
        picture.sha256.utf8.count == 64, "pictures.\(index).sha256", excerpt(picture.sha256), "64 digits")
    }
    let expected = QuestionManifest.id(encoder, pictures, captions)
    try require(
      id == expected, "id", excerpt(id),
      "the digest of the questions, \(expected): a question was changed; take the manifest as it was written")
  }

  /// Reads a folder's manifest.
  /// - Throws: `FileError`, or `ConfigurationError` where it is damaged.
  public static func read(from folder: URL) throws -> QuestionManifest {
    let file = folder.appending(path: fileName)
    return try Configuration.decode(from: try readFile(file, limit: limit), file: file.path)
  }
}

/// What tells questions apart.
public enum QuestionDigest {
  /// Of each of some pictures; see ``QuestionManifest/Picture/sha256``.
  public static func of(_ pictures: Pictures) -> [String] {
    let area = 3 * pictures.size * pictures.size
    return (0..<pictures.count).map { index in
      var hash = SHA256()
      hash.update("picture \(pictures.size)\n".utf8)
      hash.update(pictures.bytes[(index * area)..<((index + 1) * area)])
      return hash.hexDigest()
    }
  }

  /// Of a caption's bytes.
  public static func of(caption: String) -> String {
    var hash = SHA256()
    hash.update("caption\n".utf8)
    hash.update(caption.utf8)
    return hash.hexDigest()
  }
}

/// Stands in an encoder's place and writes down what it is asked: each picture and caption once, in the order of their
/// digests, from which whoever answers cannot tell which inputs belong together or to which group.
///
/// It answers with numbers that depend on the question alone and mean nothing.
public final class QuestionRecorder: AuditedEncoder {
  /// In whose place it stands.
  public let profile: EncoderProfile
  private let folder: URL
  private let isKnown: (String) -> Bool
  private var recorded: Set<String> = []
  private var pictures: [QuestionManifest.Picture] = []
  private var captions: [String] = []

  /// Rows at the end that repeat earlier ones.
  private static let checks = 4
  private static let pictureFolder = "pictures"
  private static let width = 16

  /// A recorder that writes to a folder.
  /// - Parameter isKnown: whether a question, by its digest, was answered before and need not be asked.
  /// - Throws: `FileError`.
  public init(
    for profile: EncoderProfile, in folder: URL, except isKnown: @escaping (String) -> Bool = { _ in false }
  ) throws {
    (self.profile, self.folder, self.isKnown) = (profile, folder, isKnown)
    try makeFolder(folder.appending(path: QuestionRecorder.pictureFolder))
  }

  /// How many pictures and captions were written down.
  public var count: (pictures: Int, captions: Int) { (pictures.count, captions.count) }

  /// Writes the manifest, which ends the record.
  /// - Throws: `FileError`.
  @discardableResult
  public func finish() throws -> QuestionManifest {
    func repeated<Row>(_ rows: [Row]) -> [Row] {
      // From the middle backwards, so that neither sorting nor shuffling leaves them with their twins.
      let count = min(QuestionRecorder.checks, rows.count)
      return rows + (0..<count).reversed().map { rows[$0 * rows.count / count] }
    }
    let manifest = QuestionManifest(
      encoder: profile, pictures: repeated(pictures.sorted { $0.sha256 < $1.sha256 }),
      captions: repeated(captions.sorted { QuestionDigest.of(caption: $0) < QuestionDigest.of(caption: $1) }))
    try Configuration.write(manifest, to: folder.appending(path: QuestionManifest.fileName))
    return manifest
  }

  /// The encoder's name, and no fingerprint.
  public var identity: EncoderIdentity { EncoderIdentity(name: profile.name, fingerprint: "") }
  /// What is known of it.
  public var facts: EncoderFacts { profile.facts }
  /// What it is asked about.
  public var modalities: Set<Modality> { Set(profile.modalities) }
  /// All, since it is not known which will be answered in.
  public var layers: Set<EmbeddingLayer> { Set(EmbeddingLayer.allCases) }
  /// The size of the pictures.
  public var imageSize: Int { profile.imageSize }

  /// Writes down the pictures that are new.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers {
    let digests = QuestionDigest.of(pictures)
    for (index, digest) in digests.enumerated() where !isKnown(digest) && recorded.insert(digest).inserted {
      let name = "\(QuestionRecorder.pictureFolder)/\(digest.prefix(32)).png"
      let image = PixelImage(
        height: pictures.size, width: pictures.size, bytes: pictures.part(index..<(index + 1)).bytes)
      try image.writePNG(to: folder.appending(path: name).path)
      self.pictures.append(QuestionManifest.Picture(file: name, sha256: digest))
    }
    return numbers(digests)
  }

  /// Writes down the captions that are new.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    let digests = captions.map(QuestionDigest.of(caption:))
    for (caption, digest) in zip(captions, digests)
    where !isKnown(digest) && recorded.insert(digest).inserted { self.captions.append(caption) }
    return numbers(digests)
  }

  /// It has none, as the recorded answers will have none.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }

  private func numbers(_ digests: [String]) -> EncoderAnswers {
    let values = digests.flatMap { digest in
      // Four hexadecimal digits a number.
      let digits = digest.utf8.map { Float($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
      return (0..<QuestionRecorder.width).map { place in
        digits[(4 * place)..<(4 * place + 4)].reduce(0) { 16 * $0 + $1 } / 65536 - 0.5
      }
    }
    let tensor = Tensor(values, shape: [digests.count, QuestionRecorder.width])
    return EncoderAnswers([.embedding: tensor, .projection: tensor])
  }
}
