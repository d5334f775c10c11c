import Data
import Contrastive
import Kernels
import Networks
import Vision

/// Makes `count` variants of each caption; captions come as lists of one, variant v of list i depends on
/// `random(i).substream(v)` alone.
public typealias CaptionViews =
  @Sendable (
    _ count: Int, _ captions: [[String]], _ random: (_ index: Int) -> RandomStream
  ) -> [[String]]

/// What one encoder answers about some inputs.
struct EncoderAnswers {
  /// Embeddings of the views at the attack's layer, `[inputs * views, width]`.
  let views: Tensor
  /// Embeddings of the views in the joint space, `[inputs * views, joint width]`.
  let jointViews: Tensor
  /// Embeddings of the unaltered inputs in the joint space, `[inputs, joint width]`.
  let plain: Tensor
  /// The encoder's own embeddings of the unaltered inputs, `[inputs, width]`.
  let own: Tensor

  var count: Int { plain.shape[0] }

  /// The answers about some inputs, in the order given.
  func selecting(_ inputs: [Int]) -> EncoderAnswers {
    let each = views.shape[0] / max(1, count)
    let rows = inputs.flatMap { input in (0..<each).map { input * each + $0 } }
    return EncoderAnswers(
      views: Rows.gathered(views, rows), jointViews: Rows.gathered(jointViews, rows),
      plain: Rows.gathered(plain, inputs), own: Rows.gathered(own, inputs))
  }
}

/// Asks encoders about images and captions.
///
/// The views of an image depend on the seed and its pixels alone, the variants of a caption on the seed and its bytes,
/// so that a pair gets the same score wherever it stands and whatever else is asked about.
struct PairQueries: Sendable {
  let configuration: PairAttackConfiguration
  let captionViews: CaptionViews
  private let chunk = 32

  /// What the image encoder answers about images of a data set.
  /// - Throws: an error of reading images or ``FeatureError``.
  func images(_ indices: [Int], of data: Images, by encoder: any PairEncoder) throws -> EncoderAnswers {
    let stream = RandomStream(seed: configuration.seed, name: "attack views")
    var random = configuration.augmentation ?? encoder.augmentation
    random.outputSize = encoder.augmentation.outputSize
    var whole = Augmentation.centre
    (whole.outputSize, whole.mean, whole.deviation) = (random.outputSize, random.mean, random.deviation)
    return try answers(indices.count, views: configuration.views) { range in
      let part = indices[range].map { $0 }
      let pixels = try data.pixels(of: part)
      let views = random.views(configuration.views, of: pixels, size: data.extent) {
        stream.substream(Int(truncatingIfNeeded: data.fingerprint(of: part[$0])))
      }
      let plain = whole.views(1, of: pixels, size: data.extent) { _ in stream }
      return (
        { encoder.embeddings(of: views, layer: $0) }, { encoder.embeddings(of: plain, layer: $0) }
      )
    }
  }

  /// What the text encoder answers about captions.
  /// - Throws: ``FeatureError`` or ``PairAttackError/variantCount(expected:found:)``.
  func captions(_ captions: [String], by encoder: any PairEncoder) throws -> EncoderAnswers {
    let stream = RandomStream(seed: configuration.seed, name: "attack captions")
    let count = configuration.variants
    return try answers(captions.count, views: count) { range in
      let part = Array(captions[range])
      let variants = captionViews(count, part.map { [$0] }) { stream.substream(part[$0]) }
      let wrong = variants.first { $0.count != count }?.count
      guard variants.count == part.count && wrong == nil else {
        throw PairAttackError.variantCount(expected: count, found: wrong ?? variants.count)
      }
      let views = variants.flatMap { $0 }
      return ({ encoder.embeddings(of: views, layer: $0) }, { encoder.embeddings(of: part, layer: $0) })
    }
  }

  private typealias Query = (EmbeddingLayer) -> Tensor

  /// Collects the answers chunk by chunk.
  private func answers(
    _ inputs: Int, views: Int, ask: (Range<Int>) throws -> (views: Query, plain: Query)
  ) throws -> EncoderAnswers {
    var (all, joint, plain, own) = (Collected(), Collected(), Collected(), Collected())
    for start in stride(from: 0, to: inputs, by: chunk) {
      let range = start..<min(inputs, start + chunk)
      let query = try ask(range)
      let jointViews = query.views(.projection)
      try joint.append(jointViews, rows: range.count * views)
      if configuration.layer == .embedding {
        try all.append(query.views(.embedding), rows: range.count * views)
      }
      try plain.append(query.plain(.projection), rows: range.count)
      try own.append(query.plain(.embedding), rows: range.count)
    }
    let jointViews = joint.tensor
    return EncoderAnswers(
      views: configuration.layer == .embedding ? all.tensor : jointViews, jointViews: jointViews,
      plain: plain.tensor, own: own.tensor)
  }
}

/// Embeddings as they come in.
private struct Collected {
  private var values: [Float] = []
  private var width = 0
  private var rows = 0

  var tensor: Tensor { Tensor(values, shape: [rows, width]) }

  /// - Throws: ``FeatureError/embeddingShape(expectedRows:found:)``.
  mutating func append(_ embeddings: Tensor, rows expected: Int) throws {
    let shape = embeddings.shape
    guard shape.count == 2 && shape[0] == expected && shape[1] > 0 && (rows == 0 || shape[1] == width) else {
      throw FeatureError.embeddingShape(expectedRows: expected, found: shape)
    }
    values += embeddings.values
    (rows, width) = (rows + expected, shape[1])
  }
}
