import ArgumentParser
import Attack
import Contrastive
import Data
import Files
import Foundation
import Kernels
import Vision

/// How an audit is made: a file of settings, and options that go before what stands there.
struct AttackOptions: ParsableArguments {
  @Option(help: "A JSON file with any of an audit's settings, as attack.json has them; options go before it.")
  var config: String?
  @Flag(help: "Print the settings that would be used, and do nothing else.") var printConfig = false
  @Option(help: "Views of each image, at least 2; 10 by default.") var views: Int?
  @Option(help: "Variants of each caption, at least 2; 10 by default.") var variants: Int?
  @Option(help: "How views are compared: cosine (the default), correlation or euclidean.")
  var similarity: Similarity?
  @Option(
    help: "Which output to query: embedding (before the projection head, the default) or projection.")
  var layer: EmbeddingLayer?
  @Option(
    help: """
      How views are made: moco, simclr, clip, or a JSON file with an augmentation; by default as in each encoder's own \
      pre-training.
      """)
  var augmentation: String?
  @Option(
    help: """
      The attacks to make, with commas between them, or all; by default EncoderMI-V, -S and -T, and with captions every \
      attack on pairs. Made only where they are named: \(AttackTable.namesOnlyByName.joined(separator: ", ")), of which \
      Baselines A, B and C train downstream classifiers on labelled images.
      """)
  var attacks: String?
  @Option(
    help: """
      Labelled images, a path or FORMAT:PATH, for attacks that train downstream classifiers; by default the target's \
      images that are in none of the groups.
      """)
  var downstream: String?
  @Flag(
    help: """
      Let Baseline C craft the pictures that it asks the target about by the target's own gradients, which takes a run of \
      ours; by default it has the shadow's alone.
      """)
  var whiteBox = false
  @Option(
    help:
      "The controls to make: untrained, blind, swapped, with commas between them, or none; all by default.")
  var controls: String?
  @Option(
    help: """
      How classifiers are trained: standard (the default; the paper's training, EncoderMI-S keeps the mean similarity), \
      paper (EncoderMI-S as in the authors' code, without it) or quick (fewer epochs at a higher rate: seconds).
      """)
  var classifiers: String?
  @Option(name: .customLong("seed"), help: "Seed of the attack's views and classifiers; 0 by default.")
  var seed: UInt64?

  /// The settings of the file, with the options given.
  /// - Throws: `ValidationError` for an option, or an error that names the file.
  func configuration() throws -> AttackConfiguration {
    var settings = AttackConfiguration()
    if let config {
      settings = try Configuration.read(from: URL(filePath: config), defaults: settings)
    }
    if let views { settings.views = views }
    if let variants { settings.variants = variants }
    if let similarity { settings.similarity = similarity }
    if let layer { settings.layer = layer }
    if let augmentation { settings.augmentation = try AttackOptions.augmentation(augmentation) }
    if let attacks { settings.attacks = AttackOptions.list(attacks) }
    if let controls { settings.controls = try AttackOptions.controls(controls) }
    if let classifiers {
      settings.classifiers = try AttackOptions.choice(
        classifiers, "classifiers", ["standard": .standard, "paper": .paper, "quick": .quick])
    }
    if let downstream { settings.downstream.data = DataFormat.absolute(downstream) }
    if let seed { settings.seed = seed }
    if whiteBox { settings.adversarial.isWhiteBox = true }
    if whiteBox && !settings.makes(AdversarialAttack()) {
      throw ValidationError(
        "--white-box is for Baseline C, which is not asked for; name it, as in --attacks \"EncoderMI-V,Baseline C\", or "
          + "leave it out")
    }
    if downstream != nil && !settings.needsDownstreamSet {
      throw ValidationError(
        "--downstream is for attacks that train downstream classifiers, and none is asked for; name one, as in "
          + "--attacks \"EncoderMI-V,Baseline C\", or leave it out")
    }
    return try namingOptions([
      OptionOrigin("--views", "views", isGiven: views != nil),
      OptionOrigin("--variants", "variants", isGiven: variants != nil),
      OptionOrigin("--downstream", "downstream.data", isGiven: downstream != nil),
      OptionOrigin("--attacks", "attacks", isGiven: attacks != nil),
      OptionOrigin("--augmentation", "augmentation", isGiven: augmentation != nil),
    ]) {
      try settings.validate()
      return settings
    }
  }

  /// Refuses to craft on a target whose weights are not at hand.
  /// - Parameter target: what the target is, in words.
  /// - Throws: `ValidationError`.
  static func refuseWhiteBox(_ settings: AttackConfiguration, of target: String) throws {
    guard settings.adversarial.isWhiteBox, settings.makes(AdversarialAttack()) else { return }
    throw ValidationError(
      "--white-box (isWhiteBox of “adversarial” in --config): Baseline C would craft pictures by the target's gradients, "
        + "which takes its weights, and \(target); leave it out")
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func controls(_ text: String) throws -> [ControlFamily] {
    if text == "none" { return [] }
    return try list(text).map { name in
      guard let family = ControlFamily(rawValue: name) else {
        let known = ControlFamily.allCases.map(\.rawValue) + ["none"]
        throw ValidationError(
          "there are no controls '\(name)'; choose some of \(known.joined(separator: ", "))")
      }
      return family
    }
  }

  static func augmentation(_ text: String) throws -> Augmentation {
    let known: [String: Augmentation] = ["moco": .moco, "simclr": .simCLR, "clip": .clip]
    if let preset = known[text] { return preset }
    guard Paths.exists(text) else {
      throw ValidationError(
        "there is no augmentation '\(text)', nor a file of that name; choose one of "
          + "\(known.keys.sorted().joined(separator: ", ")), or give a JSON file")
    }
    return try Configuration.read(from: URL(filePath: text), defaults: Augmentation())
  }

  private static func choice<Value>(_ name: String, _ what: String, _ known: [String: Value]) throws -> Value
  {
    guard let value = known[name] else {
      throw ValidationError(
        "there are no \(what) '\(name)'; choose one of \(known.keys.sorted().joined(separator: ", "))")
    }
    return value
  }
}
