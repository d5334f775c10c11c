import Contrastive
import Encoders
import Kernels

/// Whose caption stands beside an image.
public struct CaptionUse: Hashable, Sendable {
  /// Which caption the auditor holds.
  public var holding: CaptionHolding
  /// Nil for the image's own caption; else that of another input of the same audit group, which differs from its own
  /// where there is such a one.
  public var partner: Membership?

  /// A caption's use.
  public init(_ holding: CaptionHolding, partner: Membership? = nil) {
    (self.holding, self.partner) = (holding, partner)
  }
}

/// What is kept of an encoder's answers about each input: all that attacks are made of. Everything else is forgotten as
/// soon as it has been reduced to these.
public enum Extract: Hashable, Sendable {
  /// The similarities of one feature set, `[inputs, scores]`, each row descending; with the caption they are of, if any.
  case similarities(FeatureSet, CaptionUse?)
  /// The mean similarity of an image's first two views, its first three, and so on to all, `[inputs, views - 1]`; of
  /// variants of a caption likewise.
  case growingMeans(FeatureSet, CaptionUse?)
  /// The embeddings of the unaltered pictures, `[inputs, width]`.
  case picture(EmbeddingLayer)
  /// The embeddings of the first two views side by side, `[inputs, 2 * width]`.
  case twoViews(EmbeddingLayer)
  /// The embeddings of the unaltered captions, `[inputs, width]`.
  case caption(EmbeddingLayer, CaptionHolding)
  /// The mean cosine of an image's views with its unaltered caption, `[inputs, 1]`.
  case viewCosines(CaptionHolding)
  /// The mean cosine of a picture's centre patch with the eight around it, `[inputs, 1]`.
  case patchCosines
  /// How sure a classifier downstream of the encoder is of each class of the unaltered pictures, `[inputs, classes]`.
  case confidences
  /// Which class a classifier downstream of the encoder sees in the unaltered picture and in each view of it, by number,
  /// `[inputs, 1 + views]`.
  case predictions

  /// What has to be asked about pictures.
  func pictureQuestions(_ configuration: AttackConfiguration) -> [Question] {
    switch self {
    case .growingMeans(let set, _): set == .imageImage ? [.varied(configuration.views)] : []
    case .similarities(.imageImage, _), .similarities(.imageText, _), .viewCosines, .twoViews:
      [.varied(configuration.views)]
    case .similarities(.pair, _), .picture, .confidences: [.plain]
    case .patchCosines: [.patches]
    case .predictions: [.plain, .varied(configuration.views)]
    case .similarities(.textText, _), .caption: []
    }
  }

  /// What has to be asked about captions.
  func captionQuestions(_ configuration: AttackConfiguration) -> [Question] {
    switch self {
    case .growingMeans(let set, _): set == .textText ? [.varied(configuration.variants)] : []
    case .similarities(.textText, _), .similarities(.imageText, _): [.varied(configuration.variants)]
    case .similarities(.pair, _), .caption, .viewCosines: [.plain]
    case .similarities(.imageImage, _), .picture, .patchCosines, .confidences, .predictions, .twoViews: []
    }
  }

  /// Whose captions it is of, if of any.
  var captionUse: CaptionUse? {
    switch self {
    case .similarities(_, let use), .growingMeans(_, let use): use
    case .caption(_, let holding), .viewCosines(let holding): CaptionUse(holding)
    case .picture, .patchCosines, .confidences, .predictions, .twoViews: nil
    }
  }

  /// Whether it is what a classifier downstream of the encoder says.
  var isOfDownstreamClassifier: Bool { self == .confidences || self == .predictions }
}

/// What an encoder answered about some inputs, each question's rows side by side.
struct PartAnswers {
  let inputs: Int
  let pictures: [Question: EncoderAnswers]
  let captions: [CaptionUse: [Question: EncoderAnswers]]
  /// Downstream of the encoder; nil where no extract is of one.
  let classifier: DownstreamClassifier?
  /// How errors name an input.
  let name: (Int) -> String

