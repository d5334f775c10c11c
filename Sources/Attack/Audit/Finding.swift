import Data

/// What one attack, or one control, found in one case of an audit. All tables, charts and sentences are made of these.
public struct Finding {
  /// Its name in results: an attack's with the feature sets it looks at where there are several.
  public let name: String
  /// The attack's or control's own name, the same whatever it looks at.
  public let attack: String
  /// What it looks at.
  public let sets: [FeatureSet]
  /// Which family of controls it belongs to; nil for an attack.
  public let family: ControlFamily?
  /// What the auditor held.
  public let knowledge: CaptionKnowledge
  /// What it says of the target's inputs, with the threshold of decision.
  public let scores: MembershipScores
  /// What it says of the shadow's inputs, where it scores them.
  public let shadowScores: MembershipGroups<[Double]>?
  /// What was learned, where it can be saved.
  public let classifier: (any InferenceClassifier)?
  /// Which captions were swapped, if any were.
  public let swap: Swap?

  init(
    name: String, attack: String, sets: [FeatureSet], family: ControlFamily? = nil,
    knowledge: CaptionKnowledge, outcome: AttackOutcome, swap: Swap? = nil
  ) {
    (self.name, self.attack, self.sets, self.family) = (name, attack, sets, family)
    (self.knowledge, self.swap) = (knowledge, swap)
    (scores, shadowScores, classifier) = (outcome.target, outcome.shadow, outcome.classifier)
  }

  /// How well it infers membership.
  public var metrics: AttackMetrics {
    AttackMetrics(
      name: name, attack: attack, knowledge: knowledge, family: family, sets: sets, swap: swap,
      scores: scores)
  }
}

/// All that an audit found at one level of the auditor's knowledge.
public struct AuditFindings {
  /// What the auditor held.
  public let knowledge: CaptionKnowledge
  /// How the audit was made.
  public let configuration: AttackConfiguration
  /// The lists of feature sets that were tried.
  public let sets: [[FeatureSet]]
  /// The attacks' findings, in the order of their table.
  public let attacks: [Finding]
  /// The controls' findings, in the order of their table.
  public let controls: [Finding]
  /// What was left out, with the reason.
  public let notes: [String]
  /// Whether both encoders take captions too, so that several feature sets are told apart.
  public let isJoint: Bool
  /// The encoder under audit.
  public let target: EncoderRecord
  /// The auditor's own; nil where there is none.
  public let shadow: EncoderRecord?
  /// Further encoders, which tell how hard an input is.
  public let references: [EncoderRecord]
  /// Sizes of the groups.
  public let counts: SplitSizes
  /// How much each encoder was asked in the whole audit, at this level of knowledge and others.
  public internal(set) var questions: [EncoderRole: QuestionCount] = [:]
  /// How much the target was asked about each of its inputs.
  public internal(set) var queriesPerInput = QuestionCount()
  /// What EncoderMI-T finds with fewer views or variants, made of what was answered.
  public internal(set) var byQueries: [QueryPoint] = []
  /// What error rates the numbers support.
  public internal(set) var errorRate = ErrorBasis.drawn
  /// Without a shadow, which nonmembers gave thresholds and which were tested.
  public internal(set) var halves: KnownHalves?

  /// The controls of one family.
  public func controls(_ family: ControlFamily) -> [Finding] { controls.filter { $0.family == family } }
}

extension AuditFindings {
  /// What was found in one case, with all that it says of encoders and inputs.
  init(
    _ audit: AuditCase, sets: [[FeatureSet]], attacks: [Finding], controls: [Finding], notes: [String]
  ) {
    func record(_ role: EncoderRole) -> EncoderRecord {
      audit.configuration.record(of: audit.evidence.encoder(role))
    }
    func count(_ group: AuditGroup) -> MembershipGroups<Int> {
      audit.evidence.population(group).map(\.count)
    }
    self.init(
      knowledge: audit.knowledge, configuration: audit.configuration, sets: sets, attacks: attacks,
      controls: controls, notes: notes, isJoint: audit.modalities.contains(.text),
      target: record(audit.tested), shadow: record(audit.learner),
      references: audit.references.map(\.role).filter { $0 != audit.learner && $0 != audit.tested }
        .map(record), counts: SplitSizes(target: count(.target), shadow: count(.shadow)))
    if audit.hasGivenGroups { errorRate = .given }
  }

  /// What was found without a shadow: the calibrating nonmembers stand where the shadow's do.
  init(
    withoutShadow audit: AuditCase, attacks: [Finding], controls: [Finding], notes: [String],
    halves: KnownHalves, level: Double, byQueries: [QueryPoint]
  ) {
    let counts = SplitSizes(
      target: MembershipGroups(
        members: audit.evidence.population(.target).members.count, nonmembers: halves.tested.count),
      shadow: MembershipGroups(members: 0, nonmembers: halves.calibrating.count))
    self.init(
      knowledge: audit.knowledge, configuration: audit.configuration, sets: attacks.map(\.sets),
      attacks: attacks, controls: controls, notes: notes, isJoint: audit.modalities.contains(.text),
      target: audit.configuration.record(of: audit.evidence.encoder(audit.tested)), shadow: nil,
      references: [], counts: counts)
    (questions, self.halves, self.byQueries) = (audit.evidence.ledger, halves, byQueries)
    errorRate = .known(level: level, calibrating: halves.calibrating.count)
  }
}
