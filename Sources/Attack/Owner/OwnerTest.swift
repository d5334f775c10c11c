import Data
import Encoders
import Files

/// Was a whole set of works used? The owner drew at random which half was published; an encoder that was trained on the
/// published half scores it higher than the secret one, and any other scores both alike (after Zhang et al. 2024,
/// "Membership inference attacks cannot prove that a model was trained on your data").
///
/// Units are scored by the means of their works, and the labels of units are permuted as they were drawn. Without a draw
/// works are set against known nonmembers in the same way; the answer then rests on the belief that both are alike.
public struct OwnerTest {
  /// The works of one side, with how they belong together.
  public struct Side {
    /// The images that the works are among.
    public let images: Images
    /// The works as indices of images.
    public let works: [Int]
    /// For each work the number of its unit, from 0 in the order of first works.
    public let units: [Int]

    /// A side by its parts.
    public init(_ images: Images, works: [Int], units: [Int]) {
      precondition(works.count == units.count, "OwnerTest: \(works.count) works, \(units.count) units")
      (self.images, self.works, self.units) = (images, works, units)
    }
  }

  /// A shadow's scores by each statistic, which tell what share was used.
  public typealias ShadowScores = [FeatureSet: MembershipGroups<[Double]>]

  /// What is asked and computed.
  public let settings: OwnerSettings
  private let versions: [String: String]

  /// - Parameter versions: of the programs that compute, for results.
  /// - Throws: `InvalidSetting`.
  public init(_ settings: OwnerSettings, versions: [String: String] = [:]) throws {
    try settings.validate()
    (self.settings, self.versions) = (settings, versions)
  }

