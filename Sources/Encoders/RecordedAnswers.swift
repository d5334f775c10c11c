import Contrastive
import Files
import Foundation
import Kernels
import Networks

/// An encoder that is not at hand: it answers by what somebody else had it answer to a folder of questions.
///
/// Beside the manifest lie the answers, a row for each of its pictures and captions, in its order: in `answers.safetensors`
/// the tensors `pictures.embedding`, `pictures.projection`, `captions.embedding`, `captions.projection`, of which there may
/// be one or more, with the manifest's id as `questions` in the metadata; or each as a file of its own, such as
/// `pictures.embedding.ID.npy` with the first 12 digits of the id. Questions of later rounds are in `further-1`,
/// `further-2` and so on within the folder, each with its own answers.
public final class RecordedAnswers: AuditedEncoder {
  /// Who answered.
  public let profile: EncoderProfile
  /// The folder of questions and answers.
  public let folder: URL
  private let fingerprint: String
  private var rows: [Modality: [String: Int]] = [:]
  private var tensors: [Modality: [EmbeddingLayer: Tensor]] = [:]

  /// The name of the safetensors file with all answers of a folder.
  public static let fileName = "answers.safetensors"
  /// The key of its metadata that names the questions.
  public static let questionsKey = "questions"

  /// The folder of a later round, from 1 up.
  public static func further(_ number: Int, in folder: URL) -> URL {
    folder.appending(path: "further-\(number)")
  }

  /// The first folder of a later round that is not there yet.
  public static func nextFolder(in folder: URL) -> URL {
    var number = 1
    while Paths.exists(further(number, in: folder).path) { number += 1 }
    return further(number, in: folder)
  }

  /// The name of a tensor of answers: `pictures.embedding`.
  static func tensorName(_ modality: Modality, _ layer: EmbeddingLayer) -> String {
    "\(modality == .image ? "pictures" : "captions").\(layer.rawValue)"
  }

  /// Reads a folder of questions with its answers, and those of later rounds.
  /// - Throws: ``RecordedError``, or an error that names a file which cannot be read.
  public init(_ folder: URL) throws {
    self.folder = folder
    let first = try AnsweredFolder(folder)
    profile = first.manifest.encoder
    fingerprint = first.digest
    var (folders, number) = ([first], 1)
    while Paths.exists(RecordedAnswers.further(number, in: folder).path) {
      let further = try AnsweredFolder(RecordedAnswers.further(number, in: folder))
      guard further.manifest.encoder == profile else {
        throw RecordedError.otherEncoder(folder: further.folder.path, base: folder.path)
      }
      folders.append(further)
      number += 1
    }
    for modality in profile.modalities {
      var (parts, count): ([EmbeddingLayer: [Tensor]], Int) = ([:], 0)
      for answered in folders where !answered.digests(modality).isEmpty {
        let found = answered.tensors[modality] ?? [:]
        for (layer, tensor) in found {
          if let other = parts[layer]?.first, other.shape[1] != tensor.shape[1] {
            throw RecordedError.otherWidth(
              folder: answered.folder.path, tensor: RecordedAnswers.tensorName(modality, layer),
              expected: other.shape[1], found: tensor.shape[1])
          }
        }
        if count > 0, Set(found.keys) != Set(parts.keys) {
          let layer = Set(found.keys).symmetricDifference(parts.keys).map(\.rawValue).sorted()[0]
          throw RecordedError.otherSpaces(folder: answered.folder.path, base: folder.path, space: layer)
        }
        for (layer, tensor) in found { parts[layer, default: []].append(tensor) }
        for (row, digest) in answered.digests(modality).enumerated() where rows[modality]?[digest] == nil {
          rows[modality, default: [:]][digest] = count + row
        }
        count += answered.digests(modality).count
      }
      tensors[modality] = parts.mapValues { $0.count == 1 ? $0[0] : Tensor.stacked($0) }
    }
  }

