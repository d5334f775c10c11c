import Data
import Kernels

/// Membership of (image, caption) pairs in the pre-training data of two encoders: EncoderMI on features of the image, of
/// the caption and of the pair, with other attacks and with controls beside it.
public struct PairAttack: Sendable {
  /// How the attack is made.
  public let configuration: PairAttackConfiguration
  let captionViews: CaptionViews

  /// - Parameter captionViews: makes variants of captions; nil for those that the configuration describes.
  /// - Throws: `InvalidSetting` if a field of the configuration is out of range.
  public init(
    _ configuration: PairAttackConfiguration = PairAttackConfiguration(),
    captionViews: CaptionViews? = nil
  ) throws {
    try configuration.validate()
    let variants = configuration.captionVariants
    self.configuration = configuration
    self.captionViews = captionViews ?? { variants.variants($0, of: $1, random: $2) }
  }

  /// Trains on the shadow and tests on the target, with the knowledge that the configuration names.
  /// - Parameters:
  ///   - calibrating: encoders that take from a score what is due to the input, of which one must not have seen it;
  ///     the shadow if none are given.
  ///   - report: told what is being done.
  /// - Throws: ``PairAttackError``, or an error of reading images, of features or of a classifier.
  public func run(
    target: AuditedPair, shadow: AuditedPair, calibrating: [CalibratingEncoder] = [],
    report: (String) throws -> Void = { _ in }
  ) throws -> PairFindings {
    try run(
      levels: [configuration.knowledge], target: target, shadow: shadow, calibrating: calibrating,
      report: report
    )[0]
  }

  /// The same for several levels of knowledge, in the order given; each encoder is asked about each image once. All
  /// joint embeddings of the images' views are kept in memory: images times views times width, for each encoder.
  /// - Throws: ``PairAttackError``, or an error of reading images, of features or of a classifier.
  public func run(
    levels: [CaptionKnowledge], target: AuditedPair, shadow: AuditedPair,
    calibrating: [CalibratingEncoder] = [], report: (String) throws -> Void = { _ in }
  ) throws -> [PairFindings] {
    let audit = PairAudit(
      queries: PairQueries(configuration: configuration, captionViews: captionViews), target: target,
      shadow: shadow, calibrating: calibrating)
    // What a level lacks is found before any encoder is asked.
    for level in levels { _ = try audit.captions(level) }
    return try levels.map { try findings(audit, $0, report: report) }
  }

  private func findings(
    _ audit: PairAudit, _ knowledge: CaptionKnowledge, report: (String) throws -> Void
  ) throws -> PairFindings {
    let allowed = Set(knowledge.featureSets)
    let sets = configuration.sets.filter { allowed.isSuperset(of: $0) }
    if sets.isEmpty { throw PairAttackError.noFeatureSet(knowledge) }
    let captions = try audit.captions(knowledge)
    try report("\(knowledge.rawValue): asking the encoders")
    let evidence = try audit.evidence(knowledge, captions: captions)
    let shadow = evidence.shadow.map(\.features)
    let target = evidence.target.map(\.features)

    var classifiers: [AttackRun] = []
    for kinds in sets {
      for kind in InferenceClassifierKind.allCases {
        let name = AttackRun.name(kind, kinds)
        try report("\(knowledge.rawValue): training \(name) on the shadow")
        classifiers.append(try run(kind, kinds, name: name, shadow: shadow, target: target))
      }
    }
    var notes: [String] = []
    var baselines: [BaselineRun] = []
    for baseline in PairBaselines.all where baseline.applies(to: knowledge) {
      do {
        baselines.append(
          BaselineRun(name: baseline.name, sets: baseline.sets, scores: try baseline.scores(evidence)))
      } catch let error as PairAttackError {
        guard audit.isLeftOut(error) else { throw error }
        notes.append("\(baseline.name) is left out: \(error.description)")
      }
    }
    try report("\(knowledge.rawValue): controls")
    var untrained: [AttackRun] = []
    if let fresh = try audit.untrained(knowledge, captions: captions) {
      for kinds in sets {
        for kind in [InferenceClassifierKind.vector, .threshold] {
          untrained.append(
            try run(
              kind, kinds, name: AttackRun.untrainedName(kind, kinds), shadow: fresh.shadow,
              target: fresh.target))
        }
      }
    } else {
      notes.append(
        "no untrained encoders were given, so there is no control of what the architecture alone shows")
    }
    return PairFindings(
      knowledge: knowledge, sets: sets, classifiers: classifiers, baselines: baselines, untrained: untrained,
      blind: try blind(audit, knowledge, captions),
      swapped: try swapped(evidence, captions: captions.target, sets: sets, classifiers: classifiers),
      notes: notes)
  }

  /// Trains a classifier on some of the sets of the features.
  private func run(
    _ kind: InferenceClassifierKind, _ kinds: [FeatureSet], name: String,
    shadow: MembershipGroups<MembershipFeatures>, target: MembershipGroups<MembershipFeatures>
  ) throws -> AttackRun {
    try AttackRun(
      kind, name: name, shadow: shadow.map { $0.selecting(sets: kinds) ?? $0 },
      target: target.map { $0.selecting(sets: kinds) ?? $0 }, settings: configuration.classifiers,
      seed: configuration.seed)
  }

  /// Controls that never query an encoder, on what the auditor holds.
  private func blind(
    _ audit: PairAudit, _ knowledge: CaptionKnowledge,
    _ captions: (shadow: MembershipGroups<[String]>, target: MembershipGroups<[String]>)
  ) throws -> [AttackMetrics] {
    var controls: [AttackMetrics] = []
    if knowledge.hasImage { controls.append(try audit.imageControl()) }
    if knowledge.hasCaption {
      controls.append(try CaptionControl(shadow: captions.shadow).evaluate(target: captions.target))
    }
    return controls
  }

  /// The classifiers of image-text features on pairs that do not belong together.
  private func swapped(
    _ evidence: PairEvidence, captions: MembershipGroups<[String]>, sets: [[FeatureSet]],
    classifiers: [AttackRun]
  ) throws -> [AttackMetrics] {
    guard evidence.knowledge.hasImage && evidence.knowledge.hasCaption else { return [] }
    let features = configuration.features(evidence.knowledge)
    let nonmembers = (evidence.target.nonmembers, captions.nonmembers)
    let references: [(SwappedCaptions.Reference, PairObservations)] = [
      (.pairs, evidence.target.nonmembers),
      (.mismatched, try SwappedCaptions.pairing(nonmembers, nonmembers, features)),
    ]
    let swaps = try SwappedCaptions.allCases.map {
      ($0, try $0.observations(of: evidence.target, captions: captions, configuration: features))
    }
    // Sets of an image or a caption alone may know a member by it, whatever it is paired with.
    let judges = classifiers.filter {
      $0.classifier.description.features.kinds.allSatisfy { $0 == .imageText || $0 == .pair }
    }
    return try judges.flatMap { run -> [AttackMetrics] in
      func scores(_ observations: PairObservations) throws -> [Float] {
        let kinds = run.classifier.description.features.kinds
        return try run.classifier.scores(
          observations.features.selecting(sets: kinds) ?? observations.features)
      }
      return try swaps.flatMap { swap, observations in
        let members = try scores(observations)
        return try references.map { reference, observations in
          AttackMetrics(
            name: SwappedCaptions.name(swap, reference, attack: run.name),
            scores: try MembershipScores(
              MembershipGroups(members: members, nonmembers: try scores(observations)),
              threshold: run.classifier.threshold))
        }
      }
    }
  }
}
