import Contrastive
import Data
import Files
import Foundation
import Kernels

/// What `results.json` of an attack holds; `docs/results.schema.json` describes it as a JSON Schema.
public struct AttackResults: Codable, Sendable, Equatable, Validated {
  /// What the file is, whatever its name.
  public static let formatName = "encodermi attack results"
  /// The version of its schema. It rises with every change that a reader would notice.
  public static let schemaVersion = 2

  /// ``formatName``.
  public let format: String
  /// ``schemaVersion``.
  public let schema: Int
  /// The attacks on the target.
  public var attacks: [AttackMetrics]
  /// What must not, or need not, find members: the untrained encoder, the blind classifier.
  public var controls: [AttackMetrics]
  /// The attacks beside the first of them, on the same inputs; nil where there is only one.
  @OrNull public var comparison: PairedComparison?
  /// The encoder under audit.
  public var target: EncoderRecord
  /// The auditor's own encoder; nil where there is none.
  @OrNull public var shadow: EncoderRecord?
  /// Further encoders, which tell how hard an input is.
  public var references: [EncoderRecord]
  /// Sizes of the groups that were evaluated and trained on.
  public var counts: GroupCounts
  /// What error rates the numbers support.
  public var errorRate: ErrorBasis
  /// What the auditor held.
  public let knowledge: CaptionKnowledge
  /// The feature sets that were tried.
  public let featureSets: [[FeatureSet]]
  /// The embedding that features of one modality are made of.
  public let layer: EmbeddingLayer
  /// How alike two embeddings are.
  public let similarity: Similarity
  /// n, the views of each image; nil where the auditor held none.
  @OrNull public private(set) var views: Int?
  /// m, the variants of each caption; nil where the auditor held none.
  @OrNull public private(set) var variants: Int?
  /// How many pictures and captions each encoder embedded, by its role. Where an audit has several levels of knowledge,
  /// each input is asked about once for all of them, and this is the number of the whole audit.
  public var questions: [String: QuestionCount]
  /// How many pictures and captions the target was asked about for each of its inputs.
  public var queriesPerInput: QuestionCount
  /// What EncoderMI-T finds with fewer views or variants, made of what was answered.
  public var byQueries: [QueryPoint]
  /// Seeds by what they were for.
  public var seeds: [String: UInt64]
  /// Versions of this program and of the libraries it computes with.
  public var versions: [String: String]
  /// Fingerprints of the data by name.
  public var dataFingerprints: [String: String]
  /// What a reader must know before quoting a number.
  public var warnings: [String]

  /// Results of what was found, with the warnings that the numbers themselves call for, after those given.
  /// - Parameter utility: how useful target and shadow are, where that was measured.
  public init(
    _ findings: AuditFindings, utility: (target: EncoderRecord.Utility?, shadow: EncoderRecord.Utility?),
    seeds: [String: UInt64], versions: [String: String], dataFingerprints: [String: String],
    warnings: [String] = []
  ) {
    (format, schema) = (AttackResults.formatName, AttackResults.schemaVersion)
    var (target, shadow) = (findings.target, findings.shadow)
    target.utility = utility.target
    shadow?.utility = utility.shadow
    (self.target, references) = (target, findings.references)
    self.shadow = shadow
    attacks = findings.attacks.map(\.metrics)
    // A control of the groups says that they differ by themselves; one of the pairing says something else.
    let swapped = findings.controls(.swapped).map(\.metrics)
    let grouped = findings.controls.filter { $0.family != .swapped }.map(\.metrics)
    controls = grouped + swapped
    comparison = PairedComparison(findings.attacks.map { ($0.name, $0.scores) })
    counts = GroupCounts(findings.counts, hasShadow: shadow != nil)
    (knowledge, featureSets) = (findings.knowledge, findings.sets)
    (errorRate, queriesPerInput) = (findings.errorRate, findings.queriesPerInput)
    byQueries = findings.byQueries
    let settings = findings.configuration
    (layer, similarity) = (settings.layer, settings.similarity)
    views = knowledge.hasImage ? settings.views : nil
    variants = knowledge.hasCaption ? settings.variants : nil
    questions = Dictionary(uniqueKeysWithValues: findings.questions.map { ($0.name, $1) })
    (self.seeds, self.versions, self.dataFingerprints) = (seeds, versions, dataFingerprints)
    self.warnings = warnings + findings.notes
    self.warnings += impliedWarnings
  }