  /// Reduces the answers to one extract.
  /// - Throws: ``FeatureError`` where a similarity is undefined, ``AttackError/jointWidths(image:caption:)``, or
  ///   ``AttackError/noLayer(encoder:layer:)``.
  func reduced(to extract: Extract, _ configuration: AttackConfiguration, by encoder: any AuditedEncoder)
    throws
    -> Tensor
  {
    func picture(_ question: Question, _ layer: EmbeddingLayer) throws -> Tensor {
      guard let tensor = pictures[question]?[layer] else {
        throw AttackError.noLayer(encoder: encoder.identity.name, layer: layer)
      }
      return tensor
    }
    func caption(_ question: Question, _ layer: EmbeddingLayer, _ use: CaptionUse) throws -> Tensor {
      guard let tensor = captions[use]?[question]?[layer] else {
        throw AttackError.noLayer(encoder: encoder.identity.name, layer: layer)
      }
      return tensor
    }
    let (views, variants) = (Question.varied(configuration.views), Question.varied(configuration.variants))
    switch extract {
    case .growingMeans(let set, let use):
      let embeddings =
        try set == .textText
        ? caption(variants, configuration.layer, use ?? CaptionUse(.exact))
        : picture(views, configuration.layer)
      let rows = set == .textText ? variants.rows : views.rows
      let found = pairwiseSimilarities(embeddings, views: rows, similarity: configuration.similarity)
      return growingMeans(try checked(found, configuration.similarity, rows: [rows]), views: rows)
    case .picture(let layer): return try picture(.plain, layer)
    case .twoViews(let layer):
      let rows = (0..<inputs).flatMap { [$0 * views.rows, $0 * views.rows + 1] }
      let found = Rows.gathered(try picture(views, layer), rows)
      return found.reshaped([inputs, 2 * found.shape[1]])
    case .caption(let layer, let holding): return try caption(.plain, layer, CaptionUse(holding))
    case .viewCosines(let holding):
      let found = crossSimilarities(
        try picture(views, .projection), rows: views.rows,
        try caption(.plain, .projection, CaptionUse(holding)), rows: 1, similarity: .cosine)
      return means(found.scores)
    case .patchCosines:
      let (patches, count) = (try picture(.patches, configuration.layer), Question.patches.rows)
      let centre = count / 2
      let around = (0..<count).filter { $0 != centre }
      let found = crossSimilarities(
        Rows.gathered(patches, (0..<inputs).map { $0 * count + centre }), rows: 1,
        Rows.gathered(patches, (0..<inputs).flatMap { input in around.map { input * count + $0 } }),
        rows: around.count, similarity: .cosine)
      return means(try checked(found, .cosine, rows: [1, around.count]))
    case .confidences: return downstream().confidences(try picture(.plain, .embedding))
    case .predictions:
      let classifier = downstream()
      let plain = classifier.predictions(try picture(.plain, .embedding))
      return Rows.joined(
        plain, classifier.predictions(try picture(views, .embedding)).reshaped([inputs, views.rows]))
    case .similarities(let set, let use):
      let similarity = set == .pair ? Similarity.cosine : configuration.similarity
      switch (set, use) {
      case (.imageImage, _):
        let found = pairwiseSimilarities(
          try picture(views, configuration.layer), views: views.rows, similarity: similarity, isSorted: true)
        return try checked(found, similarity, rows: [views.rows])
      case (.textText, let use?):
        let found = pairwiseSimilarities(
          try caption(variants, configuration.layer, use), views: variants.rows, similarity: similarity,
          isSorted: true)
        return try checked(found, similarity, rows: [variants.rows])
      case (.imageText, let use?), (.pair, let use?):
        let asked = set == .pair ? (Question.plain, Question.plain) : (views, variants)
        let (images, texts) = (
          try picture(asked.0, .projection), try caption(asked.1, .projection, use)
        )
        guard images.shape[1] == texts.shape[1] else {
          throw AttackError.jointWidths(image: images.shape[1], caption: texts.shape[1])
        }
        let found = crossSimilarities(
          images, rows: asked.0.rows, texts, rows: asked.1.rows, similarity: similarity, isSorted: true)
        return try checked(found, similarity, rows: [asked.0.rows, asked.1.rows])
      case (_, nil): preconditionFailure("Extract: \(set.name) similarities need a caption")
      }
    }
  }

  private func downstream() -> DownstreamClassifier {
    guard let classifier else { preconditionFailure("Extract: no classifier downstream of the encoder") }
    return classifier
  }

  /// For each input the mean over the pairs among its first two views, its first three, and so on.
  /// - Parameter scores: all pairs in the order (0, 1), (0, 2), ..., (1, 2), ...
  private func growingMeans(_ scores: Tensor, views: Int) -> Tensor {
    let (values, pairs) = (scores.values, views * (views - 1) / 2)
    let means = (0..<inputs).flatMap { input -> [Float] in
      var sum = 0.0
      return (1..<views).map { last in
        for first in 0..<last {
          // Before a view's pairs with later ones stand those of all views before it.
          let before = first * (2 * views - first - 1) / 2
          sum += Double(values[input * pairs + before + last - first - 1])
        }
        return Float(sum / Double(last * (last + 1) / 2))
      }
    }
    return Tensor(means, shape: [inputs, views - 1])
  }

  /// The mean of each input's scores, `[inputs, 1]`.
  private func means(_ scores: Tensor) -> Tensor {
    let (values, width) = (scores.values, scores.shape[1])
    let means = (0..<inputs).map { input in
      Float(values[(input * width)..<((input + 1) * width)].reduce(0.0) { $0 + Double($1) } / Double(width))
    }
    return Tensor(means, shape: [inputs, 1])
  }

  private func checked(_ found: SimilarityScores, _ similarity: Similarity, rows: [Int]) throws -> Tensor {
    guard found.undefinedRows.isEmpty else {
      let first = inputs * rows[0]
      let undefined = Set(
        found.undefinedRows.map { $0 < first ? $0 / rows[0] : ($0 - first) / rows[rows.count - 1] })
      throw FeatureError.undefinedSimilarity(
        similarity, inputs: undefined.sorted().map(name), chunk: inputs)
    }
    return found.scores
  }
}
