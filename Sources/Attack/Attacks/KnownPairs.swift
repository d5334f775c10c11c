import Contrastive
import Data
import Encoders
import Files
import Foundation
import Kernels
import Networks

/// How attacks that compare an input with known nonmembers use the shadow's nonmembers.
public struct KnownNonmembers: Codable, Sendable, Equatable, Validated {
  /// The share that is the bank: what an input's two embeddings are contrasted with; 0.25.
  public var bank: Double
  /// The most that the bank holds, at least 1; 256.
  public var mostInBank: Int
  /// The share that scores are standardised by, or compared with; 0.25. All others serve for the threshold.
  public var held: Double
  /// Factors of cosines, inverse temperatures, to try on the shadow where the target's own is not known; 2 to 100.
  public var logitScales: [Double]
  /// RMIA's a, in [0, 1]: how much higher an input's likelihood is taken to be under encoders that saw it; 0.3.
  public var offset: Double
  /// RMIA's gamma, above 0: by what factor an input's ratio must exceed a nonmember's to count; 2. At 1 the score is the
  /// share of nonmembers below the input, which also orders inputs whose likelihoods hardly differ.
  public var ratio: Double

  /// How the nonmembers are used.
  public init(
    bank: Double = 0.25, mostInBank: Int = 256, held: Double = 0.25,
    logitScales: [Double] = [2, 5, 10, 20, 50, 100], offset: Double = 0.3, ratio: Double = 2
  ) {
    (self.bank, self.mostInBank, self.held) = (bank, mostInBank, held)
    (self.logitScales, self.offset, self.ratio) = (logitScales, offset, ratio)
  }

  /// Checks the fields.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(bank > 0 && bank < 1, "bank", bank, "above 0 and below 1")
    try require(mostInBank >= 1, "mostInBank", mostInBank, "1 or more")
    try require(held > 0 && bank + held < 1, "held", held, "above 0, and below 1 together with the bank's")
    try require(
      !logitScales.isEmpty && logitScales.allSatisfy { $0 > 0 && $0.isFinite }, "logitScales", logitScales,
      "one or more numbers above 0")
    try require(offset >= 0 && offset <= 1, "offset", offset, "in [0, 1]")
    try require(ratio > 0 && ratio.isFinite, "ratio", ratio, "above 0")
  }

  /// Which of the shadow's nonmembers serve for what: no one for two things.
  struct Parts {
    /// The bank.
    let bank: [Int]
    /// What scores are standardised by, or compared with.
    let held: [Int]
    /// What the threshold is decided on.
    let judged: [Int]
  }

  /// Fewest nonmembers in each part.
  static let fewest = 2

  /// Divides so many nonmembers, by the seed alone; nil where a part would have fewer than two.
  func parts(of count: Int, seed: UInt64) -> Parts? {
    var stream = RandomStream(seed: seed, name: "known nonmembers")
    let order = stream.permutation(count)
    let bank = min(mostInBank, Int((self.bank * Double(count)).rounded()))
    let held = Int((self.held * Double(count)).rounded())
    guard min(bank, held, count - bank - held) >= KnownNonmembers.fewest else { return nil }
    return Parts(
      bank: order.prefix(bank).sorted(), held: order[bank..<(bank + held)].sorted(),
      judged: order[(bank + held)...].sorted())
  }
}

/// The two embeddings of each of some inputs, of length one, `[inputs, width]`: of image and caption, or of two views.
struct EmbeddingPairs {
  let first: Tensor
  let second: Tensor

  init(_ first: Tensor, _ second: Tensor) {
    (self.first, self.second) = (Rows.normalised(first).unit, Rows.normalised(second).unit)
  }

  private init(unit first: Tensor, _ second: Tensor) { (self.first, self.second) = (first, second) }

  var count: Int { first.shape[0] }

  /// Some of the inputs.
  func part(_ inputs: [Int]) -> EmbeddingPairs {
    EmbeddingPairs(unit: Rows.gathered(first, inputs), Rows.gathered(second, inputs))
  }
}

