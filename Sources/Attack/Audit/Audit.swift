import Contrastive
import Data
import Encoders
import Files
import Kernels
import Networks

/// One audit of an encoder by a shadow encoder: every attack and every control that applies, whatever the modality and
/// wherever the encoders come from (Liu, Jia, Qu and Gong, "EncoderMI: Membership inference against pre-trained encoders
/// in contrastive learning", CCS 2021, and what came after it).
public struct Audit {
  /// How it is made.
  public let configuration: AttackConfiguration
  private let captionViews: CaptionViews?
  /// Makes what is asked.
  var asking: Questions { Questions(configuration, captionViews: captionViews) }

  /// - Parameter captionViews: makes variants of captions; nil for those that the configuration describes.
  /// - Throws: `InvalidSetting` if a field of the configuration is out of range.
  public init(_ configuration: AttackConfiguration = AttackConfiguration(), captionViews: CaptionViews? = nil)
    throws
  {
    try configuration.validate()
    (self.configuration, self.captionViews) = (configuration, captionViews)
  }

  /// What an auditor can know of the target's and the shadow's inputs, all that is possible first.
  /// - Returns: each level with the reason for which it is not possible, or nil.
  public static func levels(
    target: AuditSubject, shadow: AuditSubject
  ) -> [(knowledge: CaptionKnowledge, obstacle: AttackError?)] {
    CaptionKnowledge.allCases.map { level in
      (level, target.obstacle(to: level, "the target") ?? shadow.obstacle(to: level, "the shadow"))
    }
  }

