import Data
import Foundation
import Kernels
import Networks
import Testing

@testable import Attack

/// Attacks on what a pair's embeddings say without an inference classifier.
@Suite(.serialized) struct PairScoresTests {
  private func audited(
    _ leak: FakeEncoder.Leak, _ change: (inout AttackConfiguration) -> Void = { _ in }
  ) throws -> AuditCase {
    let subjects = try FakeAudit.subjects(leak)
    return FakeAudit.audited(FakeAudit.evidence(subjects, change), .exact, subjects, change)
  }

  @Test("CSA's score is the cosine of image and caption")
  func cosine() throws {
    let audit = try audited(.pairing)
    let cosines = try audit.features([.pair], of: .target).map { $0.scores.values.map(Double.init) }
    #expect(try CosineAttack().run(audit).target.groups == cosines)
  }

  @Test("AEA's score is the cosine and its drop under the views")
  func augmentationEnhanced() throws {
    // Views equal to the image: nothing drops. Views across the caption: the drop is the whole cosine.
    #expect(AugmentationEnhancedAttack.scores([0.75], ofViews: [0.75]) == [0.75])
    #expect(AugmentationEnhancedAttack.scores([1, 0.5], ofViews: [0, 0.25]) == [2, 0.75])
    let audit = try audited(.pairing)
    let cosines = try audit.means(.pair, of: .target)
    let views = try audit.evidence.groups(audit.need(.viewCosines(.exact), of: .target))
    let expected = cosines.zip(views).map { cosines, views in
      zip(cosines, views.values).map { Double($0 + ($0 - $1)) }
    }
    let found = try AugmentationEnhancedAttack().run(audit).target.groups
    for (a, b) in zip(found.pooled, expected.pooled) { #expect(abs(a - b) < 1e-6) }
  }

  @Test("norms of order 1, 2 and 3 equal their definition")
  func norms() {
    let rows = Tensor([3, -4, 0, 0], shape: [2, 2])
    #expect(NormLikelihoodAttack.norms(rows, order: 2) == [5, 0])
    #expect(NormLikelihoodAttack.norms(rows, order: 1) == [7, 0])
    #expect(abs(NormLikelihoodAttack.norms(rows, order: 3)[0] - cbrt(91)) < 1e-12)
  }

  @Test("LpLA of a pair adds the log-ratios of image and caption, of the embedding before any projection")
  func normLikelihood() throws {
    let audit = try audited(.norm) { $0.norm = 3 }
    func scores(_ measured: NormLikelihoodAttack.Measured) throws -> MembershipGroups<[Double]> {
      try NormLikelihoodAttack(measured).run(audit).target.groups
    }
    let sums = try scores(.image).zip(scores(.caption)).map { zip($0, $1).map(+) }
    for (a, b) in zip(try scores(.pair).pooled, sums.pooled) { #expect(abs(a - b) < 1e-5 * (1 + abs(b))) }
    // The twin from the embeddings themselves.
    func norms(_ group: AuditGroup) throws -> MembershipGroups<[Double]> {
      try audit.evidence.groups(audit.need(.picture(.embedding), of: group)).map {
        NormLikelihoodAttack.norms($0, order: 3)
      }
    }
    let densities = try norms(.shadow).map(NormalDensity.init(of:))
    let expected = try norms(.target).map { norms in
      norms.map { densities.members.log($0) - densities.nonmembers.log($0) }
    }
    for (a, b) in zip(try scores(.image).pooled, expected.pooled) {
      #expect(abs(a - b) < 1e-5 * (1 + abs(b)))
    }
  }
}
