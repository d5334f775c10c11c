import Data
import Contrastive
import Foundation
import Kernels
import Networks
import TestSupport
import Vision

@testable import Attack

/// Encoders that know each input by its number and remember members in one way only.
///
/// A picture's number is in its mean colour, a caption's in its second word. Embeddings are random vectors of the number
/// with noise of the view; what belongs together is a little alike, whether member or not.
final class FakePairEncoder: PairEncoder {
  /// What gives members away.
  enum Leak: String, CaseIterable {
    case nothing, image, caption, pairing, wording, norm
  }

  static let width = 64
  let augmentation: Augmentation
  private let leak: Leak
  private let members: Set<Int>
  private let seed: UInt64

  init(_ leak: Leak, members: [Int], seed: UInt64) {
    (self.leak, self.members, self.seed) = (leak, Set(members), seed)
    var augmentation = Augmentation.centre
    augmentation.outputSize = 8
    augmentation.crop = .random(scale: 0.3...1, aspect: 0.75...1.33)
    self.augmentation = augmentation
  }

  private func vector(_ name: String, _ index: Int) -> [Float] {
    var stream = RandomStream(seed: seed, name: name).substream(index)
    return (0..<FakePairEncoder.width).map { _ in stream.normal() }
  }

  private func sum(_ terms: (Float, [Float])...) -> [Float] {
    (0..<FakePairEncoder.width).map { index in terms.reduce(0) { $0 + $1.0 * $1.1[index] } }
  }

  func embeddings(of views: Tensor, layer: EmbeddingLayer) -> Tensor {
    let (values, area) = (views.values, views.shape[2] * views.shape[3])
    let rows = (0..<views.shape[0]).flatMap { view -> [Float] in
      let pixels = Array(values[(view * 3 * area)..<((view + 1) * 3 * area)])
      let digits = (0..<3).map { channel -> Int in
        let mean = pixels[(channel * area)..<((channel + 1) * area)].reduce(0, +) / Float(area)
        return Int((((mean * 0.25 + 0.5) * 255 - 20) / 24).rounded())
      }
      let number = digits[0] + 8 * digits[1] + 64 * digits[2]
      let isMember = members.contains(number)
      let own = pixels.reduce(0) { ($0 &* 31) &+ Int($1.bitPattern) }
      let noise = leak == .image && isMember ? vector("remembered image", number) : vector("view", own)
      let scale: Float = leak == .norm && isMember && layer == .embedding ? 1.5 : 1
      return sum((scale, vector("image", number)), (0.5 * scale, noise))
    }
    return Tensor(rows, shape: [views.shape[0], FakePairEncoder.width])
  }

  func embeddings(of captions: [String], layer: EmbeddingLayer) -> Tensor {
    let rows = captions.flatMap { caption -> [Float] in
      let number = caption.split(separator: " ").lazy.compactMap { Int($0) }.first ?? 0
      let isMember = members.contains(number)
      let own = caption.utf8.reduce(0) { ($0 &* 31) &+ Int($1) }
      let noise = leak == .caption && isMember ? vector("remembered caption", number) : vector("words", own)
      let isTied =
        isMember && (leak == .pairing || (leak == .wording && caption.hasPrefix("item \(number) alpha")))
      return sum(
        (isTied ? 1 : 0.4, vector("image", number)), (isTied ? 0.4 : 1, vector("caption", number)),
        (0.4, noise))
    }
    return Tensor(rows, shape: [captions.count, FakePairEncoder.width])
  }
}

/// Small pairs with a target and a shadow that leak in one way.
enum FakePairs {
  static let count = 160
  static let each = 40

  /// Pictures of 8 by 8 that carry their number in their mean colour.
  static func images(_ count: Int = count) throws -> Images {
    try withTemporaryFolder { folder in
      for number in 0..<count {
        var random = RandomStream(seed: 3, name: "texture").substream(number)
        let bytes = [number % 8, number / 8 % 8, number / 64].flatMap { digit in
          (0..<64).map { _ in UInt8(20 + 24 * digit + random.integer(below: 13) - 6) }
        }
        try PixelImage(height: 8, width: 8, bytes: bytes)
          .writePNG(to: folder.appending(path: String(format: "%03d.png", number)).path)
      }
      return try Dataset.open(folder.path).images()
    }
  }

  static func captions(_ count: Int = count) -> [[String]] {
    (0..<count).map { ["item \($0) alpha", "item \($0) beta gamma"] }
  }

  /// Target and shadow with groups drawn at random.
  static func audited(
    _ leak: FakePairEncoder.Leak, isTrained: Bool = true
  ) throws -> (target: AuditedPair, shadow: AuditedPair) {
    let (images, captions) = (try images(), captions())
    let split = try Split(count: count, sizes: SplitSizes(each: each), seed: 1)
    func audited(_ groups: MembershipGroups<[Int]>, seed: UInt64) throws -> AuditedPair {
      try AuditedPair(
        FakePairEncoder(leak, members: groups.members, seed: seed), images: images, captions: captions,
        groups: groups, untrained: FakePairEncoder(.nothing, members: [], seed: seed + 10))
    }
    return (try audited(split.target, seed: 1), try audited(split.shadow, seed: 2))
  }

  /// Each variant has a random word more.
  static let captionViews: CaptionViews = { count, captions, random in
    captions.indices.map { index in
      (0..<count).map { variant in
        var stream = random(index).substream(variant)
        return "\(captions[index][0]) x\(stream.integer(below: 1_000_000))"
      }
    }
  }

  static func attack(_ change: (inout PairAttackConfiguration) -> Void = { _ in }) throws -> PairAttack {
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (20, 6)
    (settings.vector.batch, settings.set.batch) = (20, 20)
    var configuration = PairAttackConfiguration(views: 4, variants: 4, classifiers: settings, seed: 5)
    configuration.weakSupervision.hiddenWidths = [32, 16]
    change(&configuration)
    return try PairAttack(configuration, captionViews: captionViews)
  }
}
