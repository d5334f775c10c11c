import Contrastive
import Data
import Encoders
import Networks

/// The nonmembers of an audit without a shadow, in two halves by a coin: those that give thresholds, and serve for nothing
/// else, and those that are tested.
public struct KnownHalves: Sendable, Equatable {
  /// Those that give thresholds, ascending.
  public let calibrating: [Int]
  /// Those that are tested, ascending.
  public let tested: [Int]

  init(_ count: Int, seed: UInt64) {
    var stream = RandomStream(seed: seed, name: "calibrating nonmembers")
    let order = stream.permutation(count)
    calibrating = order.prefix(count / 2).sorted()
    tested = order.dropFirst(count / 2).sorted()
  }
}

extension Audit {
  /// Audits an encoder without a shadow, on lists of an auditor's own: only attacks that learn nothing are made.
  ///
  /// Half of the known nonmembers, drawn by the seed, give each attack its threshold (``ConformalTest``), and serve for
  /// nothing else; the members and the other half test it. So the share of nonmembers that are taken for members is
  /// expected to be at most the level, and areas and rates are of inputs that decided on nothing.
  /// - Parameters:
  ///   - groups: inputs that are known to be members and nonmembers.
  ///   - level: at which thresholds are taken from known nonmembers, in (0, 1).
  ///   - kept: where what is made of answers is kept until the audit ends.
  ///   - budget: how much the target may be asked; nil for any amount.
  ///   - report: told what is being done; what it throws ends the audit.
  /// - Throws: ``AttackError``, ``EvidenceError``, ``EvaluationError``, or an error of reading images, of an encoder, of
  ///   features, or of the budget.
  public func run(
    withoutShadow groups: MembershipGroups<Population>, target: any AuditedEncoder,
    level: Double = 0.05, keeping kept: EvidenceFolder? = nil,
    within budget: QuestionBudget? = nil, report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> AuditFindings {
    for (name, count) in [("members", groups.members.count), ("nonmembers", groups.nonmembers.count)]
    where count == 0 { throw EvaluationError.emptyGroup(name) }
    guard groups.nonmembers.count >= 2 else { throw AttackError.tooFewNonmembers(groups.nonmembers.count) }
    var encoders: [EncoderRole: any AuditedEncoder] = [.target: target]
    if configuration.controls.contains(.untrained) {
      let seed = configuration.seed &+ 2
      encoders[.untrainedTarget] =
        try target.untrained(seed: seed) ?? StandInEncoder(for: target, seed: seed)
    }
    var audit = try shadowless(groups, encoders: encoders, keeping: kept)
    audit.hasGivenGroups = true
    let plan = try groupsPlan(audit)
    audit.evidence.budget = budget
    try audit.evidence.requireRoom(for: plan.needs)
    try audit.evidence.begin(levels: [audit.knowledge])
    try requireRoom(for: plan.needs, of: audit, within: budget)
    audit.evidence.progress.total = plan.attacks.count + plan.controls.count
    if let cost = audit.evidence.cost(plan.needs, plan.attacks) { try report(cost) }
    if target is QuestionRecorder,
      let cost = audit.evidence.cost(ofWriting: plan.needs, size: target.imageSize)
    {
      try report(cost)
    }
    try audit.evidence.prepare(plan.needs, report: report)
    var found = try groupsFindings(
      audit, plan, KnownHalves(groups.nonmembers.count, seed: configuration.seed), level: level, report)
    found.queriesPerInput = audit.queriesPerInput(plan.needs)
    return found
  }

  /// Attacks that learn nothing and can be made, why others cannot, and the same attacks on an untrained twin.
  struct GroupsPlan {
    var attacks: [any ScoreAttack] = []
    /// Which of them the untrained encoder is asked for.
    var controls: [any ScoreAttack] = []
    var notes: [String] = []
    var needs: [Need] = []
  }

  private func groupsPlan(_ audit: AuditCase) throws -> GroupsPlan {
    var plan = GroupsPlan()
    let named = configuration.attacks
    for attack in ScoreTable.entries {
      let isNamed = named.map { $0.contains { AttackTable.isMeant(attack.name, by: $0) } }
      guard isNamed ?? !attack.isOnlyByName else { continue }
      if let obstacle = attack.obstacle(in: audit) {
        if named != nil && !(attack is MeanSimilarity) {
          plan.notes.append("\(ScoreTable.name(attack)) is left out: \(obstacle)")
        }
        continue
      }
      plan.attacks.append(attack)
      plan.needs += attack.needs(in: audit).filter { $0.group == .target }
      if attack is MeanSimilarity {
        plan.needs += QueryPoint.needs(attack.sets, in: audit).filter { $0.group == .target }
      }
    }
    plan.needs += audit.nearEmbeddingNeeds
    // Those of its table that learn something cannot be made; who names one learns why.
    let learning = AttackTable.entries(sets: [[.imageImage]]).map(\.name).filter { name in
      !ScoreTable.entries.contains { $0.name == name }
        && (named ?? []).contains { $0 != AttackTable.all && AttackTable.isMeant(name, by: $0) }
    }
    if !learning.isEmpty {
      plan.notes.append(
        "left out: \(learning.joined(separator: ", ")): each learns from a shadow, and there is none")
    }
    if plan.attacks.isEmpty { throw AttackError.nothingToMake(plan.notes) }
    guard audit.evidence.has(.untrainedTarget) else { return plan }
    let untrained = audit.with(learner: .untrainedTarget, tested: .untrainedTarget)
    for attack in plan.attacks where attack is MeanSimilarity && attack.obstacle(in: untrained) == nil {
      plan.controls.append(attack)
      plan.needs += attack.needs(in: untrained).filter { $0.group == .target }
    }
    if audit.standIn != nil {
      plan.notes.append(
        "the target cannot be had untrained: a fresh ResNet-18 stands in, which shows what the images tell and not the "
          + "architecture")
    }
    return plan
  }

  private func groupsFindings(
    _ audit: AuditCase, _ plan: GroupsPlan, _ halves: KnownHalves, level: Double,
    _ report: (AuditEvent) throws -> Void
  ) throws -> AuditFindings {
    let isJoint = audit.modalities.contains(.text)
    var notes = plan.notes
    func title(_ attack: any ScoreAttack) -> String { isJoint ? ScoreTable.name(attack) : attack.name }
    func outcome(_ scores: MembershipGroups<[Float]>) throws -> AttackOutcome {
      let all = scores.map { $0.map(Double.init) }
      let calibrating = halves.calibrating.map { all.nonmembers[$0] }
      let tested = MembershipGroups(
        members: all.members, nonmembers: halves.tested.map { all.nonmembers[$0] })
      // Where too few are known nobody is taken for a member.
      let threshold =
        try ConformalTest(nonmembers: calibrating).threshold(at: level)
        ?? (tested.pooled.max() ?? 0).nextUp
      return AttackOutcome(
        target: try MembershipScores(tested, threshold: threshold),
        shadow: MembershipGroups(members: [], nonmembers: calibrating))
    }
    let test = try ConformalTest(nonmembers: halves.calibrating.map(Double.init))
    if !test.canTell(at: level) {
      notes.append(
        "n + 1 < 1 / alpha: \(halves.calibrating.count) calibrating nonmembers allow no threshold at the level "
          + "\(level), so nobody is taken for a member; "
          + "\(2 * ConformalTest.needed(at: level)) nonmembers would")
    }
    var (attacks, controls): ([Finding], [Finding]) = ([], [])
    for attack in plan.attacks {
      try report(.learning(attack: title(attack), audit.knowledge))
      audit.evidence.progress.made += 1
      attacks.append(
        Finding(
          name: title(attack), attack: attack.name, sets: attack.sets, knowledge: audit.knowledge,
          outcome: try outcome(try attack.scores(audit, of: .target))))
    }
    let growth = try plan.attacks.filter { $0 is MeanSimilarity }.flatMap { attack in
      try QueryPoint.growth(title(attack), attack.sets, in: audit) { scores, _ in try outcome(scores).target }
    }
    let untrained = audit.with(learner: .untrainedTarget, tested: .untrainedTarget)
    let plain = audit.standIn == nil ? "untrained encoder" : "fresh ResNet-18 as untrained encoder"
    for attack in plan.controls {
      try report(.control(.untrained, audit.knowledge))
      audit.evidence.progress.made += 1
      controls.append(
        Finding(
          name: "\(plain) (\(title(attack)))", attack: "\(plain) (\(attack.name))", sets: attack.sets,
          family: .untrained, knowledge: audit.knowledge,
          outcome: try outcome(try attack.scores(untrained, of: .target))))
    }
    if configuration.controls.contains(.blind) {
      let blind = BlindGroupsControl()
      if let note = blind.note(in: audit) {
        notes.append(note)
      } else {
        try report(.control(.blind, audit.knowledge))
        controls += try blind.run(audit, attacks: attacks).map { finding in
          try finding.keeping(nonmembers: halves.tested)
        }
      }
    }
    if let near = try audit.nearEmbeddings() { notes.append(near) }
    return AuditFindings(
      withoutShadow: audit, attacks: attacks, controls: controls, notes: notes, halves: halves, level: level,
      byQueries: growth)
  }
}

extension Finding {
  /// The same of some of the nonmembers alone.
  fileprivate func keeping(nonmembers: [Int]) throws -> Finding {
    let groups = MembershipGroups(
      members: scores.groups.members, nonmembers: nonmembers.map { scores.groups.nonmembers[$0] })
    return Finding(
      name: name, attack: attack, sets: sets, family: family, knowledge: knowledge,
      outcome: AttackOutcome(target: try MembershipScores(groups, threshold: scores.threshold)), swap: swap)
  }
}