/// What the contrastive loss says of a pair (u, v) beside a fixed bank of pairs (U, V): how likely each of the two is to
/// be found by the other, and how strongly the loss would still pull at them (Gomez 2026).
///
/// With a = s u·[v, V1, …], b = s v·[u, U1, …], p = softmax(a), q = softmax(b) the loss is -(log p0 + log q0) / 2, and its
/// gradients are s/2 (Σj pj Vj + (p0 + q0 - 2) v) by u and s/2 (Σj qj Uj + (p0 + q0 - 2) u) by v, sums over the bank.
/// Deviates from the released code: its bank is the batch, so that a score there depends on its neighbours.
struct PairContrast {
  /// -(log p0 + log q0) / 2, in nats.
  let losses: [Double]
  /// The length of both gradients together.
  let gradientNorms: [Double]
  /// p0: how likely the first is to find its second.
  let likelihoods: [Double]

  /// - Parameter scale: s, the factor of cosines.
  init(_ pairs: EmbeddingPairs, bank: EmbeddingPairs, scale: Double) {
    let own = Rows.dots(pairs.first, pairs.second).values.map { scale * Double($0) }
    let forward = PairContrast.shares(pairs.first, among: bank.second, own: own, scale: scale)
    let backward = PairContrast.shares(pairs.second, among: bank.first, own: own, scale: scale)
    losses = zip(forward.logOwn, backward.logOwn).map { -($0 + $1) / 2 }
    likelihoods = forward.logOwn.map(exp)
    let pull = zip(likelihoods, backward.logOwn).map { Float($0 + exp($1) - 2) }
    let factors = Tensor(pull, shape: [pairs.count, 1])
    func squares(_ others: Tensor, _ bank: Tensor, _ partner: Tensor) -> [Float] {
      let gradient = Pointwise.sum(matrixProduct(others, bank), Rows.scaled(partner, by: factors))
      return Rows.dots(gradient, gradient).values
    }
    gradientNorms = zip(
      squares(forward.others, bank.second, pairs.second), squares(backward.others, bank.first, pairs.first)
    ).map { scale / 2 * (Double($0) + Double($1)).squareRoot() }
  }

  /// The softmax of each row's own logit and those of the bank: the logarithm of the own share, and the bank's shares,
  /// `[inputs, bank]`.
  private static func shares(
    _ rows: Tensor, among bank: Tensor, own: [Double], scale: Double
  ) -> (logOwn: [Double], others: Tensor) {
    let cosines = matrixProduct(rows, bank, transposeRight: true).values
    let width = bank.shape[0]
    var (logs, others) = ([Double](), [Float](repeating: 0, count: cosines.count))
    logs.reserveCapacity(own.count)
    for (row, logit) in own.enumerated() {
      let range = (row * width)..<((row + 1) * width)
      let greatest = range.reduce(logit) { max($0, scale * Double(cosines[$1])) }
      let sum = range.reduce(exp(logit - greatest)) { $0 + exp(scale * Double(cosines[$1]) - greatest) }
      for index in range { others[index] = Float(exp(scale * Double(cosines[index]) - greatest) / sum) }
      logs.append(logit - greatest - log(sum))
    }
    return (logs, Tensor(others, shape: [own.count, width]))
  }
}

/// An attack that compares pairs of embeddings with known nonmembers: what it asks for, and which factor it takes.
struct KnownPairs {
  /// Image with caption, or two views of an image.
  let kind: FeatureSet

