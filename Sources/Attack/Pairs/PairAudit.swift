import Data
import Contrastive
import Kernels

/// One audit of a target by a shadow: who is asked about what. What images were answered is kept from one level of
/// knowledge to the next.
final class PairAudit {
  /// Captions of the groups of both sides.
  typealias Captions = (shadow: MembershipGroups<[String]>, target: MembershipGroups<[String]>)

  private let queries: PairQueries
  private let target: AuditedPair
  private let shadow: AuditedPair
  private let calibrating: [CalibratingEncoder]
  private let isCalibrationAsked: Bool
  private let template: TemplateCaptions
  private var answered: [Question: MembershipGroups<EncoderAnswers>] = [:]
  /// Observations at the level of knowledge last asked about.
  private var observed: (knowledge: CaptionKnowledge?, found: [Question: MembershipGroups<PairObservations>])
  private var imageControlFound: AttackMetrics?

  private enum Side { case target, shadow }

  private struct Question: Hashable {
    let encoder: ObjectIdentifier
    let side: Side
  }

  init(queries: PairQueries, target: AuditedPair, shadow: AuditedPair, calibrating: [CalibratingEncoder]) {
    (self.queries, self.target, self.shadow) = (queries, target, shadow)
    self.calibrating = calibrating.isEmpty ? [CalibratingEncoder(shadow)] : calibrating
    isCalibrationAsked = !calibrating.isEmpty
    observed = (nil, [:])
    let indices = shadow.groups.pooled
    template = TemplateCaptions(
      knowing: indices.flatMap { shadow.captions[$0] }, words: queries.configuration.templateWords)
  }

  /// Whether an attack that fails so is left out, with a note, and the others go on: there is nothing to learn from, or
  /// nobody asked for a calibration, for which a picture that both sides hold is too much.
  func isLeftOut(_ error: PairAttackError) -> Bool {
    switch error {
    case .tooFewPseudoMembers: return true
    case .seenByAll: return !isCalibrationAsked
    default: return false
    }
  }

  /// The captions that the auditor holds.
  /// - Throws: ``PairAttackError/noOtherCaption(image:knowledge:)``.
  func captions(_ knowledge: CaptionKnowledge) throws -> Captions {
    func held(_ audited: AuditedPair) throws -> MembershipGroups<[String]> {
      try audited.groups.map { try knowledge.captions(of: $0, in: audited, template: template) }
    }
    return (try held(shadow), try held(target))
  }

  /// All that the attacks learn from and are tested on.
  /// - Throws: an error of reading images or of features, ``PairAttackError``.
  func evidence(_ knowledge: CaptionKnowledge, captions: Captions) throws -> PairEvidence {
    let known = try observations(.shadow, by: target.encoder, knowledge, captions)
    // The target stands in for the shadow: it did not see the shadow's inputs.
    let substitutes = calibrating.map { calibrating in
      calibrating.encoder === shadow.encoder
        ? CalibratingEncoder(target.encoder, seen: target.memberFingerprints) : calibrating
    }
    return PairEvidence(
      knowledge: knowledge, configuration: queries.configuration,
      shadow: try observations(.shadow, by: shadow.encoder, knowledge, captions),
      target: try observations(.target, by: target.encoder, knowledge, captions), known: known,
      shadowReferences: try references(.shadow, by: substitutes, knowledge, captions),
      targetReferences: try references(.target, by: calibrating, knowledge, captions))
  }

  /// Features of both sides by encoders that have learned nothing; nil unless both sides have such.
  /// - Throws: an error of reading images or of features, ``PairAttackError``.
  func untrained(
    _ knowledge: CaptionKnowledge, captions: Captions
  ) throws -> (shadow: MembershipGroups<MembershipFeatures>, target: MembershipGroups<MembershipFeatures>)? {
    guard let fresh = shadow.untrained, let other = target.untrained else { return nil }
    return (
      try observations(.shadow, by: fresh, knowledge, captions).map(\.features),
      try observations(.target, by: other, knowledge, captions).map(\.features)
    )
  }

  /// The blind control on image statistics, which is the same at all levels.
  /// - Throws: an error of reading images.
  func imageControl() throws -> AttackMetrics {
    if let imageControlFound { return imageControlFound }
    let control = BlindControl(shadow: try shadow.groups.map { try ImageStatistics.of(shadow.images, $0) })
    let found = try control.evaluate(
      target: try target.groups.map { try ImageStatistics.of(target.images, $0) })
    imageControlFound = found
    return found
  }

  private func references(
    _ side: Side, by encoders: [CalibratingEncoder], _ knowledge: CaptionKnowledge, _ captions: Captions
  ) throws -> MembershipGroups<[CalibrationReference]> {
    let audited = side == .target ? target : shadow
    var references = MembershipGroups<[CalibrationReference]>(members: [], nonmembers: [])
    // One that saw some of a side's inputs would tell members from nonmembers by whether it counts for them.
    let usable = encoders.filter { calibrating in
      audited.groups.pooled.allSatisfy { !calibrating.seen.contains(audited.images.fingerprint(of: $0)) }
    }
    for calibrating in usable.isEmpty ? encoders : usable {
      let found = try observations(side, by: calibrating.encoder, knowledge, captions)
      let saw = audited.groups.map { indices in
        indices.map { calibrating.seen.contains(audited.images.fingerprint(of: $0)) }
      }
      references.members.append(CalibrationReference(observations: found.members, saw: saw.members))
      references.nonmembers.append(
        CalibrationReference(observations: found.nonmembers, saw: saw.nonmembers))
    }
    return references
  }

  private func observations(
    _ side: Side, by encoder: any PairEncoder, _ knowledge: CaptionKnowledge, _ captions: Captions
  ) throws -> MembershipGroups<PairObservations> {
    if observed.knowledge != knowledge { observed = (knowledge, [:]) }
    let question = Question(encoder: ObjectIdentifier(encoder), side: side)
    if let known = observed.found[question] { return known }
    let audited = side == .target ? target : shadow
    let images = knowledge.hasImage ? try imageAnswers(side, audited, by: encoder) : nil
    let held = side == .target ? captions.target : captions.shadow
    let texts = knowledge.hasCaption ? try held.map { try queries.captions($0, by: encoder) } : nil
    let features = queries.configuration.features(knowledge)
    let found = MembershipGroups(
      members: try PairObservations(
        images: images?.members, captions: texts?.members, configuration: features,
        inputs: audited.groups.members),
      nonmembers: try PairObservations(
        images: images?.nonmembers, captions: texts?.nonmembers, configuration: features,
        inputs: audited.groups.nonmembers))
    observed.found[question] = found
    return found
  }

  private func imageAnswers(
    _ side: Side, _ audited: AuditedPair, by encoder: any PairEncoder
  ) throws -> MembershipGroups<EncoderAnswers> {
    let question = Question(encoder: ObjectIdentifier(encoder), side: side)
    if let known = answered[question] { return known }
    let answers = try audited.groups.map { try queries.images($0, of: audited.images, by: encoder) }
    answered[question] = answers
    return answers
  }
}
