import ArgumentParser
import Attack
import Contrastive
import Data
import Experiments
import Files
import Foundation
import Kernels
import Report
import Vision

extension Similarity: ExpressibleByArgument {}
extension EmbeddingLayer: ExpressibleByArgument {}
extension CaptionKnowledge: ExpressibleByArgument {}

/// `encodermi attack`.
struct Attack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Infer membership in a target encoder's training data, with classifiers built on a shadow encoder.",
    discussion: """
      Writes to --out: results.json (every attack and control with 95% intervals), scores.csv (every image), \
      classifiers/ (for `encodermi infer`), attack.json (all settings). Ctrl-C leaves an attack that --resume goes on \
      with. Two controls run with every attack: encoders of \
      the same shape that were never trained, and a classifier on image statistics that never asks an encoder.

      Any target may be attacked by any shadow. In place of a split of ours --members and --nonmembers name lists of your \
      own; with them --shadow may be left out: then scores that need none are measured, and half of the nonmembers give \
      thresholds. Where both were trained with captions they are asked about images, \
      captions and pairs, by every feature set, and captions' n-grams and swapped captions are further controls; else \
      they are asked about images.
      """)

  @Option(
    help:
      "The target's run, or answers:FOLDER, with answers to the questions that `encodermi questions` wrote.")
  var target: String
  @Option(
    help: """
      The shadow's run, or answers:FOLDER, as of `encodermi questions --group shadow`; it may be left out with --members \
      and --nonmembers.
      """)
  var shadow: String?
  @OptionGroup var lists: GroupOptions
  @Option(
    help: """
      The most pictures and captions that the target is asked about, beside what an attack that goes on holds; an attack \
      that needs more is refused before anything is asked.
      """)
  var budget: Int?
  @Option(
    help:
      "Without --shadow, the share of nonmembers that may be taken for members by the thresholds; 0.05 by default."
  )
  var alpha: Double?
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
      a folder of its own; by default exact, or imageOnly where one of the encoders takes no captions.
      """)
  var knowledge: String?
  @Option(
    parsing: .upToNextOption,
    help: """
      Further runs, whose encoders tell how hard an input is for one that did not see it: by --group reference-K, by \
      --ensemble, or other encoders that saw none of the target's inputs.
      """)
  var references: [String] = []
  @Option(
    help: """
      Further files to write to --out as safetensors: features, the similarities of every input that attacks are made of; \
      answers, the embeddings that target and shadow gave of their own inputs; or features,answers. Points of ROC curves are \
      to be had by `report --figures`.
      """)
  var save: String?
  @Flag(help: "Go on with the attack in --out, given the same options.") var resume = false
  @OptionGroup var options: AttackOptions
  @OptionGroup var tables: TableOptions
  @OptionGroup var machine: MachineOptions

  private var saved: Set<RawMaterial> {
    get throws {
      let kinds = Dictionary(uniqueKeysWithValues: RawMaterial.allCases.map { ($0.rawValue, $0) })
      guard let save else { return [] }
      let names = AttackOptions.list(save)
      guard !names.isEmpty else {
        throw ValidationError("--save names nothing; give features, answers or features,answers")
      }
      return Set(try names.map { try AttackOptions.choice($0, "things to save called", kinds) })
    }
  }

  /// The options given that mean something for encoders trained with captions only.
  private var captionOptions: [String] {
    [("--knowledge", knowledge != nil), ("--variants", options.variants != nil)].filter(\.1).map(\.0)
  }

  func validate() throws {
    _ = (try levels, try saved)
    if let budget, budget < 1 { throw ValidationError("--budget \(budget) is below 1") }
    if let alpha, !(alpha > 0 && alpha < 1) { throw ValidationError("--alpha \(alpha) is outside (0, 1)") }
    if shadow == nil {
      if !lists.isGiven {
        throw ValidationError("give --shadow, or lists of your own by --members and --nonmembers")
      }
      let useless = [
        ("--knowledge", knowledge != nil), ("--references", !references.isEmpty),
        ("--shadow-data", shadowData != nil), ("--downstream", options.downstream != nil),
        ("--classifiers", options.classifiers != nil), ("--save", save != nil),
      ]
      if let option = useless.first(where: \.1) {
        throw ValidationError("\(option.0) has no meaning without --shadow; leave it out")
      }
    } else if alpha != nil {
      throw ValidationError("--alpha is for attacks without --shadow, which gives thresholds; leave it out")
    }
    if lists.isGiven {
      if growth { throw ValidationError("--growth is of the groups of a split; leave --members out") }
      if targetData != nil {
        throw ValidationError("--target-data is where a split's data are; leave it or --members out")
      }
    }
    let useless = captionOptions + (references.isEmpty ? [] : ["--references"])
    if growth && save != nil {
      throw ValidationError("--save has no meaning with --growth, which makes no attack; leave one out")
    }
    if growth && resume {
      throw ValidationError("--resume has no meaning with --growth, which is shown as a whole; leave one out")
    }
    if growth, let option = useless.first {
      throw ValidationError(
        "\(option) has no meaning with --growth, which asks about images alone; leave one out")
    }
  }

  func run() throws {
    machine.apply()
    var configuration = try options.configuration()
    if let near = lists.nearEmbeddings { configuration.nearEmbeddings = near }
    try lists.refuseNear(configuration)
    if let levels = try levels, levels.count == 1 { configuration.knowledge = levels[0] }
    if options.printConfig {
      return print(String(decoding: try Configuration.encode(configuration), as: UTF8.self), terminator: "")
    }
    let place = EncoderPlace(target)
    let folder = out.map { URL(filePath: $0) } ?? (place.answers ?? place.folder).appending(path: "attack")
    if out != nil || !growth {
      try ResultsFolder.requireFree(folder, isGrowth: growth, isResuming: resume)
    }
    if place.answers != nil {
      try AttackOptions.refuseWhiteBox(configuration, of: "\(target) holds its answers alone")
    }
    guard let shadow else { return try runWithoutShadow(configuration, in: folder) }
    let opened: any AuditSource =
      if lists.isGiven { try openGiven() } else {
        try openSource(target, data: targetData, movedBy: "--target-data")
      }
    let runs = AuditedRuns(
      target: opened,
      shadow: try openSource(shadow, data: shadowData, besides: opened, movedBy: "--shadow-data"))
    if !opened.usesCaptions, let option = captionOptions.first {
      throw ValidationError(
        "\(option) is for encoders trained with captions, and \(target) is asked about images alone; leave it out"
      )
    }
    if opened.pictures == nil {
      try refuse(
        [("--references", !references.isEmpty), ("--views", options.views != nil)]
          + [("--near-embeddings", lists.nearEmbeddings != nil)])
    }
    // Without captions only attacks that are named ask references.
    if !opened.usesCaptions, !references.isEmpty, configuration.attacks == nil {
      throw ValidationError(
        "--references is for encoders trained with captions, or for attacks that --attacks names, such as "
          + "“\(LikelihoodRatioAttack(.imageImage, .offline).name)”; name some, or leave it out"
      )
    }
    let job = AttackJob(
      runs, references: try references.map { try openRun($0, besides: runs.target) },
      configuration: configuration)
    if growth {
      let growth = try Narrator.during("growth") { try job.growth(report: $0.tell) }
      print(growth.table.text)
      if out != nil {
        try growth.write(to: folder)
        print("\nthe growth is in \(folder.path)")
      }
      return
    }
    let all = try Interruption.whileRequestable {
      try Narrator.during("attack") { narrator in
        try opening("--downstream") {
          try job.run(
            levels: try levels, in: folder, isResuming: resume, within: budget.map { QuestionBudget($0) },
            saving: try saved, shouldStop: { Interruption.wasAsked }, report: narrator.tell)
        }
      }
    }
    guard let all else {
      print("interrupted; go on with the same command and --resume")
      throw ExitCode(130)
    }
    for results in all {
      if opened.usesCaptions { print("knowledge: \(results.knowledge.rawValue)\n") }
      print((tables.wide ? results.wideText : results.text) + "\n")
    }
    say("results are in \(folder.path)")
  }

  /// The target with lists in place of a split.
  private func openGiven() throws -> GivenTarget {
    let (_, size, captions) = try lists.open(target)
    let groups = try lists.groups(
      captions: captions, size: size, language: EncoderPlace(target).runDescription?.options.language)
    let place = EncoderPlace(target)
    return GivenTarget(target, groups, open: { try place.open(captions: captions).0 })
  }

  /// Only scores that need no shadow are measured.
  private func runWithoutShadow(_ configuration: AttackConfiguration, in folder: URL) throws {
    let (encoder, size, captions) = try lists.open(target)
    let groups = try lists.groups(
      captions: captions, size: size, language: EncoderPlace(target).runDescription?.options.language)
    if groups.images == nil {
      try refuse([("--views", options.views != nil), ("--near-embeddings", lists.nearEmbeddings != nil)])
    }
    let job = GroupsJob(groups, encoder: encoder, configuration: configuration, level: alpha ?? 0.05)
    let results = try Interruption.whileRequestable {
      try Narrator.during("attack") { narrator in
        try job.run(
          in: folder, isResuming: resume, within: budget.map { QuestionBudget($0) },
          shouldStop: { Interruption.wasAsked }, report: narrator.tell)
      }
    }
    guard let results else {
      print("interrupted; go on with the same command and --resume")
      throw ExitCode(130)
    }
    print((tables.wide ? results.wideText : results.text) + "\n\nresults are in \(folder.path)")
  }

  /// Refuses options of pictures where lists hold captions alone.
  private func refuse(_ options: [(name: String, isGiven: Bool)]) throws {
    guard let option = options.first(where: \.isGiven) else { return }
    throw ValidationError(
      "\(option.name) is of pictures, and --members and --nonmembers hold captions alone; leave it out")
  }

  private var levels: [CaptionKnowledge]? { get throws { try Attack.levels(knowledge) } }

  /// The levels that `--knowledge` names; nil where it was not given.
  static func levels(_ knowledge: String?) throws -> [CaptionKnowledge]? {
    guard let knowledge else { return nil }
    if knowledge == "all" { return CaptionKnowledge.allCases }
    guard let level = CaptionKnowledge(rawValue: knowledge) else {
      let known = CaptionKnowledge.allCases.map(\.rawValue) + ["all"]
      throw ValidationError("--knowledge \(knowledge) is none of \(known.joined(separator: ", "))")
    }
    return [level]
  }
}
