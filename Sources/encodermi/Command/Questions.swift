import ArgumentParser
import Attack
import Encoders
import Experiments
import Files
import Foundation

/// `encodermi questions`.
struct Questions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write down what an attack would ask of its target, for an encoder that runs elsewhere.",
    discussion: """
      Takes the options of `encodermi attack` and writes to --out: pictures/ (8-bit PNG), manifest.json (their order and \
      digests, and the captions) for whoever runs the encoder; run.json and split.json, which say who is a member, for \
      the auditor. Have the encoder embed every row of the manifest in its order, lay the answers beside it, and attack \
      with --target answers:FOLDER and the same options:

      encodermi questions --shadow runs/shadow --image-size 32 --out runs/questions
      encodermi attack --target answers:runs/questions --shadow runs/shadow

      docs/recorded-answers.md has scripts that do it in Python.
      """)

  @Option(
    help: """
      The target's run, if it is one of ours; without it the target's groups are those of the shadow's split, and what \
      is known of the target is said by --name, --facts, --image-size and --text.
      """)
  var target: String?
  @Option(help: "The shadow's run.") var shadow: String
  @Option(help: "The folder that questions are written to, new or empty.") var out: String?
  @Option(help: "Where the target's data are now, if they moved.") var targetData: String?
  @Option(help: "Where the shadow's data are now, if they moved.") var shadowData: String?
  @Option(help: "What results call the target; \"recorded answers\" by default.") var name: String?
  @Option(
    help: """
      A JSON file with what is known of the target's pre-training: any of algorithm, epochs, members, augmentation, \
      captionsPerImage, temperature.
      """)
  var facts: String?
  @Option(help: "Height and width of the target's pictures; by default those of the data.") var imageSize:
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
    let useless = [
      ("--name", name != nil), ("--facts", facts != nil), ("--image-size", imageSize != nil),
      ("--text", text),
    ].filter(\.1)
    if target != nil, let option = useless.first {
      throw ValidationError("\(option.0) is for a target that is no run of ours; leave it or --target out")
    }
    if target == nil && targetData != nil {
      throw ValidationError("--target-data is for --target; without it give --shadow-data")
    }
  }

  func run() throws {
    machine.apply()
    var configuration = try options.configuration()
    let levels = try Attack.levels(knowledge)
    if let levels, levels.count == 1 { configuration.knowledge = levels[0] }
    if options.printConfig {
      return print(String(decoding: try Configuration.encode(configuration), as: UTF8.self), terminator: "")
    }
    let folder = URL(filePath: out ?? "")
    try ResultsFolder.requireFree(folder)
    let own = try target.map { try openRun($0, data: targetData, movedBy: "--target-data") }
    let shadow = try openRun(shadow, data: shadowData, besides: own, movedBy: "--shadow-data")
    let profile =
      try own.map { EncoderProfile(of: try $0.audited()) }
      ?? EncoderProfile(
        name: name ?? "recorded answers",
        facts: try facts.map { try Configuration.read(EncoderFacts.self, from: URL(filePath: $0)) }
          ?? EncoderFacts(),
        modalities: text ? [.image, .text] : [.image], imageSize: imageSize ?? shadow.images.height)
    let recorded = RecordedTarget(profile, groupsOf: own ?? shadow, in: folder)
    let job = AttackJob(
      AuditedRuns(target: recorded, shadow: shadow),
      references: try references.map { try openRun($0, besides: shadow) }, configuration: configuration)
    let manifest = try Narrator.during("questions") { narrator in
      try opening("--downstream") {
        try job.writeQuestions(for: recorded, levels: levels, report: narrator.tell)
      }
    }
    print("\(manifest.pictures.count) rows of pictures and \(manifest.captions.count) of captions")
    print("the questions are in \(folder.path)")
    print("answers go beside them: \(RecordedAnswers.fileName), or files such as")
    for name in manifest.arrayNames { print("  \(name)") }
  }
}
