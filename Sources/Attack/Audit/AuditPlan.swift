import Contrastive
import Encoders

/// Which attacks and controls a case allows, and why others are left out.
extension Audit {
  /// The attacks and controls of one case, and what they need.
  struct Plan {
    var sets: [[FeatureSet]]
    var attacks: [any MembershipAttack] = []
    var controls: [any Control] = []
    var notes: [String] = []
    var needs: [Need] = []
  }

  func plan(_ audit: AuditCase) throws -> Plan {
    let allowed = Set(audit.knowledge.featureSets.filter { audit.obstacle(to: [$0]) == nil })
    var plan = Plan(sets: configuration.sets.filter { allowed.isSuperset(of: $0) })
    if plan.sets.isEmpty { throw AttackError.noFeatureSet(audit.knowledge) }
    let isJoint = audit.modalities.contains(.text)
    var leftOut: [(attack: any MembershipAttack, obstacle: String)] = []
    for attack in AttackTable.entries(sets: configuration.sets) {
      let isNamed = configuration.attacks.map { $0.contains { AttackTable.isMeant(attack.name, by: $0) } }
      guard isNamed ?? AttackTable.isUsual(attack, isJoint: isJoint) else { continue }
      if let obstacle = attack.obstacle(in: audit) {
        leftOut.append((attack, obstacle))
        continue
      }
      plan.attacks.append(attack)
      plan.needs += attack.needs(in: audit)
      if (attack as? InferenceAttack)?.kind == .threshold {
        plan.needs += QueryPoint.needs(attack.sets, in: audit)
      }
    }
    if configuration.attacks == nil {
      // Where none are named a sentence stands for all that need what is not there. That encoders of images have no
      // captions goes without saying, unless sets were asked for that need some.
      plan.notes += Modality.allCases.compactMap { lacking($0, audit) }
      if !plan.notes.isEmpty || configuration.sets == AttackConfiguration.standardSets {
        leftOut.removeAll { audit.obstacle(to: $0.attack.sets) != nil }
      }
    }
    if let names = configuration.attacks, !names.contains(AttackTable.all),
      configuration.sets == AttackConfiguration.standardSets
    {
      // Who names EncoderMI means the sets that there are.
      leftOut.removeAll { attack, _ in
        attack is InferenceAttack && plan.attacks.contains { $0.name == attack.name }
      }
    }
    plan.needs += audit.nearEmbeddingNeeds
    plan.notes += notes(leftOut, audit)
    if plan.attacks.contains(where: \.usesReferences) {
      plan.notes += AuditGroup.allCases.compactMap { audit.unusedReferences(for: $0) }
    }
    for control in ControlTable.entries(sets: plan.sets, hasGivenGroups: audit.hasGivenGroups)
    where configuration.controls.contains(control.family) {
      let obstacle = control.obstacle(in: audit)
      // What nobody asked for goes without saying.
      let isAskedFor = configuration.controls != ControlFamily.allCases
      let reason = obstacle.map { "controls, \(control.family.rawValue): some are left out: \($0)" }
      let note = control.note(in: audit) ?? (isAskedFor ? reason : nil)
      if let note, !plan.notes.contains(note) { plan.notes.append(note) }
      if obstacle != nil { continue }
      plan.controls.append(control)
      plan.needs += control.needs(in: audit)
    }
    return plan
  }

  /// Says that nothing is told by images, or by captions, which one encoder at least takes; nil where both do and the
  /// auditor holds some.
  private func lacking(_ modality: Modality, _ audit: AuditCase) -> String? {
    let (isImage, knowledge) = (modality == .image, audit.knowledge)
    let what = "what \(isImage ? "images" : "captions") would tell is left out: "
    let takes = [audit.tested, audit.learner].map {
      audit.evidence.encoder($0).modalities.contains(modality)
    }
    if takes[0] != takes[1] {
      return what + "\(takes[0] ? "the shadow" : "the target") has no \(modality.rawValue) encoder"
    }
    let isHeld = isImage ? knowledge.hasImage : knowledge.hasCaption
    return takes[0] && !isHeld ? what + "the auditor holds \(isImage ? "captions alone" : "none")" : nil
  }

  /// One sentence for each reason, with all attacks that it keeps from being made.
  private func notes(
    _ leftOut: [(attack: any MembershipAttack, obstacle: String)], _ audit: AuditCase
  ) -> [String] {
    var reasons: [String] = []
    for (_, reason) in leftOut where !reasons.contains(reason) { reasons.append(reason) }
    return reasons.map { reason in
      let attacks = leftOut.filter { $0.obstacle == reason }.map(\.attack)
      guard attacks.count > 1 else { return "\(title(attacks[0], audit)) is left out: \(reason)" }
      // Of EncoderMI's the classifiers are named once, and then all lists of feature sets.
      let own = attacks.compactMap { $0 as? InferenceAttack }
      let kinds = InferenceClassifierKind.allCases.filter { kind in own.contains { $0.kind == kind } }
      let lists = own.filter { $0.kind == kinds.first }.map { FeatureSet.name(of: $0.sets) }
      let classifiers = kinds.map(\.name).joined(separator: ", ")
      let names =
        (own.isEmpty ? [] : ["\(classifiers) (\(lists.joined(separator: "; ")))"])
        + attacks.filter { !($0 is InferenceAttack) }.map(\.name)
      let each = reason.hasPrefix("it ") ? "each \(reason.dropFirst(3))" : reason
      return "left out: \(names.joined(separator: ", ")): \(each)"
    }
  }

  /// An attack's name in results, with what it looks at where encoders of images and captions allow several things.
  func title(_ attack: any MembershipAttack, _ audit: AuditCase) -> String {
    let isOnlyOne = attack.sets == [.imageImage] && !audit.modalities.contains(.text)
    guard attack is InferenceAttack, !isOnlyOne else { return attack.name }
    return "\(attack.name) (\(FeatureSet.name(of: attack.sets)))"
  }
}
