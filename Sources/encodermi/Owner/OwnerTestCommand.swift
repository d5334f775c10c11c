import ArgumentParser
import Attack
import Data
import Encoders
import Experiments
import Files
import Foundation
import Report

/// `encodermi owner test`.
struct OwnerTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Ask an encoder about both halves of a draw: one answer for the whole set.",
    discussion: """
      Refuses a draw whose list, seed or halves were changed, and works of which a byte was. Asking shows the secret \
      half to whoever runs the encoder, so a draw serves once for each suspect.

      Without a draw, works can be set against nonmembers that you believe to be like them, which says less:

      encodermi owner test my-works --without-draw --nonmembers others \\
        --target runs/target
      """)

  @Argument(help: "The folder of `encodermi owner prepare`; with --without-draw the works themselves.")
  var folder: String
  @Option(
    help:
      "The encoder: a run, a folder with a checkpoint, or answers:FOLDER, with answers to `owner questions`.")
  var target: String
  @Option(help: "The commitment as it was dated; by default that in the folder.") var commitment: String?
  @Option(help: "Where the works are now, if they moved.") var data: String?
  @Option(help: "A run of yours, whose scores tell what share of the works was used.") var shadow: String?
  @Option(help: "Where the shadow's data are now, if they moved.") var shadowData: String?
  @Option(help: "A file that all results are written to, as JSON.") var out: String?
  @Flag(help: "Nothing was drawn: compare with --nonmembers.") var withoutDraw = false
  @Option(help: "Images, a path or FORMAT:PATH, that the encoder was certainly not trained on.")
  var nonmembers: String?
  @OptionGroup var settings: OwnerSettingOptions
  @OptionGroup var unitOptions: OwnerUnitOptions
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    if withoutDraw {
      if nonmembers == nil { throw ValidationError("--without-draw compares with --nonmembers; give some") }
      if let option = [("--commitment", commitment != nil), ("--data", data != nil)].first(where: \.1)?.0 {
        throw ValidationError("\(option) is of a draw; leave it or --without-draw out")
      }
    } else {
      if nonmembers != nil {
        throw ValidationError("--nonmembers go with --without-draw; a draw has its secret half")
      }
      if let option = (settings.given + unitOptions.given + dataOptions.given).first {
        throw ValidationError("\(option) was named when the halves were drawn; leave it out")
      }
    }
    if shadow == nil && shadowData != nil {
      throw ValidationError("--shadow-data is for --shadow; leave it out")
    }
    if let out, Paths.exists(out) { throw ValidationError("--out \(out) is there already; choose another") }
  }

  func run() throws {
    machine.apply()
    let results = withoutDraw ? try compared() : try tested()
    print(results.text, terminator: "")
    if let out {
      let file = URL(filePath: out)
      try makeFolder(file.deletingLastPathComponent())
      try results.write(to: file)
      print("\nthe results are in \(out)")
    }
  }

  private func tested() throws -> OwnerResults {
    let opened = try OwnerFolder.open(URL(filePath: folder), dated: commitment)
    let settings = opened.draw.settings
    let (encoder, size) = try openSuspect(target, captions: settings.usesCaptions)
    let (images, places) = try opening("--data") { try opened.works(imageSize: size, data: data) }
    let identity = encoder.identity
    let others = try opened.note(
      OwnerFolder.Asked(encoder: identity.name, fingerprint: identity.fingerprint))
    let warnings =
      others.isEmpty
      ? []
      : [
        "the secret half was shown before to \(others.count) other encoders ("
          + others.map { "\($0.encoder), \($0.fingerprint.prefix(12))" }.joined(separator: "; ")
          + "); if this one is of the same people, it may have seen both halves, and nothing is told by a large p"
      ]
    let shadow = try shadowScores(settings)
    return try asking(encoder) { encoder, report in
      try OwnerTest(settings, versions: Versions.all).run(
        opened.draw, commitment: opened.commitment, on: images, at: places, by: encoder, shadow: shadow,
        warnings: warnings, report: report)
    }
  }

  private func compared() throws -> OwnerResults {
    let (settings, preparation) = (try self.settings.settings(), try unitOptions.preparation())
    let (encoder, size) = try openSuspect(target, captions: settings.usesCaptions)
    func side(_ location: String, _ option: String) throws -> OwnerTest.Side {
      let data = try openWorks(
        location, named: option, captions: settings.usesCaptions, imageSize: size, dataOptions)
      let units = try opening("--units") { try preparation.unitNumbers(data) }
      return OwnerTest.Side(try data.images(), works: Array(0..<data.count), units: units)
    }
    let (works, others) = (try side(folder, "WORKS"), try side(nonmembers ?? "", "--nonmembers"))
    let shadow = try shadowScores(settings)
    return try asking(encoder) { encoder, report in
      try OwnerTest(settings, versions: Versions.all).runWithoutDraw(
        works: works, nonmembers: others, by: encoder, shadow: shadow, report: report)
    }
  }

  private func shadowScores(_ settings: OwnerSettings) throws -> OwnerTest.ShadowScores? {
    guard let shadow else { return nil }
    let run = try openRun(shadow, data: shadowData)
    let progress = Progress("shadow")
    defer { progress.finish() }
    return try run.ownerScores(settings) { progress.tell($0) }
  }

  /// Asks an encoder; what recorded answers lack is written down as further questions.
  private func asking(
    _ encoder: any AuditedEncoder,
    _ ask: (any AuditedEncoder, (AuditEvent) -> Void) throws -> OwnerResults
  ) throws -> OwnerResults {
    let progress = Progress("owner test")
    defer { progress.finish() }
    do {
      return try ask(encoder, progress.tell)
    } catch let error as RecordedError {
      guard case .unanswered = error, let recorded = encoder as? RecordedAnswers else { throw error }
      throw try recorded.furtherQuestions { _ = try ask($0, progress.tell) } ?? error
    }
  }
}

