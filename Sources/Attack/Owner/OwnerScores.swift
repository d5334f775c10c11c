import Contrastive
import Data
import Encoders

/// Scores of an owner's works by one encoder, work by work, with what had to be asked for them.
public struct OwnerScores: Sendable, Equatable {
  /// For each statistic the score of each work; of one with several captions their mean.
  public let byWork: [FeatureSet: [Double]]
  /// Statistics that were left out, with the reason.
  public let notes: [String]
  /// What the encoder was asked about.
  public let questions: QuestionCount

  /// Asks an encoder about works.
  /// - Parameters:
  ///   - works: indices of images.
  ///   - report: told after each part how far it is; what it throws ends the work.
  /// - Throws: ``OwnerError/nothingToAsk(reasons:)``, or an error of reading images, of the encoder or of the features.
  public init(
    of works: [Int], in images: Images, _ settings: OwnerSettings, by encoder: any AuditedEncoder,
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws {
    var (made, reasons): ([FeatureSet], [String]) = ([], [])
    let captions = images.dataset.captions
    for set in settings.statistics {
      if let reason = Self.obstacle(to: set, encoder, hasCaptions: captions != nil) {
        reasons.append("\(set.name): \(reason)")
      } else {
        made.append(set)
      }
    }
    guard !made.isEmpty else { throw OwnerError.nothingToAsk(reasons: reasons) }
    let counted = CountedEncoder(encoder)
    let audit = try Audit(settings.attack)
    // Images by themselves are asked about once, pairs caption by caption.
    var found: [FeatureSet: [Double]] = [:]
    for needsCaptions in [false, true] {
      let sets = made.filter { $0.usesCaption == needsCaptions }
      guard !sets.isEmpty else { continue }
      let rows = works.indices.flatMap { work -> [(work: Int, caption: String?)] in
        guard needsCaptions, let captions else { return [(work, nil)] }
        return captions[works[work]].map { (work, $0) }
      }
      let population = Population(
        images, rows.map { works[$0.work] },
        captions: needsCaptions ? [.exact: rows.compactMap(\.caption)] : [:])
      let similarities = audit.configuration.features(of: sets).scores
      // For each row its means, set by set.
      let means = try audit.inBlocks(population, similarities: similarities, report) { block, report in
        let bySet = try audit.features(sets, of: block, by: counted, report: report).meansBySet
        return (0..<block.count).map { row in bySet.map { $0[row] } }
      }
      for (place, set) in sets.enumerated() {
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: works.count)
        for (row, values) in zip(rows, means) {
          sums[row.work].sum += Double(values[place])
          sums[row.work].count += 1
        }
        found[set] = sums.map { $0.sum / Double($0.count) }
      }
    }
    (byWork, notes, questions) = (found, reasons.map { "left out \($0)" }, counted.count)
  }

  /// Scores that are at hand.
  init(
    _ byWork: [FeatureSet: [Double]], notes: [String] = [], questions: QuestionCount = QuestionCount()
  ) {
    (self.byWork, self.notes, self.questions) = (byWork, notes, questions)
  }

  private static func obstacle(
    to set: FeatureSet, _ encoder: any AuditedEncoder, hasCaptions: Bool
  ) -> String? {
    if set.usesImage && !encoder.modalities.contains(.image) { return "the encoder takes no images" }
    if set.usesCaption && !encoder.modalities.contains(.text) { return "the encoder takes no captions" }
    return set.usesCaption && !hasCaptions ? "the works have no captions" : nil
  }
}

/// An encoder whose questions are counted.
private final class CountedEncoder: AuditedEncoder {
  private let encoder: any AuditedEncoder
  private(set) var count = QuestionCount()

  init(_ encoder: any AuditedEncoder) { self.encoder = encoder }

  var identity: EncoderIdentity { encoder.identity }
  var facts: EncoderFacts { encoder.facts }
  var modalities: Set<Modality> { encoder.modalities }
  var layers: Set<EmbeddingLayer> { encoder.layers }
  var imageSize: Int { encoder.imageSize }

  func answers(to pictures: Pictures) throws -> EncoderAnswers {
    count.pictures += pictures.count
    return try encoder.answers(to: pictures)
  }

  func answers(to captions: [String]) throws -> EncoderAnswers {
    count.captions += captions.count
    return try encoder.answers(to: captions)
  }

  func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { try encoder.untrained(seed: seed) }
}
