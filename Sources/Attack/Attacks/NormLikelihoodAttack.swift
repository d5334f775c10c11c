import Data
import Foundation
import Kernels

/// LpLA: the likelihood of an embedding's p-norm among members over that among nonmembers (Sun et al. 2025, "When better
/// features mean greater risks").
///
/// The norms are of the encoder's own embedding of the unaltered input, before any projection, which may give all rows
/// one length; the densities are normal, fitted to the shadow's groups; of a pair both log-ratios are added.
/// Deviates from the paper: the form of its densities, its layer and its p are not known here; the threshold is the
/// one that makes the fewest mistakes on the shadow.
public struct NormLikelihoodAttack: MembershipAttack {
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

  private var parts: [Measured] { measured == .pair ? [.image, .caption] : [measured] }

  private func extract(_ part: Measured, _ audit: AuditCase) -> Extract {
    part == .image ? .picture(.embedding) : .caption(.embedding, audit.caption?.holding ?? .exact)
  }

  /// The embeddings of both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.flatMap { group in parts.map { audit.need(extract($0, audit), of: group) } }
  }

  /// The log-likelihood ratio.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    let order = audit.configuration.norm
    func norms(_ part: Measured, _ group: AuditGroup) throws -> MembershipGroups<[Double]> {
      try audit.evidence.groups(audit.need(extract(part, audit), of: group)).map {
        Self.norms($0, order: order)
      }
    }
    var sums: [AuditGroup: MembershipGroups<[Double]>] = [:]
    for part in parts {
      let densities = try norms(part, .shadow).map(NormalDensity.init(of:))
      for group in AuditGroup.allCases {
        let ratios = try norms(part, group).map { norms in
          norms.map { densities.members.log($0) - densities.nonmembers.log($0) }
        }
        sums[group] = sums[group]?.zip(ratios).map { a, b in Swift.zip(a, b).map(+) } ?? ratios
      }
    }
    func scores(_ group: AuditGroup) -> MembershipGroups<[Float]> {
      (sums[group] ?? MembershipGroups(members: [], nonmembers: [])).map { $0.map { Float($0) } }
    }
    return try AttackOutcome(target: scores(.target), judgedBy: scores(.shadow))
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
