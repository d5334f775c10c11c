import ArgumentParser
import Attack
import Contrastive
import Foundation
import Kernels
import Report

extension Similarity: ExpressibleByArgument {}
extension EmbeddingLayer: ExpressibleByArgument {}
extension CaptionKnowledge: ExpressibleByArgument {}

/// What an attack can be told, wherever one is made.
struct AttackOptions: ParsableArguments {
  @Option(help: "Views of each image, at least 2.") var views: Int = 10
  @Option(help: "How views are compared: cosine, correlation or euclidean.") var similarity: Similarity =
    .cosine
  @Option(help: "Which output to query: embedding (before the projection head) or projection.")
  var layer: EmbeddingLayer = .embedding
  @Option(help: "How classifiers are trained: standard, paper or quick.") var classifiers: String = "standard"
  @Option(name: .customLong("seed"), help: "Seed of the attack's views and classifiers.") var seed: UInt64 = 0

  func configuration() throws -> ImageAttackConfiguration {
    let known: [String: ClassifierSettings] = ["standard": .standard, "paper": .paper, "quick": .quick]
    guard let settings = known[classifiers] else {
      throw ValidationError(
        "there are no classifiers '\(classifiers)'; choose one of \(known.keys.sorted().joined(separator: ", "))"
      )
    }
    let result = ImageAttackConfiguration(
      features: FeatureConfiguration(similarity: similarity, views: views), layer: layer,
      classifiers: settings,
      seed: seed)
    return try namingOptions([OptionOrigin("--views", "views")]) {
      try result.features.validate()
      try result.validate()
      return result
    }
  }
}

/// `encodermi attack`.
struct Attack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Infer membership in a target encoder's training data, with classifiers built on a shadow encoder.",
    discussion: """
      Writes to --out: results.json (every attack and control with 95% intervals), scores.csv (every image), \
      classifiers/ (for `encodermi infer`), attack.json (all settings). Two controls run with every attack: encoders of \
      the same shape that were never trained, and a classifier on image statistics that never asks an encoder.

      Encoders trained with captions are asked about images, captions and pairs, by every feature set; then the settings \
      are in pair-attack.json, and captions' n-grams and swapped captions are further controls.
      """)

  @Option(help: "The target's run.") var target: String
  @Option(help: "The shadow's run.") var shadow: String
  @Option(
    help: "Where results are written; attack inside the target's run by default, and nowhere with --growth.")
  var out: String?
  @Option(help: "Where the target's data are now, if they moved.") var targetData: String?
  @Option(help: "Where the shadow's data are now, if they moved.") var shadowData: String?
  @Flag(
    help: """
      Only show how the gap between members and nonmembers grows over the checkpoints that both runs have, \
      by --checkpoints of pretrain; with --out it is also written there, as growth.json and growth.tsv.
      """)
  var growth = false
  @Option(
    help: """
      What the auditor of encoders trained with captions holds: exact (image and training caption), other (image and \
      another caption of it), template (image and a caption made by a template), imageOnly, captionOnly; or all, each in \
      a folder of its own; exact by default.
      """)
  var knowledge: String?
  @Option(help: "Variants of each caption, at least 2; 10 by default.") var variants: Int?
  @Option(
    name: .customLong("calibrate"), parsing: .upToNextOption,
    help: "Further runs with captions, whose encoders tell how hard an input is for one that did not see it.")
  var calibration: [String] = []
  @OptionGroup var options: AttackOptions
  @OptionGroup var machine: MachineOptions

  /// The options given that mean something for encoders trained with captions only.
  private var pairOptions: [String] {
    [
      ("--knowledge", knowledge != nil), ("--variants", variants != nil),
      ("--calibrate", !calibration.isEmpty),
    ].filter(\.1).map(\.0)
  }

  func validate() throws {
    _ = try levels
    if growth, let option = pairOptions.first {
      throw ValidationError(
        "\(option) has no meaning with --growth, which asks about images alone; leave one out")
    }
  }

  func run() throws {
    machine.apply()
    let configuration = try options.configuration()
    let folder = out.map { URL(filePath: $0) } ?? URL(filePath: target).appending(path: "attack")
    if out != nil || !growth { try AttackJob.requireFree(folder, isGrowth: growth) }
    let runs = (try Run.open(target, data: targetData), try Run.open(shadow, data: shadowData))
    if runs.0.isPair && !growth { return try attackPairs(runs.0, runs.1, configuration, folder) }
    if !runs.0.isPair, let option = pairOptions.first {
      throw ValidationError(
        "\(option) is for encoders trained with captions, and \(target) was trained on images alone; leave it out"
      )
    }
    let job = AttackJob(target: runs.0, shadow: runs.1, configuration: configuration, folder: folder)
    if growth {
      let growth = try job.growth(progress: Progress("growth"))
      print(growth.table.text)
      if out != nil {
        try growth.write(to: folder)
        print("\nthe growth is in \(folder.path)")
      }
      return
    }
    let results = try job.run(progress: Progress("attack"))
    print(results.text)
    print("\nresults are in \(job.folder.path)")
  }

  /// The attack where captions were trained on.
  private func attackPairs(
    _ target: Run, _ shadow: Run, _ images: ImageAttackConfiguration, _ folder: URL
  ) throws {
    guard shadow.isPair else { throw RunError.otherKind(target: self.target, shadow: self.shadow) }
    let configuration = PairAttackConfiguration(
      views: images.features.views, variants: variants ?? 10, similarity: images.features.similarity,
      layer: images.layer, classifiers: images.classifiers, seed: images.seed)
    try namingOptions([OptionOrigin("--variants", "variants")]) { try configuration.validate() }
    let job = PairAttackJob(
      target: target, shadow: shadow, calibration: try calibration.map { try Run.open($0) },
      configuration: configuration, folder: folder)
    for (level, results) in try job.run(levels: try levels, progress: Progress("attack")) {
      print("knowledge: \(level.rawValue)\n\n\(results.text)\n")
    }
    print("results are in \(folder.path)")
  }

  private var levels: [CaptionKnowledge] {
    get throws {
      guard let knowledge else { return [.exact] }
      if knowledge == "all" { return CaptionKnowledge.allCases }
      guard let level = CaptionKnowledge(rawValue: knowledge) else {
        let known = CaptionKnowledge.allCases.map(\.rawValue) + ["all"]
        throw ValidationError("--knowledge \(knowledge) is none of \(known.joined(separator: ", "))")
      }
      return [level]
    }
  }
}
