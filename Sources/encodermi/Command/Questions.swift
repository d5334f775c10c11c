import ArgumentParser
import Attack
import Encoders
import Experiments
import Files
import Foundation

extension AuditGroup: ExpressibleByArgument {}

/// `encodermi questions`.
struct Questions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Write down what an attack would ask of its target or shadow, for an encoder that runs elsewhere.",
    discussion: """
      Takes the options of `encodermi attack` and writes to --out: pictures/ (8-bit PNG), manifest.json (their order and \
      digests, and the captions) for whoever runs the encoder; run.json and split.json, which say who is a member, for \
      the auditor. Have the encoder embed every row of the manifest in its order, lay the answers beside it, and attack \
      with --target answers:FOLDER and the same options:

      encodermi questions --shadow runs/shadow --image-size 32 --out runs/questions
      encodermi attack --target answers:runs/questions --shadow runs/shadow

      A shadow that runs elsewhere too is asked by --group shadow, with --target answers:FOLDER for the groups of the \
      same split, and attacks as --shadow answers:FOLDER.

      docs/recorded-answers.md has scripts that do it in Python.
      """)

  @Option(
    help: """
      The target's run, or answers:FOLDER; without it the target's groups are those of the shadow's split, and what is \
      known of the target is said by --name, --facts, --image-size and --text.
      """)
  var target: String?
  @Option(
    help: """
      The shadow's run, or answers:FOLDER; it may be left out with --members and --nonmembers. With --group shadow it may \
      be left out, as the target else, and those options tell of the shadow.
      """)
  var shadow: String?
  @Option(help: "Whom the questions are for, target or shadow.") var group = AuditGroup.target
  @OptionGroup var lists: GroupOptions
  @Option(help: "The folder that questions are written to, new or empty.") var out: String?
  @Option(help: "Where the target's data are now, if they moved.") var targetData: String?
  @Option(help: "Where the shadow's data are now, if they moved.") var shadowData: String?
  @Option(help: "What results call the encoder; \"recorded answers\" by default.") var name: String?
  @Option(
    help: """
      A JSON file with what is known of the encoder's pre-training: any of algorithm, epochs, members, augmentation, \
      captionsPerImage, temperature.
      """)
  var facts: String?
  @Option(help: "Height and width of the encoder's pictures; by default those of the data.") var imageSize:
    Int?
  @Flag(help: "Ask about captions too.") var text = false
  @Option(help: "What the auditor holds of captions, as of `encodermi attack`.") var knowledge: String?
  @Option(parsing: .upToNextOption, help: "Further runs, as of `encodermi attack`.")
  var references: [String] = []
  @OptionGroup var options: AttackOptions
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    _ = try Attack.levels(knowledge)
    if out == nil && !options.printConfig { throw ValidationError("give --out, a folder for the questions") }
    if let imageSize, !(1...4096).contains(imageSize) {
      throw ValidationError("--image-size \(imageSize) is outside 1...4096")
    }
    if group == .shadow && lists.isGiven {
      throw ValidationError("--members and --nonmembers are the target's; leave --group or them out")
    }
    if group == .target && shadow == nil && !lists.isGiven {
      throw ValidationError("give --shadow, or lists of your own by --members and --nonmembers")
    }
    if group == .target && shadow == nil && (knowledge != nil || !references.isEmpty) {
      throw ValidationError("--knowledge and --references have no meaning without --shadow; leave them out")
    }
    let needsSize = lists.isGiven && shadow == nil && target == nil && imageSize == nil
    if try needsSize && lists.kind != .captions {
      throw ValidationError("give --image-size, the height and width of the pictures that the encoder takes")
    }
    let useless = [
      ("--name", name != nil), ("--facts", facts != nil), ("--image-size", imageSize != nil),
      ("--text", text),
    ].filter(\.1)
    let own = group == .target ? target : shadow
    if own != nil, let option = useless.first {
      throw ValidationError(
        "\(option.0) is for a \(group.rawValue) that is no run of ours; leave it or --\(group.rawValue) out")
    }
    if group == .shadow && target == nil {
      throw ValidationError("give --target: the groups of the shadow are those of its split")
    }
    if target == nil && targetData != nil {
      throw ValidationError("--target-data is for --target; without it give --shadow-data")
    }
    if shadow == nil && shadowData != nil {
      throw ValidationError("--shadow-data is for --shadow; without it give --target-data")
    }
  }

  func run() throws {
    machine.apply()
    var configuration = try options.configuration()
    if let near = lists.nearEmbeddings { configuration.nearEmbeddings = near }
    try lists.refuseNear(configuration)
    if try lists.isGiven && lists.kind == .captions && options.views != nil {
      throw ValidationError(
        "--views is of pictures, and --members and --nonmembers hold captions alone; leave it out")
    }
    let levels = try Attack.levels(knowledge)
    if let levels, levels.count == 1 { configuration.knowledge = levels[0] }
    if options.printConfig {
      return print(String(decoding: try Configuration.encode(configuration), as: UTF8.self), terminator: "")
    }
    try AttackOptions.refuseWhiteBox(configuration, of: "the questions are for a target that runs elsewhere")
    let folder = URL(filePath: out ?? "")
    try ResultsFolder.requireFree(folder)
    let target = try target.map { try openSource($0, data: targetData, movedBy: "--target-data") }
    let shadow = try shadow.map {
      try openSource($0, data: shadowData, besides: target, movedBy: "--shadow-data")
    }
    let (own, opened) = group == .target ? (target, shadow) : (shadow, target)
    let profile =
      try own.map { EncoderProfile(of: try $0.audited()) }
      ?? EncoderProfile(
        name: name ?? "recorded answers",
        facts: try facts.map { try Configuration.read(EncoderFacts.self, from: URL(filePath: $0)) }
          ?? EncoderFacts(),
        modalities: text ? [.image, .text] : [.image], imageSize: imageSize ?? opened?.images.height ?? 32)
    let manifest =
      try lists.isGiven
      ? ofLists(profile, own, opened, configuration, levels, to: folder)
      : ofSplit(profile, own, opened, configuration, levels, to: folder)
    print("\(manifest.pictures.count) rows of pictures and \(manifest.captions.count) of captions")
    say("the questions are in \(folder.path)")
    print("answers go beside them: \(RecordedAnswers.fileName), or files such as")
    for name in manifest.arrayNames { print("  \(name)") }
  }

  /// Questions about an auditor's own lists, which are given again with the attack.
  private func ofLists(
    _ profile: EncoderProfile, _ own: (any SplitSource)?, _ shadow: (any SplitSource)?,
    _ configuration: AttackConfiguration, _ levels: [CaptionKnowledge]?, to folder: URL
  ) throws -> QuestionManifest {
    let takesText = profile.modalities.contains(.text)
    let captions = try lists.kind != .images && takesText
    if try lists.kind == .captions && !takesText {
      throw ValidationError("lists of captions are for an encoder that takes them; give --text")
    }
    let groups = try lists.groups(
      captions: captions, size: profile.imageSize, language: own?.description.options.language)
    for warning in groups.warnings { warn(warning) }
    return try Narrator.during("questions") { narrator in
      guard let shadow else {
        return try GroupsJob.writeQuestions(
          groups, for: profile, configuration: configuration, to: folder, report: narrator.tell)
      }
      let given = GivenTarget(folder.path, groups, open: { throw RunError.notARun(folder.path) })
      return try opening("--downstream") {
        try job(AuditedRuns(target: given, shadow: shadow), configuration).writeQuestions(
          for: given, profile: profile, to: folder, levels: levels, report: narrator.tell)
      }
    }
  }

  private func job(_ runs: AuditedRuns, _ configuration: AttackConfiguration) throws -> AttackJob {
    AttackJob(
      runs, references: try references.map { try openRun($0, besides: runs.shadow) },
      configuration: configuration)
  }

  /// Questions about the groups of a split, which are written beside them.
  private func ofSplit(
    _ profile: EncoderProfile, _ own: (any SplitSource)?, _ other: (any SplitSource)?,
    _ configuration: AttackConfiguration, _ levels: [CaptionKnowledge]?, to folder: URL
  ) throws -> QuestionManifest {
    guard let other else { preconditionFailure("Questions without lists and the other encoder") }
    let recorded = RecordedSource(profile, as: group, groupsOf: own ?? other, in: folder)
    let runs =
      group == .target
      ? AuditedRuns(target: recorded, shadow: other) : AuditedRuns(target: other, shadow: recorded)
    let job = try job(runs, configuration)
    return try Narrator.during("questions") { narrator in
      try opening("--downstream") {
        try job.writeQuestions(for: recorded, levels: levels, report: narrator.tell)
      }
    }
  }
}