  /// Its name, and a digest over the answers of the first folder.
  public var identity: EncoderIdentity { EncoderIdentity(name: profile.name, fingerprint: fingerprint) }
  /// What is known of its pre-training.
  public var facts: EncoderFacts { profile.facts }
  /// What it was asked about.
  public var modalities: Set<Modality> { Set(profile.modalities) }
  /// The spaces that it answered in.
  public var layers: Set<EmbeddingLayer> { Set(tensors.values.flatMap(\.keys)) }
  /// The size of the pictures.
  public var imageSize: Int { profile.imageSize }

  /// Whether a question, by its digest, is answered.
  public func isAnswered(_ digest: String) -> Bool { rows.values.contains { $0[digest] != nil } }

  /// The rows that were recorded for these pictures.
  /// - Throws: ``RecordedError/unanswered(folder:_:)``.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers {
    try answers(.image, QuestionDigest.of(pictures)) { "the picture with digest \($0)" }
  }

  /// The rows that were recorded for these captions.
  /// - Throws: ``RecordedError/unanswered(folder:_:)``, or ``AnswerError/modality(encoder:_:)``.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    let digests = captions.map(QuestionDigest.of(caption:))
    let names = Dictionary(zip(digests, captions)) { first, _ in first }
    return try answers(.text, digests) { "the caption “\(excerpt(names[$0] ?? $0))”" }
  }

  /// Writes the questions that have no answer yet to a folder of a further round.
  /// - Parameter ask: asks the recorder all that is to be asked.
  /// - Returns: what was written where, as an error; nil where all has an answer, so that nothing was written.
  /// - Throws: what `ask` throws, or `FileError`.
  public func furtherQuestions(_ ask: (QuestionRecorder) throws -> Void) throws -> RecordedError? {
    let place = RecordedAnswers.nextFolder(in: folder)
    var count = (pictures: 0, captions: 0)
    try replaceFolder(place) { temporary in
      let recorder = try QuestionRecorder(for: profile, in: temporary, except: isAnswered)
      try ask(recorder)
      count = recorder.count
      try recorder.finish()
    }
    if count == (0, 0) {
      try FileManager.default.removeItem(at: place)
      return nil
    }
    return .further(folder: place.path, pictures: count.pictures, captions: count.captions)
  }

  /// Nobody has it untrained.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }

  private func answers(
    _ modality: Modality, _ digests: [String], named name: (String) -> String
  ) throws -> EncoderAnswers {
    guard modalities.contains(modality) else {
      throw AnswerError.modality(encoder: profile.name, modality)
    }
    let known = rows[modality] ?? [:]
    let places = try digests.map { digest in
      guard let row = known[digest] else {
        throw RecordedError.unanswered(folder: folder.path, name(digest))
      }
      return row
    }
    return EncoderAnswers((tensors[modality] ?? [:]).mapValues { Rows.gathered($0, places) })
  }
}

/// One folder of questions with its answers, read and checked.
private struct AnsweredFolder {
  let folder: URL
  let manifest: QuestionManifest
  var tensors: [Modality: [EmbeddingLayer: Tensor]] = [:]
  private let questions: [Modality: [String]]

  func digests(_ modality: Modality) -> [String] { questions[modality] ?? [] }

  init(_ folder: URL) throws {
    self.folder = folder
    manifest = try QuestionManifest.read(from: folder)
    questions = [
      .image: manifest.pictures.map(\.sha256), .text: manifest.captions.map(QuestionDigest.of(caption:)),
    ]
    for modality in Modality.allCases where !digests(modality).isEmpty {
      for layer in EmbeddingLayer.allCases {
        guard let (tensor, file) = try self.tensor(RecordedAnswers.tensorName(modality, layer)) else {
          continue
        }
        try check(tensor, modality, file)
        tensors[modality, default: [:]][layer] = tensor
      }
      if tensors[modality] == nil {
        let name = RecordedAnswers.tensorName(modality, .embedding)
        if let other = otherFile() {
          throw RecordedError.otherManifest(file: other, expected: manifest.shortID, found: nil)
        }
        throw RecordedError.noAnswers(
          folder: folder.path, expected: "\(name).\(manifest.shortID).npy", rows: digests(modality).count)
      }
    }
  }