  /// The warnings that encoders and numbers themselves call for: how target and shadow differ, what stands in for what is not
  /// known, controls above chance, and rates that too few nonmembers cannot resolve.
  package var impliedWarnings: [String] {
    let swapped = controls.filter { $0.family == .swapped }
    let grouped = controls.filter { $0.family != .swapped }
    return (shadow.map { AttackResults.differences(target: target, shadow: $0) } ?? [])
      + AttackResults.assumptions(target: target, shadow: shadow)
      + AttackResults.warnings(controls: grouped, nonmembers: counts.target.nonmembers)
      + AttackMetrics.aboveChance(swapped).map { control in
        "control '\(control.name)' beats chance (AUC \(control.auc.percentRange)): pairs that were never trained on "
          + "look like members, so the attack knows an image or a caption and not their pairing"
      }
  }

  /// Checks that these are results in the schema that this program knows.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(format == AttackResults.formatName, "format", format, AttackResults.formatName)
    try require(
      schema == AttackResults.schemaVersion, "schema", schema,
      "\(AttackResults.schemaVersion), the version that this program reads")
  }

  /// A shadow may be trained otherwise than the target; whoever quotes a number must know it.
  private static func differences(target: EncoderRecord, shadow: EncoderRecord) -> [String] {
    var facts: [String] = []
    for (what, ofTarget, ofShadow) in [
      ("epochs", target.epochs, shadow.epochs), ("members", target.members, shadow.members),
    ] {
      guard let ofTarget, let ofShadow, ofTarget != ofShadow,
        2 * max(ofTarget, ofShadow) >= 3 * min(ofTarget, ofShadow)
      else { continue }
      facts.append(
        "the shadow was pre-trained with \(ofShadow) \(what), the target with \(ofTarget): "
          + "it imitates the target poorly, and a better shadow may infer more")
    }
    if target.encoder != shadow.encoder {
      facts.append("the shadow's encoder is \(shadow.encoder), the target's \(target.encoder)")
    }
    if let one = shadow.algorithm, let other = target.algorithm, one != other {
      facts.append("the shadow's algorithm is \(one), the target's \(other)")
    }
    return facts
  }

  /// What stands in for what is not known of encoders.
  private static func assumptions(target: EncoderRecord, shadow: EncoderRecord?) -> [String] {
    let encoders: [(name: String, record: EncoderRecord?)] = [("target", target), ("shadow", shadow)]
    return encoders.filter { $0.record?.augmentationOrigin == .assumed }.map {
      "nothing is known of the \($0.name)'s augmentation: its views are made as MoCo's are, and others may tell more"
    }
  }

  private static func warnings(controls: [AttackMetrics], nonmembers: Int) -> [String] {
    var warnings = AttackMetrics.aboveChance(controls).map { control in
      "control '\(control.name)' beats chance (AUC \(control.auc.percentRange)): "
        + (NonmembersControl.made(control)
          ? "a coin named its groups, so this came about by chance, or the attack finds what is not there"
          : "the groups differ by themselves, so the attacks' numbers overstate what the encoder reveals")
    }
    for (nominal, text) in [(0.01, "1%"), (0.001, "0.1%")] where Double(nonmembers) * nominal < 1 - 1e-9 {
      warnings.append(
        "\(nonmembers) nonmembers cannot resolve a false positive rate of \(text); "
          + "the true positive rate given for it is at a realised rate of 0")
    }
    return warnings
  }

  /// The name of the file in a run folder.
  public static let fileName = "results.json"

  /// Writes `results.json` into a run folder, whole or not at all.
  /// - Throws: ``FileError``.
  public func write(to folder: URL) throws {
    try makeFolder(folder)
    try Configuration.write(self, to: folder.appending(path: AttackResults.fileName))
  }

  /// Reads `results.json` from a run folder.
  /// - Throws: ``FileError`` or ``ConfigurationError``.
  public static func read(from folder: URL) throws -> AttackResults {
    try Configuration.read(
      AttackResults.self, from: folder.appending(path: fileName), allowsNull: true)
  }
}

/// Sizes of the groups that attacks were tested on and learned from.
public struct GroupCounts: Codable, Sendable, Equatable {
  /// The target's members and nonmembers that were tested.
  public var target: MembershipGroups<Int>
  /// The shadow's, which attacks learned from; nil without a shadow.
  @OrNull public var shadow: MembershipGroups<Int>?

  init(_ sizes: SplitSizes, hasShadow: Bool) {
    target = sizes.target
    shadow = hasShadow ? sizes.shadow : nil
  }
}
