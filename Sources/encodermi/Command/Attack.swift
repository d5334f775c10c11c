import ArgumentParser
import Attack
import Contrastive
import Foundation
import Kernels
import Networks
import Report

extension Similarity: ExpressibleByArgument {}
extension EmbeddingLayer: ExpressibleByArgument {}

/// What an attack can be told, wherever one is made.
struct AttackOptions: ParsableArguments {
  @Option(help: "Views of each image, at least 2.") var views: Int = 10
  @Option(help: "How views are compared: cosine, correlation or euclidean.") var similarity: Similarity =
    .cosine
  @Option(help: "Which output to query: embedding (before the projection head) or projection.")
  var layer: EmbeddingLayer = .embedding
  @Option(help: "How classifiers are trained: standard, paper or quick.") var classifiers: String = "standard"
  @Option(name: .customLong("seed"), help: "Seed of the attack's views and classifiers.") var seed: UInt64 = 0

  func configuration() throws -> AttackConfiguration {
    let known: [String: ClassifierSettings] = ["standard": .standard, "paper": .paper, "quick": .quick]
    guard let settings = known[classifiers] else {
      throw ValidationError(
        "there are no classifiers '\(classifiers)'; choose one of \(known.keys.sorted().joined(separator: ", "))"
      )
    }
    let result = AttackConfiguration(
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
  @OptionGroup var options: AttackOptions
  @OptionGroup var machine: MachineOptions

  func run() throws {
    machine.apply()
    let configuration = try options.configuration()
    let folder = out.map { URL(filePath: $0) } ?? URL(filePath: target).appending(path: "attack")
    if out != nil || !growth { try AttackJob.requireFree(folder, isGrowth: growth) }
    let job = AttackJob(
      target: try Run.open(target, data: targetData), shadow: try Run.open(shadow, data: shadowData),
      configuration: configuration, folder: folder)
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
}
