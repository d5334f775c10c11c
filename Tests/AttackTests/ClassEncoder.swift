import Contrastive
import Data
import Encoders
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Vision

@testable import Attack

/// An encoder of images of 8 by 8 whose embeddings show the class of a picture, and give members away in one way.
///
/// A picture's number is in its mean colour, its class is how blue it is. An embedding is a random vector of the class
/// with noise of the view.
final class ClassEncoder: AuditedEncoder {
  /// What gives members away.
  enum Leak: CaseIterable {
    case nothing
    /// The class shows more clearly in members.
    case confidence
    /// Nonmembers look like another class.
    case correctness
    /// Some components of members lie higher.
    case shift
  }

  let identity: EncoderIdentity
  let facts: EncoderFacts
  let modalities: Set<Modality> = [.image]
  let layers: Set<EmbeddingLayer>
  let imageSize = 8
  /// How often it was asked about each number.
  private(set) var asked: [Int: Int] = [:]

  private let leak: Leak
  private let nonmembers: Set<Int>
  private let members: Set<Int>
  private let seed: UInt64
  private let width: Int

  init(
    _ leak: Leak, groups: MembershipGroups<[Int]>, seed: UInt64, width: Int = 48,
    layers: Set<EmbeddingLayer> = [.embedding]
  ) {
    (self.leak, members, nonmembers) = (leak, Set(groups.members), Set(groups.nonmembers))
    (self.seed, self.width, self.layers) = (seed, width, layers)
    identity = EncoderIdentity(name: "class encoder \(seed)", fingerprint: "class encoder \(seed)")
    var augmentation = Augmentation.centre
    augmentation.crop = .random(scale: 0.3...1, aspect: 0.75...1.33)
    facts = EncoderFacts(augmentation: augmentation)
  }

  private func vector(_ name: String, _ index: Int) -> [Float] {
    var stream = RandomStream(seed: seed, name: name).substream(index)
    return (0..<width).map { _ in stream.normal() }
  }

  private func embedding(number: Int, own: Int) -> [Float] {
    let isMember = members.contains(number)
    let isWrong = leak == .correctness && nonmembers.contains(number)
    let shown = (number / 64 + (isWrong ? 1 + number % (ClassAudit.classes - 1) : 0)) % ClassAudit.classes
    let clarity: Float = leak == .confidence && nonmembers.contains(number) ? 0.5 : 1
    let (base, noise) = (vector("class", shown), vector("view", own))
    return (0..<width).map { index in
      let lift: Float = leak == .shift && isMember && index % 4 == 0 ? 2 : 0
      return clarity * base[index] + 0.7 * noise[index] + lift
    }
  }

  func answers(to pictures: Pictures) throws -> EncoderAnswers {
    let area = pictures.size * pictures.size
    let rows = (0..<pictures.count).flatMap { picture -> [Float] in
      let pixels = pictures.part(picture..<(picture + 1)).bytes
      let digits = (0..<3).map { channel -> Int in
        let sum = pixels[(channel * area)..<((channel + 1) * area)].reduce(0) { $0 + Int($1) }
        return Int(((Float(sum) / Float(area) - 20) / 24).rounded())
      }
      let number = digits[0] + 8 * digits[1] + 64 * digits[2]
      asked[number, default: 0] += 1
      return embedding(number: number, own: pixels.reduce(0) { ($0 &* 31) &+ Int($1) })
    }
    let tensor = Tensor(rows, shape: [pictures.count, width])
    return EncoderAnswers(Dictionary(uniqueKeysWithValues: layers.map { ($0, tensor) }))
  }

  func answers(to captions: [String]) throws -> EncoderAnswers {
    throw AnswerError.modality(encoder: identity.name, .text)
  }

  func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }
}

/// A target and a shadow that are such encoders, and labelled images outside their groups.
struct ClassAudit {
  static let classes = 8
  static let each = 80

  private static let labelled = Result { try made() }

  /// 512 pictures of 8 classes, a folder each, whose number is in their mean colour.
  static func images() throws -> Images { try labelled.get() }

  private static func made() throws -> Images {
    try withTemporaryFolder { folder in
      for number in 0..<(64 * classes) {
        var random = RandomStream(seed: 4, name: "texture").substream(number)
        let bytes = [number % 8, number / 8 % 8, number / 64].flatMap { digit in
          (0..<64).map { _ in UInt8(20 + 24 * digit + random.integer(below: 13) - 6) }
        }
        let place = folder.appending(path: "class \(number / 64)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try PixelImage(height: 8, width: 8, bytes: bytes)
          .writePNG(to: place.appending(path: String(format: "%03d.png", number)).path)
      }
      return try Dataset.open(folder.path).images()
    }
  }

  let target: ClassEncoder
  let shadow: ClassEncoder
  let groups: (target: MembershipGroups<[Int]>, shadow: MembershipGroups<[Int]>)
  let downstream: DownstreamSet

  init(
    _ leak: ClassEncoder.Leak, targetWidth: Int = 48, layers: Set<EmbeddingLayer> = [.embedding]
  ) throws {
    let images = try ClassAudit.images()
    let split = try Split(count: images.count, sizes: SplitSizes(each: ClassAudit.each), seed: 2)
    groups = (split.target, split.shadow)
    target = ClassEncoder(leak, groups: split.target, seed: 1, width: targetWidth, layers: layers)
    shadow = ClassEncoder(leak, groups: split.shadow, seed: 2, layers: layers)
    let used = Set(split.target.pooled + split.shadow.pooled)
    let unused = (0..<images.count).filter { !used.contains($0) }
    downstream = DownstreamSet(
      images, indices: unused, labels: try unused.map { try #require(images.dataset.label(of: $0)) })
  }

  /// What some attacks find.
  func findings(
    _ attacks: [String], images: Images? = nil, downstream: DownstreamSet? = nil,
    keeping kept: EvidenceFolder? = nil, _ change: (inout AttackConfiguration) -> Void = { _ in },
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> AuditFindings {
    let audit = try FakeAudit.audit {
      ($0.sets, $0.attacks, $0.controls) = ([[.imageImage]], attacks, [])
      ($0.downstream.epochs, $0.downstream.learningRate, $0.downstream.batch) = (40, 1e-3, 16)
      change(&$0)
    }
    let data = try images ?? ClassAudit.images()
    return try audit.run(
      target: AuditSubject(target, images: data, groups: groups.target),
      shadow: AuditSubject(shadow, images: data, groups: groups.shadow),
      downstream: downstream ?? self.downstream, keeping: kept, report: report)[0]
  }
}
