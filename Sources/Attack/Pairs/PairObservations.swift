import Kernels

/// All that an attack sees of some inputs: what the encoders that the auditor can ask answered.
public struct PairObservations {
  /// The membership features of all sets that the auditor can make.
  public let features: MembershipFeatures
  /// What the image encoder answered; nil for an auditor without images.
  let images: EncoderAnswers?
  /// What the text encoder answered; nil for an auditor without captions.
  let captions: EncoderAnswers?

  /// The number of inputs.
  public var count: Int { features.count }

  /// Features of answers of both encoders, or of one.
  /// - Parameter inputs: how errors name the inputs.
  /// - Throws: ``FeatureError`` where a similarity is undefined, ``PairAttackError/jointWidths(image:caption:)``.
  init(
    images: EncoderAnswers?, captions: EncoderAnswers?, configuration: FeatureConfiguration, inputs: [Int]
  ) throws {
    if let image = images?.plain.shape[1], let caption = captions?.plain.shape[1], image != caption {
      throw PairAttackError.jointWidths(image: image, caption: caption)
    }
    (self.images, self.captions) = (images, captions)
    let (n, m) = (configuration.views, configuration.variants ?? 1)
    let parts = try configuration.kinds.map { set -> Tensor in
      // Each set by its two sides, with their rows of an input.
      var (sides, rows) = ([images, captions], [n, m])
      var similarity = configuration.similarity
      let found: SimilarityScores
      switch set {
      case .imageImage, .textText:
        (sides, rows) = set == .imageImage ? ([images], [n]) : ([captions], [m])
        guard let views = sides[0]?.views else {
          preconditionFailure("PairObservations: no \(set.name) views")
        }
        found = pairwiseSimilarities(views, views: rows[0], similarity: similarity, isSorted: true)
      case .imageText, .pair:
        guard let images, let captions else { preconditionFailure("PairObservations: no \(set.name) pairs") }
        let isPlain = set == .pair
        if isPlain { (rows, similarity) = ([1, 1], .cosine) }
        found = crossSimilarities(
          isPlain ? images.plain : images.jointViews, rows: rows[0],
          isPlain ? captions.plain : captions.jointViews, rows: rows[1], similarity: similarity,
          isSorted: true)
      }
      guard found.undefinedRows.isEmpty else {
        let first = inputs.count * rows[0]
        let undefined = Set(found.undefinedRows.map { $0 < first ? $0 / rows[0] : ($0 - first) / rows[1] })
        throw FeatureError.undefinedSimilarity(
          similarity, inputs: undefined.map { inputs[$0] }.sorted(), chunk: inputs.count)
      }
      return found.scores
    }
    features = MembershipFeatures(configuration: configuration, parts: parts)
  }

  /// The mean score of each input in one set; nil if the auditor cannot make it.
  func means(of set: FeatureSet) -> [Float]? { features.selecting(sets: [set])?.means }

  /// The cosine of each image with its caption, both unaltered; nil without either.
  var cosines: [Float]? { means(of: .pair) }

  /// The mean cosine of each image's views with its unaltered caption; nil without either.
  var transformedCosines: [Float]? {
    guard let images, let captions else { return nil }
    let views = images.jointViews.shape[0] / max(1, count)
    let scores = crossSimilarities(
      images.jointViews, rows: views, captions.plain, rows: 1, similarity: .cosine
    ).scores.values
    return (0..<count).map { input in
      let row = scores[(input * views)..<((input + 1) * views)]
      return Float(row.reduce(0.0) { $0 + Double($1) } / Double(views))
    }
  }
}