extension Progress {
  /// Tells how far an encoder is with the works.
  func tell(_ event: AuditEvent) {
    if case .costly = event {
      finish()
      Narrator.tellCost(event)
    }
    guard case .asked(_, _, _, let done, let count) = event, count > 0 else { return }
    note("\(done) of \(count) works", isPassing: done < count)
  }
}

/// An encoder under suspicion, and the size that works are brought to first.
/// - Parameter captions: whether captions are asked about; of an encoder without them only images are.
func openSuspect(_ target: String, captions: Bool) throws -> (any AuditedEncoder, imageSize: Int) {
  let place = EncoderPlace(target)
  if let answers = place.answers {
    let recorded = try RecordedAnswers(answers)
    return (recorded, recorded.imageSize)
  }
  do {
    return try place.open(captions: captions)
  } catch RunError.noCaptions {
    return try place.open(captions: false)
  }
}

/// `encodermi owner questions`.
struct OwnerQuestions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "questions",
    abstract: "Write down what a test would ask, for an encoder that runs elsewhere.",
    discussion: """
      Writes pictures/ and manifest.json to --out, from which nobody can tell the halves. Have the encoder embed every row \
      of the manifest in its order, lay the answers beside it, and test with --target answers:FOLDER. \
      docs/recorded-answers.md has scripts that do it in Python.
      """)

  @Argument(help: "The folder of `encodermi owner prepare`.") var folder: String
  @Option(help: "The folder that questions are written to, new or empty.") var out: String
  @Option(help: "Height and width of the pictures that the encoder takes.") var imageSize: Int
  @Option(help: "What results call the encoder; \"recorded answers\" by default.") var name: String?
  @Option(
    help: """
      A JSON file with what is known of its pre-training: any of algorithm, epochs, members, augmentation, \
      captionsPerImage, temperature.
      """)
  var facts: String?
  @Option(help: "The commitment as it was dated; by default that in the folder.") var commitment: String?
  @Option(help: "Where the works are now, if they moved.") var data: String?
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard (1...4096).contains(imageSize) else {
      throw ValidationError("--image-size \(imageSize) is outside 1...4096")
    }
  }

  func run() throws {
    machine.apply()
    let place = URL(filePath: out)
    try ResultsFolder.requireFree(place)
    let opened = try OwnerFolder.open(URL(filePath: folder), dated: commitment)
    let settings = opened.draw.settings
    let (images, places) = try opening("--data") { try opened.works(imageSize: imageSize, data: data) }
    let sets = settings.statistics
    let profile = EncoderProfile(
      name: name ?? "recorded answers",
      facts: try facts.map { try Configuration.read(EncoderFacts.self, from: URL(filePath: $0)) }
        ?? EncoderFacts(),
      modalities: (sets.contains(where: \.usesImage) ? [.image] : [])
        + (settings.usesCaptions ? [.text] : []),
      imageSize: imageSize)
    try profile.validate()
    let progress = Progress("owner questions")
    defer { progress.finish() }
    var manifest: QuestionManifest?
    try replaceFolder(place) { temporary in
      let recorder = try QuestionRecorder(for: profile, in: temporary)
      _ = try OwnerScores(of: places, in: images, settings, by: recorder) { progress.tell($0) }
      manifest = try recorder.finish()
    }
    guard let manifest else { return }
    print("\(manifest.pictures.count) rows of pictures and \(manifest.captions.count) of captions")
    print("the questions are in \(place.path)")
    print("answers go beside them: \(RecordedAnswers.fileName), or files such as")
    for name in manifest.arrayNames { print("  \(name)") }
  }
}
