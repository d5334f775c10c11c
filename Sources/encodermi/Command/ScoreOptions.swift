import ArgumentParser
import Attack
import Contrastive
import Files
import Foundation
import Kernels
import Vision

/// What is asked where no classifier says it: which score, of how many views, made how.
struct ScoreOptions: ParsableArguments {
  @Option(
    help: """
      Without --classifier, the score that inputs get, which nothing need be learned for: EncoderMI-T (image-image), \
      EncoderMI-T (text-text), EncoderMI-T (image-text), CSA, AEA or Baseline E; by default EncoderMI-T on all that is held.
      """)
  var score: String?
  @Option(help: "Without --classifier, views of each image, at least 2; 10 by default.") var views: Int?
  @Option(help: "Without --classifier, variants of each caption, at least 2; 10 by default.") var variants:
    Int?
  @Option(help: "Without --classifier, which output is looked at: embedding (the default) or projection.")
  var layer: EmbeddingLayer?
  @Option(
    help: """
      Without --classifier, how views are made: moco, simclr, clip, or a JSON file with an augmentation; by default as in \
      the target's pre-training, or as MoCo's where that is unknown.
      """)
  var augmentation: String?
  @Option(
    name: .customLong("seed"), help: "Without --classifier, the seed of views and variants; 0 by default.")
  var seed: UInt64?

  /// The options that were given, as the user types them.
  var given: [String] {
    [
      ("--score", score != nil), ("--views", views != nil), ("--variants", variants != nil),
      ("--layer", layer != nil), ("--augmentation", augmentation != nil), ("--seed", seed != nil),
    ].filter(\.1).map(\.0)
  }

  func validate() throws {
    if let score, ScoreTable.sets(of: score) == nil {
      throw ValidationError(
        "--score \(score) is none of \(ScoreTable.names.map { "“\($0)”" }.joined(separator: ", "))")
    }
  }

  /// How it is asked.
  func configuration() throws -> AttackConfiguration {
    var settings = AttackConfiguration()
    if let views { settings.views = views }
    if let variants { settings.variants = variants }
    if let layer { settings.layer = layer }
    if let augmentation { settings.augmentation = try AttackOptions.augmentation(augmentation) }
    if let seed { settings.seed = seed }
    return try namingOptions([
      OptionOrigin("--views", "views", isGiven: views != nil),
      OptionOrigin("--variants", "variants", isGiven: variants != nil),
      OptionOrigin("--augmentation", "augmentation", isGiven: augmentation != nil),
    ]) {
      try settings.validate()
      return settings
    }
  }
}
