import Data
import Encoders
import Files
import Kernels

/// What EncoderMI-T finds with the first few of the views, or variants, that were asked about: how much a question is
/// worth, without asking any more.
public struct QueryPoint: Codable, Sendable, Equatable {
  /// The attack's name in the same results.
  public let attack: String
  /// Questions about each input: views of an image, or variants of a caption.
  public let queries: Int
  /// The share of inputs that are told rightly, at a threshold made with as many.
  public let accuracy: Estimate
  /// The area under the ROC curve.
  public let auc: Estimate

  /// What it is made of; nothing but for a single set of one modality.
  static func needs(_ sets: [FeatureSet], in audit: AuditCase) -> [Need] {
    guard sets == [.imageImage] || sets == [.textText] else { return [] }
    let use = sets[0].usesCaption ? audit.caption : nil
    return AuditGroup.allCases.map { audit.need(.growingMeans(sets[0], use), of: $0) }
  }

  /// The points from two questions on.
  /// - Parameter judge: makes decisions of the target's scores, and of the shadow's, which are empty without one.
  /// - Throws: an error of what has to be asked, or of `judge`.
  static func growth(
    _ name: String, _ sets: [FeatureSet], in audit: AuditCase,
    judge: (_ target: MembershipGroups<[Float]>, _ shadow: MembershipGroups<[Float]>) throws ->
      MembershipScores
  ) throws -> [QueryPoint] {
    let needs = needs(sets, in: audit)
    guard let target = needs.first(where: { $0.group == .target }) else { return [] }
    let isAlone = audit.learner == audit.tested
    let found = try audit.evidence.groups(target)
    let shadow = try isAlone ? nil : needs.first { $0.group == .shadow }.map(audit.evidence.groups)
    let steps = found.members.shape[1]
    func column(_ step: Int, _ tensor: Tensor) -> [Float] {
      let values = tensor.values
      return (0..<tensor.shape[0]).map { values[$0 * steps + step] }
    }
    return try (0..<steps).map { step in
      let scores = try judge(
        found.map { column(step, $0) },
        shadow?.map { column(step, $0) } ?? MembershipGroups(members: [], nonmembers: []))
      let metrics = AttackMetrics(name: name, scores: scores)
      return QueryPoint(attack: name, queries: step + 2, accuracy: metrics.accuracy, auc: metrics.auc)
    }
  }
}

extension AuditCase {
  /// How much the target is asked about one of its inputs.
  func queriesPerInput(_ needs: [Need], _ attacks: [any MembershipAttack] = []) -> QuestionCount {
    var (pictures, captions): (Set<Question>, [CaptionHolding: Set<Question>]) = ([], [:])
    for need in needs where need.role == .target && need.group == .target {
      pictures.formUnion(need.extract.pictureQuestions(configuration))
      guard let use = need.extract.captionUse else { continue }
      captions[use.holding, default: []].formUnion(need.extract.captionQuestions(configuration))
    }
    var count = QuestionCount()
    count.pictures = pictures.map(\.rows).reduce(0, +)
    count.captions = captions.values.flatMap { $0 }.map(\.rows).reduce(0, +)
    // Several sets of one attack share its rounds.
    let further = Dictionary(attacks.map { ($0.name, $0.furtherQuestions(in: self)) }) { first, _ in first }
    count.pictures += further.values.reduce(0, +)
    return count
  }
}

extension Audit {
  /// Refuses, before anything is asked, what would ask the target more than it may be asked.
  /// - Throws: ``AttackError/tooManyQuestions(limit:planned:advice:)``.
  func requireRoom(
    for needs: [Need], of audit: AuditCase, attacks: [any MembershipAttack] = [],
    within budget: QuestionBudget?
  ) throws {
    guard let budget else { return }
    let evidence = audit.evidence
    let inputs = evidence.population(.target).map(\.count)
    let usesLabels =
      attacks.contains(where: \.needsDownstreamSet)
      || needs.contains(where: \.extract.isOfDownstreamClassifier)
    var fixed = usesLabels ? evidence.labelledLeft(.target) : 0
    var rounds: Set<String> = []
    for attack in attacks where rounds.insert(attack.name).inserted {
      let round = FurtherRound(attack: attack.name, learner: audit.learner, tested: audit.tested)
      if evidence.kept?.holds(Evidence.fileName(round.name)) == true { continue }
      fixed += attack.furtherQuestions(in: audit) * (inputs.members + inputs.nonmembers)
    }
    var planned = evidence.planned(needs)
    planned.pictures += fixed
    guard planned.total > budget.left else { return }
    func fits(_ most: Int) -> Int? {
      var fewer = configuration
      (fewer.views, fewer.variants) = (min(fewer.views, most), min(fewer.variants, most))
      let total = evidence.planned(needs, as: fewer).total + fixed
      return total <= budget.limit ? total : nil
    }
    let most = max(configuration.views, configuration.variants)
    let option =
      audit.knowledge.hasImage
      ? audit.knowledge.hasCaption ? "--views and --variants" : "--views" : "--variants"
    let advice =
      (2..<max(2, most)).reversed().lazy.compactMap { count in
        fits(count).map { "\(option) \(count) fits, with \($0) questions" }
      }.first
      ?? "not even 2 views or variants of each input fit; give fewer attacks, or about "
      + "\((inputs.members + inputs.nonmembers) * budget.limit / max(1, planned.total)) inputs in all"
    throw AttackError.tooManyQuestions(limit: budget.limit, planned: planned, advice: advice)
  }
}