  /// Tests halves that were drawn.
  /// - Parameters:
  ///   - commitment: the digest of the draw.
  ///   - places: for each drawn work its index among the images.
  ///   - shadow: scores of a shadow's groups; nil where nothing is said of the share.
  ///   - warnings: what results are to say before all else.
  /// - Throws: an error of the questions, or of the scores.
  public func run(
    _ draw: OwnerDraw, commitment: String, on images: Images, at places: [Int],
    by encoder: any AuditedEncoder,
    shadow: ShadowScores? = nil, warnings: [String] = [],
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> OwnerResults {
    let scores = try OwnerScores(of: places, in: images, settings, by: encoder, report: report)
    return try results(
      draw.units, scores, groups: OwnerHalf.allCases.map(\.rawValue), commitment: commitment,
      target: settings.attack.record(of: encoder), blind: [], shadow: shadow, warnings: warnings)
  }

  /// Sets works against known nonmembers that are believed to be like them.
  /// - Throws: an error of the questions, or of the scores.
  public func runWithoutDraw(
    works: Side, nonmembers: Side, by encoder: any AuditedEncoder, shadow: ShadowScores? = nil,
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> OwnerResults {
    let sides = [works, nonmembers]
    let found = try sides.map {
      try OwnerScores(of: $0.works, in: $0.images, settings, by: encoder, report: report)
    }
    var (units, byWork): ([OwnerUnit], [FeatureSet: [Double]]) = ([], [:])
    for (number, side) in sides.enumerated() {
      let before = units.count
      let offset = number * works.works.count
      for (work, unit) in side.units.enumerated() {
        if before + unit == units.count {
          units.append(
            OwnerUnit(
              name: side.images.name(of: side.works[work]), works: [], isFirst: number == 0, stratum: "",
              stratumNumber: 0))
        }
        units[before + unit].works.append(offset + work)
      }
      // Only what both sides have is compared.
      for (set, values) in found[number].byWork where found[1 - number].byWork[set] != nil {
        byWork[set, default: []] += values
      }
    }
    let counts = (units.count { $0.isFirst }, units.count { !$0.isFirst })
    guard counts.0 >= 2, counts.1 >= 2 else {
      throw OwnerError.tooFewToCompare(works: counts.0, nonmembers: counts.1)
    }
    guard !byWork.isEmpty else { throw OwnerError.nothingToAsk(reasons: found.flatMap(\.notes)) }
    var questions = found[0].questions
    questions += found[1].questions
    let blind = try BlindComparison.all(
      MembershipGroups(members: works, nonmembers: nonmembers).map { side in
        let groups = Dictionary(grouping: side.works.indices) { side.units[$0] }
        return (side.images, groups.sorted { $0.key < $1.key }.map { $0.value.map { side.works[$0] } })
      }, captions: byWork.keys.contains(where: \.usesCaption), permutations: settings.permutations,
      seed: settings.seed)
    let notes = Set(found.flatMap(\.notes)).sorted()
    return try results(
      units, OwnerScores(byWork, notes: notes, questions: questions), groups: ["works", "nonmembers"],
      commitment: nil, target: settings.attack.record(of: encoder), blind: blind, shadow: shadow,
      warnings: OwnerTest.warnings(blind, units: counts))
  }

  private static func warnings(_ blind: [BlindComparison], units: (Int, Int)) -> [String] {
    if blind.isEmpty {
      return [
        "\(units.0) and \(units.1) units are too few to tell whether works and nonmembers differ by themselves"
      ]
    }
    return blind.filter(\.separates).map { control in
      "control '\(control.name)' tells works from nonmembers without asking the encoder (AUC "
        + "\(control.auc.percentRange), p \(control.p)): they differ by themselves, so the encoder may score them "
        + "differently without having seen any, and this answer is no evidence of use, nor of none"
    }
  }

  /// What the scores of units say.
  func results(
    _ units: [OwnerUnit], _ scores: OwnerScores, groups: [String], commitment: String?, target: EncoderRecord,
    blind: [BlindComparison], shadow: ShadowScores?, warnings: [String]
  ) throws -> OwnerResults {
    let made = settings.statistics.filter { scores.byWork[$0] != nil }
    func means(_ set: FeatureSet) -> [Double] {
      let values = scores.byWork[set] ?? []
      return units.map { unit in unit.works.reduce(0) { $0 + values[$1] } / Double(unit.works.count) }
    }
    var findings = try made.map { try finding($0, units, means($0)) }
    for (index, p) in Holm.adjusted(findings.map(\.test.p)).enumerated() { findings[index].adjustedP = p }
    var warnings = warnings + scores.notes + OwnerTest.remarks(on: units, level: OwnerResults.level)
    var share: MixtureProportion?
    if let set = made.first, let shadow = shadow?[set] {
      let values = scores.byWork[set] ?? []
      func byUnit(_ isFirst: Bool) -> [[Double]] {
        units.filter { $0.isFirst == isFirst }.map { $0.works.map { values[$0] } }
      }
      let found = try MixtureProportion(
        of: byUnit(true), nonmembers: byUnit(false), shadow: shadow, seed: settings.seed)
      if !found.isTold {
        warnings.append(
          "the shadow's members and nonmembers hardly differ (AUC \(found.separation.percentRange)), so the share that "
            + "was used is hardly told by scores")
      }
      share = found
    }
    if target.augmentationOrigin == .assumed, made.contains(where: \.usesImage) {
      warnings.append(
        "nothing is known of the encoder's augmentation: its views are made as MoCo's are, and others may tell more"
      )
    }
    func count(_ isFirst: Bool) -> OwnerResults.Count {
      let own = units.filter { $0.isFirst == isFirst }
      return OwnerResults.Count(works: own.reduce(0) { $0 + $1.works.count }, units: own.count)
    }
    let byUnit = Dictionary(uniqueKeysWithValues: made.map { ($0.rawValue, means($0)) })
    return OwnerResults(
      commitment: commitment, target: target, settings: settings, first: count(true), second: count(false),
      strata: Set(units.map(\.stratumNumber)).count, findings: findings, share: share, blind: blind,
      questions: scores.questions, versions: versions, warnings: warnings,
      units: units.enumerated().map { index, unit in
        ScoredUnit(
          name: unit.name, works: unit.works.count, stratum: unit.stratum,
          group: groups[unit.isFirst ? 0 : 1], scores: byUnit.mapValues { $0[index] })
      })
  }

  private func finding(_ set: FeatureSet, _ units: [OwnerUnit], _ means: [Double]) throws -> OwnerFinding {
    let strata = Dictionary(grouping: units.indices) { units[$0].stratumNumber }.mapValues { members in
      members.reduce(0) { $0 + means[$1] } / Double(members.count)
    }
    let centred =
      strata.count == 1 ? means : units.indices.map { means[$0] - (strata[units[$0].stratumNumber] ?? 0) }
    func group(_ isFirst: Bool) -> [Double] {
      units.indices.filter { units[$0].isFirst == isFirst }.map { centred[$0] }
    }
    let test = PermutationTest(
      means, isFirst: units.map(\.isFirst), strata: units.map(\.stratumNumber),
      permutations: settings.permutations, seed: settings.seed)
    return OwnerFinding(
      statistic: set, difference: try GroupDifference(first: group(true), second: group(false)), test: test,
      adjustedP: test.p)
  }

  /// What the units themselves keep the test from telling.
  private static func remarks(on units: [OwnerUnit], level: Double) -> [String] {
    var remarks: [String] = []
    let strata = Dictionary(grouping: units, by: \.stratumNumber).values
    let all = PermutationTest.count(strata.map { (units: $0.count, first: $0.count { $0.isFirst }) })
    if 1 / all > level {
      remarks.append(
        "the units can be labelled in \(Int(all)) ways only, so p cannot be below \(level), whatever the encoder"
      )
    }
    let idle = strata.count { stratum in Set(stratum.map(\.isFirst)).count == 1 }
    if idle > 0 { remarks.append("\(idle) strata lie in one half only and tell nothing") }
    let largest = units.map(\.works.count).max() ?? 0
    let works = units.reduce(0) { $0 + $1.works.count }
    if units.count > 1, 2 * largest > works, works > units.count {
      remarks.append(
        "\(largest) of the \(works) works are one unit, and count as one; see whether they resemble each other so much"
      )
    }
    return remarks
  }
}
