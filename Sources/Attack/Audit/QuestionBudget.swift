import Contrastive
import Encoders

/// How many questions the target may be asked: pictures and captions together, each view and each variant one.
///
/// What goes beyond is refused before it is asked. What an audit that goes on holds already is not asked again, and does
/// not count. One budget may serve several calls.
public final class QuestionBudget {
  /// The most questions.
  public let limit: Int
  /// Questions that were asked.
  public private(set) var spent = 0

  /// A budget of at least 1.
  public init(_ limit: Int) {
    precondition(limit >= 1, "QuestionBudget: \(limit), at least 1 is needed")
    self.limit = limit
  }

  /// Questions that may still be asked.
  public var left: Int { limit - spent }

  /// Counts questions that are about to be asked.
  /// - Throws: ``AttackError/overBudget(limit:asked:next:)``.
  func charge(_ count: Int) throws {
    guard count <= left else { throw AttackError.overBudget(limit: limit, asked: spent, next: count) }
    spent += count
  }
}

extension Evidence.Pass {
  /// What has to be asked about pictures, and about captions by their use.
  func questions(
    _ configuration: AttackConfiguration
  ) -> (pictures: Set<Question>, captions: [CaptionUse: Set<Question>]) {
    var captions: [CaptionUse: Set<Question>] = [:]
    for extract in extracts {
      guard let use = extract.captionUse else { continue }
      captions[use, default: []].formUnion(extract.captionQuestions(configuration))
    }
    return (Set(extracts.flatMap { $0.pictureQuestions(configuration) }), captions)
  }

  /// Captions that are wanted as a whole, since they are exchanged among inputs: of which holding, whose, and what is asked.
  func exchanged(
    _ captions: [CaptionUse: Set<Question>]
  ) -> [(holding: CaptionHolding, whose: Membership, asked: Set<Question>)] {
    guard captions.keys.contains(where: { $0.partner != nil }) else { return [] }
    // In an order that is the same in every process, since what is kept bears the names of what was missing.
    return CaptionHolding.allCases.flatMap { holding in
      Membership.allCases.map { whose in
        let uses = captions.filter { $0.key.holding == holding && ($0.key.partner ?? membership) == whose }
        return (holding, whose, uses.values.reduce(into: Set<Question>()) { $0.formUnion($1) })
      }
    }
  }
}

extension Evidence {
  /// Counts questions that are about to be asked.
  /// - Throws: ``AttackError/overBudget(limit:asked:next:)`` where the target may not be asked so much.
  func count(_ role: EncoderRole, pictures: Int = 0, captions: Int = 0) throws {
    if role == .target { try budget?.charge(pictures + captions) }
    ledger[role, default: QuestionCount()].pictures += pictures
    ledger[role, default: QuestionCount()].captions += captions
  }

  /// What all captions of a group are kept under.
  static func captionsName(
    _ missing: Set<Question>, _ holding: CaptionHolding, _ role: EncoderRole, _ group: AuditGroup,
    _ membership: Membership
  ) -> String {
    "captions-\(role)-\(group)-\(membership)-\(holding)-"
      + EvidenceDigest.short(missing.map { "\($0)" }.sorted())
  }

  /// How much the target will be asked to meet needs, without what is there or was kept: exactly what
  /// ``prepare(_:report:)`` asks it.
  /// - Parameter other: how it is asked, if not as this audit does; then nothing that was kept is of use.
  func planned(_ needs: [Need], as other: AttackConfiguration? = nil) -> QuestionCount {
    let configuration = other ?? questions.configuration
    func isKept(_ name: String) -> Bool { other == nil && kept?.holds(Evidence.fileName(name)) == true }
    var (count, whole): (QuestionCount, [TextPlace: Set<Question>]) = (QuestionCount(), [:])
    for pass in passes(for: needs) where pass.role == .target {
      let (pictures, captions) = pass.questions(configuration)
      for (holding, whose, asked) in pass.exchanged(captions) {
        let key = TextPlace(place: place(pass.role, pass.group, whose), holding: holding)
        let missing = asked.subtracting(whole[key] ?? []).subtracting(texts[key].map { Set($0.keys) } ?? [])
        guard !missing.isEmpty else { continue }
        whole[key, default: []].formUnion(missing)
        let name = Evidence.captionsName(missing, holding, pass.role, pass.group, whose)
        let all = population(pass.group)[whose].count
        for start in stride(from: 0, to: all, by: Evidence.part) where !isKept("\(name)-\(start)") {
          count.captions += (min(all, start + Evidence.part) - start) * missing.map(\.rows).reduce(0, +)
        }
      }
      let population = population(pass.group)[pass.membership]
      // Captions that were asked about as a whole are not asked about once more.
      let own = captions.filter { use, asked in
        let key = TextPlace(place: place(pass.role, pass.group, pass.membership), holding: use.holding)
        let known = (whole[key] ?? []).union(texts[key].map { Set($0.keys) } ?? [])
        return use.partner == nil && !(!known.isEmpty && asked.isSubset(of: known))
      }
      let captionRows = own.values.flatMap { $0 }.map(\.rows).reduce(0, +)
      let pictureRows = pictures.map(\.rows).reduce(0, +)
      for start in stride(from: 0, to: population.count, by: Evidence.part)
      where !isKept("\(pass.name)-\(start)") {
        let range = start..<min(population.count, start + Evidence.part)
        count.captions += range.count * captionRows
        // An image with several captions is asked about once among some inputs.
        if population.images != nil { count.pictures += Set(population.indices[range]).count * pictureRows }
      }
    }
    return count
  }
}
