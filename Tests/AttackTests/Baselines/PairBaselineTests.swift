import Data
import Foundation
import Kernels
import Networks
import Testing

@testable import Attack

@Suite(.serialized) struct PairBaselineTests {
  /// Observations of inputs whose image and caption embeddings are given.
  private func observations(_ images: [[Float]], _ captions: [[Float]]) throws -> PairObservations {
    func answers(_ rows: [[Float]]) -> EncoderAnswers {
      let plain = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
      let twice = Tensor(rows.flatMap { $0 + $0 }, shape: [2 * rows.count, rows[0].count])
      return EncoderAnswers(views: twice, jointViews: twice, plain: plain, own: plain)
    }
    return try PairObservations(
      images: answers(images), captions: answers(captions),
      configuration: PairAttackConfiguration(views: 2, variants: 2).features(.exact),
      inputs: Array(images.indices))
  }

  @Test("each attack of the table has a name of its own and can be made by somebody")
  func table() {
    #expect(Set(PairBaselines.all.map(\.name)).count == PairBaselines.all.count)
    for attack in PairBaselines.all {
      #expect(CaptionKnowledge.allCases.contains { attack.applies(to: $0) }, "\(attack.name)")
      #expect(attack.applies(to: .exact), "\(attack.name)")
    }
  }

  @Test("no attack of the table asks for what the auditor does not hold")
  func knowledge() {
    func names(_ knowledge: CaptionKnowledge) -> Set<String> {
      Set(PairBaselines.all.filter { $0.applies(to: knowledge) }.map(\.name))
    }
    #expect(names(.imageOnly) == ["LpLA (image)", "image-image mean, calibrated"])
    #expect(names(.captionOnly) == ["LpLA (caption)", "text-text mean, calibrated"])
  }

  @Test("AEA's score is the cosine and its drop under the views")
  func augmentationEnhanced() throws {
    // Views equal to the image: nothing drops, and the score is the cosine, 0.6.
    let same = try observations([[1, 0]], [[0.6, 0.8]])
    #expect(abs(AugmentationEnhancedAttack.scores(same)[0] - 0.6) < 1e-6)
    let plain = Tensor([1, 0], shape: [1, 2])
    let views = Tensor([0, 1, 0, 1], shape: [2, 2])
    let captions = EncoderAnswers(
      views: Tensor([1, 0, 1, 0], shape: [2, 2]), jointViews: Tensor([1, 0, 1, 0], shape: [2, 2]),
      plain: plain, own: plain)
    let dropped = try PairObservations(
      images: EncoderAnswers(views: views, jointViews: views, plain: plain, own: plain), captions: captions,
      configuration: PairAttackConfiguration(views: 2, variants: 2).features(.exact), inputs: [0])
    #expect(abs(AugmentationEnhancedAttack.scores(dropped)[0] - 2) < 1e-6)
  }

  @Test("the log-ratio of two normals of one width is linear: of N(1, 1) to N(0, 1) it is x - 1/2")
  func normalRatio() {
    let (first, second) = (NormalDensity(mean: 1, deviation: 1), NormalDensity(mean: 0, deviation: 1))
    for x in [-2.0, 0, 0.5, 3] { #expect(abs(first.log(x) - second.log(x) - (x - 0.5)) < 1e-12) }
    // Of different widths, at the common mean: the log of the widths' ratio.
    let wide = NormalDensity(mean: 1, deviation: 3)
    #expect(abs(first.log(1) - wide.log(1) - log(3)) < 1e-12)
    #expect(NormalDensity(of: [1, 3]) == NormalDensity(mean: 2, deviation: 1))
    #expect(NormalDensity(of: [2, 2]).deviation > 0)
  }

  @Test("norms of order 1, 2 and 3 equal their definition")
  func norms() {
    let rows = Tensor([3, -4, 0, 0], shape: [2, 2])
    #expect(NormLikelihoodAttack.norms(rows, order: 2) == [5, 0])
    #expect(NormLikelihoodAttack.norms(rows, order: 1) == [7, 0])
    #expect(abs(NormLikelihoodAttack.norms(rows, order: 3)[0] - cbrt(91)) < 1e-12)
  }

  @Test("members are guessed where the cosine is at least the known nonmembers' mean and 1.5 deviations")
  func pseudoMembers() {
    // Mean 0.2 and deviation 0.1: the cut is at 0.35.
    let chosen = WeaklySupervisedAttack.pseudoMembers(
      cosines: [0.34, 0.36, 0.1, 0.9], known: [0.1, 0.3], deviations: 1.5)
    #expect(chosen == [1, 3])
  }

  @Test("WSA's classifier learns from few guessed members and many nonmembers, the same for one seed")
  func weakClassifier() throws {
    func rows(_ count: Int, _ mean: Float, _ name: String) -> Tensor {
      var stream = RandomStream(seed: 1, name: name)
      return Tensor((0..<(count * 8)).map { _ in mean + 0.3 * stream.normal() }, shape: [count, 8])
    }
    func classifier(_ seed: UInt64) throws -> WeakClassifier {
      try WeakClassifier(
        members: rows(10, 0.5, "a"), nonmembers: rows(100, -0.5, "b"),
        settings: WeakSupervision(hiddenWidths: [32, 16]), stream: RandomStream(seed: seed, name: "weak"))
    }
    let found = try classifier(1)
    #expect(found.scores(rows(20, 0.5, "c")).allSatisfy { $0 > 0 })
    #expect(found.scores(rows(20, -0.5, "d")).allSatisfy { $0 < 0 })
    let again = try classifier(1).scores(rows(5, 0.1, "e"))
    #expect(again == found.scores(rows(5, 0.1, "e")))
    #expect(try classifier(2).scores(rows(5, 0.1, "e")) != again)
  }

  @Test("a calibrated score is the score less its mean over the encoders that did not see the input")
  func calibration() throws {
    let found = try Calibration.calibrated(
      [1, 2], by: [([0.5, 1], [false, true]), ([0.25, 0.5], [false, false])])
    #expect(found == [0.625, 1.5])
    #expect(throws: AttackError.seenByAll(inputs: [8])) {
      try Calibration.calibrated([1, 2], by: [([0, 0], [false, true])], inputs: [7, 8])
    }
    #expect(throws: AttackError.seenByAll(inputs: [0])) { try Calibration.calibrated([1], by: []) }
  }

  @Test("calibration finds members that differ less from nonmembers than inputs differ in difficulty")
  func difficulty() throws {
    var stream = RandomStream(seed: 8, name: "difficulty")
    func scores(_ gain: Float) throws -> (raw: [Float], calibrated: [Float]) {
      let difficulties = (0..<80).map { _ in stream.normal() }
      let raw = difficulties.map { $0 + gain + 0.02 * stream.normal() }
      let reference = difficulties.map { $0 + 0.02 * stream.normal() }
      return (
        raw, try Calibration.calibrated(raw, by: [(reference, [Bool](repeating: false, count: 80))])
      )
    }
    let (members, nonmembers) = (try scores(0.15), try scores(0))
    func area(_ members: [Float], _ nonmembers: [Float]) throws -> Double {
      try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: 0).roc.area
    }
    #expect(try area(members.raw, nonmembers.raw) < 0.7)
    #expect(try area(members.calibrated, nonmembers.calibrated) > 0.99)
  }
}
