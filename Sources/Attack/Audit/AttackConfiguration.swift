import Contrastive
import Files
import Kernels
import Text
import Vision

/// How an encoder is audited: what is asked, what is made of the answers, and which attacks and controls are made.
public struct AttackConfiguration: Codable, Sendable, Equatable, Validated {
  /// n, the views of each image, 2 to 1,000; 10 in the paper. Baseline B's augmented versions are the same views.
  public var views: Int
  /// m, the variants of each caption, 2 to 1,000.
  public var variants: Int
  /// How variants of captions are made. Each caption is asked about by itself, so that no other takes its place.
  public var captionVariants: CaptionVariants
  /// The feature sets to try, each by itself or joined with others; those that the auditor cannot make are left out.
  public var sets: [[FeatureSet]]
  /// How alike two embeddings are; a pair's own score is always the cosine.
  public var similarity: Similarity
  /// Which output image-image and text-text features are made of, the embedding in the paper; Baselines D and E look at
  /// the same; image-text features are always of the joint space.
  public var layer: EmbeddingLayer
  /// What the auditor holds; nil for all that target, shadow and data allow.
  public var knowledge: CaptionKnowledge?
  /// Words of a description that a template caption keeps, at least 1.
  public var templateWords: Int
  /// How views of images are made; nil for each encoder's own pre-training augmentation, as in the paper.
  public var augmentation: Augmentation?
  /// The attacks to make, by their names in ``AttackTable``, or "all"; nil for the usual ones.
  public var attacks: [String]?
  /// The families of controls to make; all by default.
  public var controls: [ControlFamily]
  /// How the inference classifiers are trained.
  public var classifiers: ClassifierSettings
  /// How the weakly supervised attack is made.
  public var weakSupervision: WeakSupervision
  /// How classifiers downstream of the encoders are trained.
  public var downstream: DownstreamTraining
  /// How adversarial examples are crafted.
  public var adversarial: AdversarialSettings
  /// How attacks that compare an input with known nonmembers use them: the gradient statistic and RMIA.
  public var knownNonmembers: KnownNonmembers
  /// p of the norm whose likelihood is compared, at least 1.
  public var norm: Double
  /// The least cosine, above 0 and at most 1, from which on the embeddings of a member and a nonmember of an auditor's own
  /// lists are named as those of one picture; nil to ask nothing for it.
  public var nearEmbeddings: Double?
  /// Seed of the views, the variants and the classifiers.
  public var seed: UInt64

  /// Each set by itself, and all together.
  public static let standardSets: [[FeatureSet]] = FeatureSet.allCases.map { [$0] } + [FeatureSet.allCases]

  /// An audit by its parts.
  public init(
    views: Int = 10, variants: Int = 10, captionVariants: CaptionVariants = .standard,
    sets: [[FeatureSet]] = standardSets, similarity: Similarity = .cosine, layer: EmbeddingLayer = .embedding,
    knowledge: CaptionKnowledge? = nil, templateWords: Int = 3, augmentation: Augmentation? = nil,
    attacks: [String]? = nil, controls: [ControlFamily] = ControlFamily.allCases,
    classifiers: ClassifierSettings = .standard, weakSupervision: WeakSupervision = WeakSupervision(),
    downstream: DownstreamTraining = DownstreamTraining(),
    adversarial: AdversarialSettings = AdversarialSettings(),
    knownNonmembers: KnownNonmembers = KnownNonmembers(), norm: Double = 2, nearEmbeddings: Double? = nil,
    seed: UInt64 = 0
  ) {
    (self.views, self.variants, self.captionVariants, self.sets) = (views, variants, captionVariants, sets)
    (self.similarity, self.layer, self.knowledge) = (similarity, layer, knowledge)
    (self.templateWords, self.augmentation) = (templateWords, augmentation)
    (self.attacks, self.controls) = (attacks, controls)
    (self.classifiers, self.weakSupervision) = (classifiers, weakSupervision)
    (self.downstream, self.adversarial) = (downstream, adversarial)
    (self.knownNonmembers, self.norm, self.seed) = (knownNonmembers, norm, seed)
    self.nearEmbeddings = nearEmbeddings
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try require((2...1000).contains(views), "views", views, "2 to 1,000")
    try require((2...1000).contains(variants), "variants", variants, "2 to 1,000")
    try captionVariants.validate(under: "captionVariants")
    let other = captionVariants.otherCaptionProbability
    try require(
      [0, CaptionVariants.standard.otherCaptionProbability].contains(other),
      "captionVariants.otherCaptionProbability", other,
      "0 or left out, since an audit asks about each caption by itself")
    try require(!sets.isEmpty, "sets", "none", "at least one list of feature sets")
    for (index, kinds) in sets.enumerated() {
      try require(
        !kinds.isEmpty && Set(kinds).count == kinds.count, "sets.\(index)", kinds.map(\.rawValue),
        "one or more feature sets, none of them twice")
    }
    try require(templateWords >= 1, "templateWords", templateWords, "1 or more")
    do { try augmentation?.validate() } catch { throw InvalidSetting("augmentation", "\(error)") }
    if let attacks {
      let known = AttackTable.names
      let unknown = attacks.first { asked in !known.contains { AttackTable.isMeant($0, by: asked) } }
      try require(
        unknown == nil && !attacks.isEmpty, "attacks", unknown ?? "none",
        "“\(AttackTable.all)”, or some of \(known.joined(separator: ", "))")
    }
    try classifiers.validate(under: "classifiers")
    try weakSupervision.validate(under: "weakSupervision")
    try downstream.validate(under: "downstream")
    try adversarial.validate(under: "adversarial")
    try knownNonmembers.validate(under: "knownNonmembers")
    try require(norm >= 1 && norm.isFinite, "norm", norm, "1 or more")
    if let nearEmbeddings {
      try require(
        nearEmbeddings > 0 && nearEmbeddings <= 1, "nearEmbeddings", nearEmbeddings, "above 0 and at most 1")
    }
  }

  /// Whether an attack is asked for that trains classifiers downstream of the encoders.
  public var needsDownstreamSet: Bool {
    attacks?.contains { $0 == AttackTable.all || AttackTable.namesWithDownstreamSet.contains($0) } ?? false
  }

  /// Whether an attack is asked for by name, or with all others.
  public func makes(_ attack: some MembershipAttack) -> Bool {
    attacks?.contains { AttackTable.isMeant(attack.name, by: $0) } ?? false
  }

  /// The features of some sets: what a classifier on these sets is trained on.
  public func features(of sets: [FeatureSet]) -> FeatureConfiguration {
    FeatureConfiguration(similarity: similarity, views: views, variants: variants, sets: sets)
  }
}