  /// Learns on the shadow and tests on the target.
  /// - Parameters:
  ///   - levels: what the auditor holds, one case after the other; nil for the configuration's, or else for all that is
  ///     possible. Each encoder is asked about each input once for all of them.
  ///   - references: encoders that take from a score what is due to the input, of which one must not have seen it; the
  ///     shadow if none are given.
  ///   - downstream: labelled images for attacks that train downstream classifiers; without them such attacks are left
  ///     out.
  ///   - kept: where what is made of answers is kept until the audit ends; one that was stopped goes on from there, and
  ///     asks nothing again. Variants of captions by a source of its own are taken to be the same ones.
  ///   - saving: which raw material is collected.
  ///   - collect: given each kind of it once it is there, by names such as `target.target.member.imageImage`. Answers of an
  ///     audit that keeps its records are read from these part by part, as long as they are there.
  ///   - needsAttack: whether it is an error if no attack can be made; else only controls are.
  ///   - budget: how much the target may be asked; nil for any amount. A plan that needs more is refused before anything
  ///     is asked.
  ///   - report: told what is being done; what it throws ends the audit.
  /// - Throws: ``AttackError``, ``EvidenceError``, or an error of reading images, of an encoder, of features or of a
  ///   classifier.
  public func run(
    levels: [CaptionKnowledge]? = nil, target: AuditSubject, shadow: AuditSubject,
    references: [AuditReference] = [], downstream: DownstreamSet? = nil, keeping kept: EvidenceFolder? = nil,
    needsAttack: Bool = false, within budget: QuestionBudget? = nil,
    saving: Set<RawMaterial> = [],
    collecting collect: (RawMaterial, [String: PiecewiseTensor]) -> Void = { _, _ in },
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> [AuditFindings] {
    let (evidence, levels, cases, plans) = try prepared(levels, target, shadow, references, downstream, kept)
    if needsAttack && plans.allSatisfy(\.attacks.isEmpty) {
      throw AttackError.nothingToMake(plans.flatMap(\.notes))
    }
    evidence.budget = budget
    let (planned, attacks) = (plans.flatMap(\.needs), plans.flatMap(\.attacks))
    let needs = planned + (saving.contains(.answers) ? evidence.answerNeeds(planned) : [])
    try evidence.requireRoom(for: needs)
    try evidence.begin(levels: levels, saving: saving)
    try requireRoom(for: needs, of: cases[0], attacks: attacks, within: budget)
    evidence.progress.total = plans.map { $0.attacks.count + $0.controls.count }.reduce(0, +)
    if let cost = evidence.cost(needs, attacks, plans.flatMap(\.controls)) { try report(cost) }
    try evidence.prepare(needs, report: report)
    var found = try zip(cases, plans).map {
      try findings($0, $1, isCalibrated: !references.isEmpty, report)
    }
    for kind in saving { collect(kind, evidence.material(kind)) }
    // Later levels may have asked further rounds.
    for index in found.indices { found[index].questions = evidence.ledger }
    for (index, plan) in plans.enumerated() {
      found[index].queriesPerInput = cases[index].queriesPerInput(plan.needs, plan.attacks)
    }
    return found
  }

  /// Asks the target, or the shadow, whatever an audit of both would ask it, and makes nothing of the answers: for an
  /// encoder that writes questions down instead of answering. Others are asked only where its questions depend on their
  /// answers.
  /// - Parameter report: told at first of a gibibyte of pictures or more, and then what is being asked.
  /// - Throws: as the audit does.
  public func ask(
    _ role: AuditGroup, levels: [CaptionKnowledge]? = nil, target: AuditSubject, shadow: AuditSubject,
    references: [AuditReference] = [], downstream: DownstreamSet? = nil,
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws {
    let (evidence, _, cases, plans) = try prepared(levels, target, shadow, references, downstream, nil)
    let asked = role == .target ? target.encoder : shadow.encoder
    let needs = plans.flatMap(\.needs).filter { evidence.encoder($0.role) === asked }
    // The attack on the answers would be refused.
    try evidence.requireRoom(for: plans.flatMap(\.needs))
    if let cost = evidence.cost(ofWriting: needs, size: asked.imageSize) { try report(cost) }
    try evidence.prepare(needs, report: report)
    var begun: Set<String> = []
    for (audit, plan) in zip(cases, plans) where role == .target {
      for attack in plan.attacks where begun.insert(attack.name).inserted {
        try withoutActuallyEscaping(report) { report in
          try evidence.reporting(report) { try attack.askFurther(audit) }
        }
      }
    }
  }

  /// What all audits begin with, before any encoder is asked.
  private func prepared(
    _ levels: [CaptionKnowledge]?, _ target: AuditSubject, _ shadow: AuditSubject,
    _ references: [AuditReference], _ downstream: DownstreamSet?, _ kept: EvidenceFolder?
  ) throws -> (Evidence, [CaptionKnowledge], [AuditCase], [Plan]) {
    try requireInputs(target, shadow)
    let possible = Audit.levels(target: target, shadow: shadow)
    let levels =
      levels ?? [configuration.knowledge ?? possible.first { $0.obstacle == nil }?.knowledge ?? .imageOnly]
    // What a level lacks is found before any encoder is asked.
    for level in levels {
      if let obstacle = possible.first(where: { $0.knowledge == level })?.obstacle { throw obstacle }
    }
    let (evidence, others) = try evidence(levels, target, shadow, references, downstream, kept)
    let cases = levels.map { level in
      AuditCase(
        evidence: evidence, configuration: configuration, knowledge: level, learner: .shadow,
        tested: .target, references: others, hasGivenGroups: target.hasGivenGroups)
    }
    return (evidence, levels, cases, try cases.map(plan))
  }

  /// Membership features of inputs whose membership nobody knows, for a classifier that an audit of this configuration
  /// trained on these sets. Views and variants are those of the audit: an input gets the same features wherever it stands
  /// and whatever else is asked about.
  /// Of captions that are held in several ways those that the configuration's auditor holds are asked about, or the exact
  /// ones.
  /// - Parameters:
  ///   - budget: how much may be asked; nil for any amount.
  ///   - report: told after each part how many inputs are done; what it throws ends the work.
  /// - Throws: an error of reading images, of the encoder, of the budget, ``FeatureError`` or ``AttackError``; it is
  ///   ``AttackError/noFeatures(_:reason:)`` where the inputs lack what the sets are made of.
  public func features(
    _ sets: [FeatureSet], of population: Population, by encoder: any AuditedEncoder,
    within budget: QuestionBudget? = nil, report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> MembershipFeatures {
    let audit = try featuresCase(sets, of: population, by: encoder)
    audit.evidence.budget = budget
    try audit.evidence.prepare(audit.featureNeeds(sets, of: .target), report: report)
    return try audit.features(sets, of: .target).members
  }

  /// How much ``features(_:of:by:within:report:)`` will ask.
  /// - Throws: ``AttackError/noFeatures(_:reason:)``.
  public func questions(
    _ sets: [FeatureSet], of population: Population, by encoder: any AuditedEncoder
  ) throws -> QuestionCount {
    let audit = try featuresCase(sets, of: population, by: encoder)
    return audit.evidence.planned(audit.featureNeeds(sets, of: .target))
  }

  private func featuresCase(
    _ sets: [FeatureSet], of population: Population, by encoder: any AuditedEncoder
  ) throws -> AuditCase {
    let held = Set(population.captions.keys)
    let preferred = configuration.knowledge?.holding.flatMap { held.contains($0) ? $0 : nil }
    let holding = preferred ?? CaptionHolding.allCases.first(where: held.contains)
    let captions = holding.map { [$0: population.captions[$0] ?? []] } ?? [:]
    let knowledge = CaptionKnowledge.allCases.first {
      $0.holding == holding && $0.hasImage == (population.images != nil)
    }
    guard let knowledge else {
      throw AttackError.noFeatures(sets, reason: "there are neither images nor captions")
    }
    let nobody =
      population.images.map { Population($0, [], captions: captions.mapValues { _ in [] }) }
      ?? Population(captions: [])
    let evidence = Evidence(
      Questions(configuration, captionViews: captionViews), encoders: [.target: encoder],
      groups: [.target: MembershipGroups(members: population, nonmembers: nobody)])
    let audit = AuditCase(
      evidence: evidence, configuration: configuration, knowledge: knowledge, learner: .target,
      tested: .target, references: [])
    // An encoder that lacks a modality says so itself.
    let lacking = sets.contains {
      ($0.usesImage && !knowledge.hasImage) || ($0.usesCaption && !knowledge.hasCaption)
    }
    if lacking, let reason = audit.obstacle(to: sets) { throw AttackError.noFeatures(sets, reason: reason) }
    return audit
  }

  /// Nothing is learned or measured on a group without inputs; no encoder need be asked to find that out.
  private func requireInputs(_ target: AuditSubject, _ shadow: AuditSubject) throws {
    func empty(_ groups: MembershipGroups<[Int]>) -> String? {
      groups.members.isEmpty ? "members" : groups.nonmembers.isEmpty ? "nonmembers" : nil
    }
    if let name = empty(shadow.groups) { throw ClassifierError.emptyGroup(name) }
    if let name = empty(target.groups) { throw EvaluationError.emptyGroup(name) }
  }

  private func evidence(
    _ levels: [CaptionKnowledge], _ target: AuditSubject, _ shadow: AuditSubject,
    _ references: [AuditReference], _ downstream: DownstreamSet?, _ kept: EvidenceFolder?
  ) throws -> (Evidence, [AuditCase.Reference]) {
    var encoders: [EncoderRole: any AuditedEncoder] = [.target: target.encoder, .shadow: shadow.encoder]
    if configuration.controls.contains(.untrained) {
      func untrained(_ encoder: any AuditedEncoder, seed: UInt64) throws -> (any AuditedEncoder)? {
        try encoder.untrained(seed: seed) ?? StandInEncoder(for: encoder, seed: seed)
      }
      encoders[.untrainedTarget] = try untrained(target.encoder, seed: configuration.seed &+ 2)
      encoders[.untrainedShadow] = try untrained(shadow.encoder, seed: configuration.seed &+ 1)
    }
    var others: [AuditCase.Reference] = []
    for (number, reference) in references.enumerated() {
      let isShadow = reference.encoder === shadow.encoder
      let role = isShadow ? EncoderRole.shadow : .reference(number)
      if !isShadow { encoders[role] = reference.encoder }
      others.append(
        AuditCase.Reference(role: role, seen: reference.seen, isDrawnByCoin: reference.isDrawnByCoin))
    }
    if others.isEmpty { others = [AuditCase.Reference(role: .shadow, seen: shadow.memberPictures)] }
    let template = TemplateCaptions(
      knowing: shadow.groups.pooled.flatMap { shadow.captions?[$0] ?? [] }, words: configuration.templateWords
    )
    let holdings = Set(levels.compactMap(\.holding))
    let evidence = Evidence(
      Questions(configuration, captionViews: captionViews), encoders: encoders,
      groups: [
        .target: target.populations(holdings, template: template),
        .shadow: shadow.populations(holdings, template: template),
      ], downstream: downstream, keeping: kept)
    return (evidence, others)
  }

  private func findings(
    _ audit: AuditCase, _ plan: Plan, isCalibrated: Bool, _ report: (AuditEvent) throws -> Void
  ) throws -> AuditFindings {
    var (attacks, controls, notes): ([Finding], [Finding], [String]) = ([], [], plan.notes)
    for attack in plan.attacks {
      let name = title(attack, audit)
      try report(.progress(audit.evidence.progress))
      audit.evidence.progress.made += 1
      try report(.learning(attack: name, audit.knowledge))
      do {
        let outcome = try withoutActuallyEscaping(report) { report in
          try audit.evidence.reporting(report) { try attack.run(audit) }
        }
        notes += outcome.notes.map { "\(name): \($0)" }
        attacks.append(
          Finding(
            name: name, attack: attack.name, sets: attack.sets, knowledge: audit.knowledge, outcome: outcome))
      } catch let error as AttackError where error.leavesOut(isCalibrated: isCalibrated) {
        notes.append("\(name) is left out: \(error.description)")
      }
    }
    for control in plan.controls {
      try report(.progress(audit.evidence.progress))
      audit.evidence.progress.made += 1
      try report(.control(control.family, audit.knowledge))
      controls += try control.run(audit, attacks: attacks)
    }
    if let near = try audit.nearEmbeddings() { notes.append(near) }
    var found = AuditFindings(
      audit, sets: plan.sets, attacks: attacks, controls: controls, notes: notes)
    found.byQueries = try plan.attacks.filter { ($0 as? InferenceAttack)?.kind == .threshold }.flatMap {
      try QueryPoint.growth(title($0, audit), $0.sets, in: audit) { target, shadow in
        let optimum = OptimalThreshold(members: shadow.members, nonmembers: shadow.nonmembers)
        return try MembershipScores(target, threshold: optimum.threshold)
      }
    }
    return found
  }
}
