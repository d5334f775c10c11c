import Foundation
import Kernels

/// LpLA: the likelihood of an embedding's p-norm among members over that among nonmembers (Sun et al. 2025, "When better
/// features mean greater risks").
///
/// The norms are of the encoder's own embedding of the unaltered input, before any projection, which may give all rows
/// one length; the densities are normal, fitted to the shadow's groups; of a pair both log-ratios are added.
/// Deviates from the paper: the form of its densities, its layer and its p are not known here; the threshold is the
/// one that makes the fewest mistakes on the shadow.
public struct NormLikelihoodAttack: PairBaseline {
  /// Whose embedding is measured.
  public enum Measured: String, Sendable, CaseIterable {
    /// The image encoder's.
    case image
    /// The text encoder's.
    case caption
    /// Both.
    case pair
  }

  private let measured: Measured

  /// An attack on an embedding, or on both of a pair.
  public init(_ measured: Measured) { self.measured = measured }

  /// LpLA, with what is measured.
  public var name: String { "LpLA (\(measured.rawValue))" }

  /// The embedding of an image, of a caption, or both.
  public var sets: [FeatureSet] {
    switch measured {
    case .image: [.imageImage]
    case .caption: [.textText]
    case .pair: [.pair]
    }
  }

  /// It needs what it measures.
  public func applies(to knowledge: CaptionKnowledge) -> Bool {
    (measured == .caption || knowledge.hasImage) && (measured == .image || knowledge.hasCaption)
  }

  /// The log-likelihood ratio.
  public func scores(_ evidence: PairEvidence) throws -> MembershipScores {
    let order = evidence.configuration.norm
    var target = evidence.target.map { [Double](repeating: 0, count: $0.count) }
    var shadow = evidence.shadow.map { [Double](repeating: 0, count: $0.count) }
    for part in measured == .pair ? [Measured.image, .caption] : [measured] {
      func norms(_ observations: PairObservations) -> [Double] {
        let answers = part == .image ? observations.images : observations.captions
        return answers.map { Self.norms($0.own, order: order) } ?? []
      }
      let known = evidence.shadow.map(norms)
      let densities = known.map(NormalDensity.init(of:))
      func add(_ norms: [Double], to sums: inout [Double]) {
        for (index, norm) in norms.enumerated() {
          sums[index] += densities.members.log(norm) - densities.nonmembers.log(norm)
        }
      }
      add(known.members, to: &shadow.members)
      add(known.nonmembers, to: &shadow.nonmembers)
      add(norms(evidence.target.members), to: &target.members)
      add(norms(evidence.target.nonmembers), to: &target.nonmembers)
    }
    return try target.map { $0.map { Float($0) } }.judged(byShadow: shadow.map { $0.map { Float($0) } })
  }

  /// The p-norm of each row.
  static func norms(_ embeddings: Tensor, order: Double) -> [Double] {
    let (values, width) = (embeddings.values, embeddings.shape[1])
    return (0..<embeddings.shape[0]).map { row in
      let components = values[(row * width)..<((row + 1) * width)]
      if order == 2 { return components.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
      return pow(components.reduce(0.0) { $0 + pow(abs(Double($1)), order) }, 1 / order)
    }
  }
}