  /// A digest over all numbers.
  var digest: String {
    var hash = SHA256()
    hash.update("\(manifest.id)\n".utf8)
    for modality in Modality.allCases {
      for layer in EmbeddingLayer.allCases {
        guard let tensor = tensors[modality]?[layer] else { continue }
        hash.update("\(RecordedAnswers.tensorName(modality, layer)) \(tensor.shape)\n".utf8)
        tensor.values.withUnsafeBytes { hash.update($0) }
      }
    }
    return hash.hexDigest()
  }

  /// A tensor of answers with the file that it is in.
  private func tensor(_ name: String) throws -> (Tensor, file: String)? {
    let array = folder.appending(path: "\(name).\(manifest.shortID).npy")
    let all = folder.appending(path: RecordedAnswers.fileName)
    var found: (Tensor, file: String)?
    if Paths.exists(array.path) { found = (try NumpyFile.read(array), array.path) }
    guard Paths.exists(all.path) else { return found }
    let opened = try SafetensorsFile(all)
    let id = opened.metadata[RecordedAnswers.questionsKey]
    guard id == manifest.id else {
      throw RecordedError.otherManifest(file: all.path, expected: manifest.id, found: id)
    }
    let known = Modality.allCases.flatMap { modality in
      EmbeddingLayer.allCases.map { RecordedAnswers.tensorName(modality, $0) }
    }
    if let unknown = opened.names.first(where: { !known.contains($0) }) {
      throw RecordedError.unknownTensor(file: all.path, tensor: unknown, known: known)
    }
    guard opened.names.contains(name) else { return found }
    guard found == nil else { throw RecordedError.twice(file: array.path, other: all.path) }
    return (try opened.tensor(name), all.path)
  }

  /// An array that bears the name of other questions.
  private func otherFile() -> String? {
    // Where the folder cannot be listed there is no hint to give.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let other = names.sorted().first { $0.hasSuffix(".npy") && !$0.hasSuffix(".\(manifest.shortID).npy") }
    return other.map { folder.appending(path: $0).path }
  }

  private func name(of row: Int, _ modality: Modality) -> String {
    modality == .image ? manifest.pictures[row].file : "“\(excerpt(manifest.captions[row]))”"
  }

  /// Checks that there is one finite row for each question, and that rows that repeat a question are equal.
  private func check(_ tensor: Tensor, _ modality: Modality, _ file: String) throws {
    let (expected, shape) = (digests(modality), tensor.shape)
    guard shape.count == 2, shape[1] > 0 else {
      throw RecordedError.shape(file: file, expectedRows: expected.count, found: shape)
    }
    guard shape[0] == expected.count else {
      throw RecordedError.rows(
        file: file, expected: expected.count, found: shape[0],
        missing: shape[0] < expected.count ? name(of: shape[0], modality) : nil)
    }
    let (values, width) = (tensor.values, shape[1])
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      let row = place / width
      throw RecordedError.notFinite(file: file, row: row, question: name(of: row, modality))
    }
    var first: [String: Int] = [:]
    for (row, digest) in expected.enumerated() {
      guard let twin = first[digest] else {
        first[digest] = row
        continue
      }
      // Half precision and another batch change a row by less than a hundredth of its length.
      var (distance, length) = (0.0, 0.0)
      for column in 0..<width {
        let (a, b) = (Double(values[row * width + column]), Double(values[twin * width + column]))
        distance += (a - b) * (a - b)
        length += b * b
      }
      guard distance.squareRoot() <= 0.02 * length.squareRoot() else {
        throw RecordedError.order(file: file, row: row, twin: twin, question: name(of: row, modality))
      }
    }
  }
}
