import Autodiff
import Data
import Kernels
import Networks

/// WSA: a classifier on the two embeddings of a pair, trained on the target's own answers (Ko et al. 2023, section 4.3).
///
/// Nonmembers are inputs that the auditor knows the target was not pre-trained on: the shadow's. Members are guessed:
/// inputs of the target whose cosine lies far above that of known nonmembers. No label of the target is used.
/// Deviates from the paper: embeddings are brought to length one; the guessed members are among the inputs that are judged;
/// the smaller class is repeated, so that the decision is at equal odds.
public struct WeaklySupervisedAttack: MembershipAttack {
  /// WSA.
  public let name = "WSA"
  /// The two embeddings of a pair.
  public let sets = [FeatureSet.pair]

  /// Guessed members that are needed to learn from.
  static let fewest = 4

  /// An attack whose settings come with the evidence.
  public init() {}

  private func extracts(_ audit: AuditCase) -> [Extract] {
    let caption = audit.caption
    return [
      .similarities(.pair, caption), .picture(.projection), .caption(.projection, caption?.holding ?? .exact),
    ]
  }

  /// What the target says of both groups' pairs.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.flatMap { group in
      extracts(audit).map { Need($0, of: group, by: audit.tested) }
    }
  }

  /// The logit of "member" less that of "nonmember".
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    let settings = audit.configuration.weakSupervision
    let (nonmembers, queries) = (try inputs(audit, .shadow), try inputs(audit, .target))
    func cosines(_ group: AuditGroup) throws -> [Float] {
      try audit.means(.pair, of: group, by: audit.tested).pooled
    }
    let chosen = Self.pseudoMembers(
      cosines: try cosines(.target), known: try cosines(.shadow), deviations: settings.deviations)
    guard chosen.count >= Self.fewest else {
      throw AttackError.tooFewPseudoMembers(found: chosen.count, needed: Self.fewest)
    }
    let classifier = try WeakClassifier(
      members: Rows.gathered(Tensor.stacked([queries.members, queries.nonmembers]), chosen),
      nonmembers: Tensor.stacked([nonmembers.members, nonmembers.nonmembers]), settings: settings,
      stream: RandomStream(seed: audit.configuration.seed, name: "weak supervision"))
    return AttackOutcome(target: try MembershipScores(queries.map(classifier.scores), threshold: 0))
  }

  /// Which of the cosines are at least the known nonmembers' mean and some deviations.
  static func pseudoMembers(cosines: [Float], known: [Float], deviations: Double) -> [Int] {
    let density = NormalDensity(of: known.map(Double.init))
    let cut = density.mean + deviations * density.deviation
    return cosines.indices.filter { Double(cosines[$0]) >= cut }
  }

  /// [f(x); g(t)], each of length one, `[inputs, 2 * joint width]`.
  private func inputs(_ audit: AuditCase, _ group: AuditGroup) throws -> MembershipGroups<Tensor> {
    let found = try extracts(audit).dropFirst().map {
      try audit.evidence.groups(Need($0, of: group, by: audit.tested))
    }
    return found[0].zip(found[1]).map { images, captions in
      Rows.joined(Rows.normalised(images).unit, Rows.normalised(captions).unit)
    }
  }
}

/// The classifier of ``WeaklySupervisedAttack``.
struct WeakClassifier {
  private let layers: [LinearLayer]
  private let store: ParameterStore

  /// Trains until the loss on held-out examples has not fallen for some epochs, and keeps the best weights.
  init(members: Tensor, nonmembers: Tensor, settings: WeakSupervision, stream: RandomStream) throws {
    let widths = [members.shape[1]] + settings.hiddenWidths
    (layers, store) = try ParameterStore.build(.fresh(stream.substream("weights"))) { builder in
      try zip(widths, widths.dropFirst()).enumerated().map { index, width in
        try LinearLayer(
          builder.at("hidden\(index + 1)"), inputs: width.0, outputs: width.1, activation: .relu)
      } + [try LinearLayer(builder.at("logits"), inputs: widths[widths.count - 1], outputs: 2)]
    }
    var order = stream.substream("order")
    let rows = Tensor.stacked([members, nonmembers])
    let count = members.shape[0]
    let label = { (row: Int) in row < count ? 1 : 0 }
    var (training, heldOut): ([Int], [Int]) = ([], [])
    var classes: [[Int]] = []
    for group in [0..<count, count..<rows.shape[0]] {
      let shuffled = order.permutation(group.count).map { group.lowerBound + $0 }
      let held = max(1, Int((settings.heldOut * Double(group.count)).rounded()))
      heldOut += shuffled.prefix(held)
      classes.append(Array(shuffled.dropFirst(held)))
    }
    let size = classes.map(\.count).max() ?? 0
    for rows in classes { training += (0..<size).map { rows[$0 % rows.count] } }

    let state = OptimiserState(.adam(), for: store)
    let best = store.copy()
    var (lowest, waited) = (Double.infinity, 0)
    for epoch in 1...settings.epochs {
      let permutation = order.permutation(training.count).map { training[$0] }
      for start in stride(from: 0, to: permutation.count, by: settings.batch) {
        let batch = Array(permutation[start..<min(permutation.count, start + settings.batch)])
        store.clearGradients()
        let tape = Tape()
        let output = logits(tape.constant(Rows.gathered(rows, batch)), Pass(store, .training, tape: tape))
        tape.backward(from: tape.crossEntropy(output, targets: batch.map(label)).variable)
        state.update(store, learningRate: settings.learningRate)
      }
      // Both classes weigh alike, however many examples of each are held out.
      let loss = [0, 1].reduce(0.0) { sum, wanted in
        let part = heldOut.filter { label($0) == wanted }
        let pass = Pass.inference(store)
        let output = logits(pass.tape.constant(Rows.gathered(rows, part)), pass)
        return sum + Double(pass.tape.crossEntropy(output, targets: part.map(label)).value)
      }
      guard loss.isFinite else { throw AttackError.diverged(attack: "WSA", epoch: epoch) }
      if loss < lowest {
        (lowest, waited) = (loss, 0)
        best.copyValues(from: store)
      } else {
        waited += 1
        if waited >= settings.patience { break }
      }
    }
    store.copyValues(from: best)
  }

  /// For each row the logit of "member" less that of "nonmember".
  func scores(_ rows: Tensor) -> [Float] {
    ClassifierTrainer.scores(store, rows: rows) { input, pass, _ in logits(input, pass) }
  }

  private func logits(_ input: Variable, _ pass: Pass) -> Variable {
    layers.reduce(input) { $1($0, pass) }
  }
}