  /// What keeps such an attack from being made; nil where nothing does.
  func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = audit.obstacle(to: [kind]) { return obstacle }
    let layer = layer(audit)
    for role in [audit.learner, audit.tested] where !audit.evidence.encoder(role).layers.contains(layer) {
      return "it needs the \(layer.rawValue), and \(audit.evidence.encoder(role).identity.name) gives none"
    }
    let count = audit.evidence.population(.shadow).nonmembers.count
    guard parts(audit) == nil else { return nil }
    return
      "it needs at least \(KnownNonmembers.fewest) known nonmembers each as bank, for comparison and for the "
      + "threshold, and the shadow has \(count) in all"
  }

  /// Which of the shadow's nonmembers serve for what.
  func parts(_ audit: AuditCase) -> KnownNonmembers.Parts? {
    audit.configuration.knownNonmembers.parts(
      of: audit.evidence.population(.shadow).nonmembers.count, seed: audit.configuration.seed)
  }

  /// The space that is compared in: the joint one of a pair, the audited one of views.
  func layer(_ audit: AuditCase) -> EmbeddingLayer {
    kind == .pair ? .projection : audit.configuration.layer
  }

  private func extracts(_ audit: AuditCase) -> [Extract] {
    guard kind == .pair else { return [.twoViews(layer(audit))] }
    return [.picture(.projection), .caption(.projection, audit.caption?.holding ?? .exact)]
  }

  /// What has to be known of a group by an encoder.
  func needs(_ audit: AuditCase, of group: AuditGroup, by role: EncoderRole) -> [Need] {
    extracts(audit).map { Need($0, of: group, by: role) }
  }

  /// The pairs of a group as an encoder embeds them.
  /// - Throws: ``AttackError/jointWidths(image:caption:)``, or an error of what has to be asked.
  func pairs(
    _ audit: AuditCase, of group: AuditGroup, by role: EncoderRole
  ) throws -> MembershipGroups<EmbeddingPairs> {
    let found = try needs(audit, of: group, by: role).map { try audit.evidence.groups($0) }
    func made(_ tensors: [Tensor]) throws -> EmbeddingPairs {
      guard tensors.count == 2 else {
        let width = tensors[0].shape[1] / 2
        return EmbeddingPairs(
          Rows.columns(tensors[0], 0..<width), Rows.columns(tensors[0], width..<(2 * width)))
      }
      guard tensors[0].shape[1] == tensors[1].shape[1] else {
        throw AttackError.jointWidths(image: tensors[0].shape[1], caption: tensors[1].shape[1])
      }
      return EmbeddingPairs(tensors[0], tensors[1])
    }
    return MembershipGroups(
      members: try made(found.map(\.members)), nonmembers: try made(found.map(\.nonmembers)))
  }

  /// Scores with the target's own factor where it is known and is that of the space compared in, else with the one of
  /// those in the settings that tells the shadow's groups best, which is then said.
  /// - Parameter make: scores of both groups at a factor: the target's, and the shadow's that the threshold is decided on.
  func outcome(
    _ audit: AuditCase,
    _ make: (Double) throws -> (target: MembershipGroups<[Float]>, shadow: MembershipGroups<[Float]>)
  ) throws -> AttackOutcome {
    func outcome(_ scale: Double, _ notes: [String]) throws -> AttackOutcome {
      let scores = try make(scale)
      let optimum = OptimalThreshold(members: scores.shadow.members, nonmembers: scores.shadow.nonmembers)
      // Not all of the shadow's inputs have a score: some are what others are compared with.
      return AttackOutcome(
        target: try MembershipScores(scores.target, threshold: optimum.threshold), notes: notes)
    }
    let known = audit.evidence.encoder(audit.tested).facts.temperature
    if let known, layer(audit) == .projection { return try outcome(1 / Double(known), []) }
    var best = (scale: 0.0, area: -1.0)
    for scale in audit.configuration.knownNonmembers.logitScales {
      let area = try MembershipScores(make(scale).shadow, threshold: 0).roc.area
      if area > best.area { best = (scale, area) }
    }
    let scale = best.scale == best.scale.rounded() ? "\(Int(best.scale))" : "\(best.scale)"
    return try outcome(
      best.scale,
      [
        "cosines are multiplied by \(scale), which tells the shadow's groups best; the target's own factor "
          + (known == nil ? "is not known" : "is that of the projection, not of the \(layer(audit).rawValue)")
      ])
  }
}
