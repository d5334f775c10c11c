import Data
import Contrastive

/// What the encoders are asked about where nobody knows who was a member.
public enum PairInputs {
  /// Images of a data set, each with a caption; an image may come with several.
  case pairs(Images, [(image: Int, caption: String)])
  /// Images of a data set.
  case images(Images, [Int])
  /// Captions.
  case captions([String])

  /// The number of inputs.
  public var count: Int {
    switch self {
    case .pairs(_, let pairs): pairs.count
    case .images(_, let indices): indices.count
    case .captions(let captions): captions.count
    }
  }

  /// The feature sets that can be made of them.
  func allows(_ set: FeatureSet) -> Bool {
    switch self {
    case .pairs: true
    case .images: !set.usesCaption
    case .captions: !set.usesImage
    }
  }

  /// What the encoders answer about some of the inputs. An image with several captions is asked about once among
  /// them.
  /// - Throws: an error of reading images, ``FeatureError``, ``PairAttackError/variantCount(expected:found:)``.
  func answers(
    _ range: Range<Int>, of queries: PairQueries, by encoder: any PairEncoder
  ) throws -> (images: EncoderAnswers?, captions: EncoderAnswers?) {
    switch self {
    case .images(let data, let indices):
      return (try queries.images(Array(indices[range]), of: data, by: encoder), nil)
    case .captions(let captions):
      return (nil, try queries.captions(Array(captions[range]), by: encoder))
    case .pairs(let data, let pairs):
      var (distinct, places): ([Int], [Int: Int]) = ([], [:])
      let rows = pairs[range].map { pair -> Int in
        if let place = places[pair.image] { return place }
        places[pair.image] = distinct.count
        distinct.append(pair.image)
        return distinct.count - 1
      }
      let images = try queries.images(distinct, of: data, by: encoder)
      return (
        distinct.count == rows.count ? images : images.selecting(rows),
        try queries.captions(pairs[range].map(\.caption), by: encoder)
      )
    }
  }
}

extension PairAttack {
  /// Membership features of images, of captions, or of both, for a classifier that an attack of this configuration
  /// trained on these sets.
  ///
  /// Views and variants are those of the attack: an input gets the same features wherever it stands and whatever else is
  /// asked about. Beside the features the embeddings of `part` inputs are in memory.
  /// - Parameters:
  ///   - sets: the feature sets, which the inputs must suffice for.
  ///   - part: inputs that are asked about at once. The features do not depend on it.
  ///   - report: told after each part how many inputs are done.
  /// - Throws: an error of reading images, ``FeatureError``, ``PairAttackError``.
  public func features(
    _ sets: [FeatureSet], of inputs: PairInputs, by encoder: any PairEncoder, part: Int = 512,
    report: (_ done: Int) throws -> Void = { _ in }
  ) throws -> MembershipFeatures {
    precondition(part >= 1, "PairAttack.features: parts of \(part) inputs, at least 1 is needed")
    precondition(
      sets.allSatisfy(inputs.allows),
      "PairAttack.features: the inputs do not suffice for \(FeatureSet.name(of: sets)) features")
    let features = configuration.features(of: sets)
    var asked = configuration
    // Only image-image and text-text features are of the configured layer, the others of the joint space.
    if !sets.contains(.imageImage) && !sets.contains(.textText) { asked.layer = .projection }
    // The pair's own cosine is of the unaltered image and caption.
    if sets == [.pair] { (asked.views, asked.variants) = (1, 1) }
    let queries = PairQueries(configuration: asked, captionViews: captionViews)
    var found = try MembershipFeatures(configuration: features, scores: [])
    for start in stride(from: 0, to: inputs.count, by: part) {
      let range = start..<min(inputs.count, start + part)
      let answers = try inputs.answers(range, of: queries, by: encoder)
      let observations = try PairObservations(
        images: answers.images, captions: answers.captions, configuration: features, inputs: Array(range))
      found = try found.appending(observations.features)
      try report(range.upperBound)
    }
    return found
  }
}
