import Data
import ArgumentParser
import Attack
import Contrastive
import Experiments
import Foundation
import Report

/// `encodermi demo`.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pre-train a target and a shadow encoder on the sample data and attack, in a few minutes.",
    discussion:
      "Data with captions are then used once more, to compare what MoCo, SimCLR and CLIP leak, with one seed."
  )

  @Option(help: "Images: a folder, or FORMAT:FOLDER.") var data: String = "data/openclipart"
  @Option(help: "Where the runs are written; a new folder in runs by default.") var out: String?
  @Option(help: "Images in each of the four groups.") var members: Int = 250
  @Option(help: "Passes over the members.") var epochs: Int = 600
  @Option(help: "Seed of everything.") var seed: UInt64 = 0
  @Flag(help: "Go on with the demo in --out, given the same options.") var resume = false
  @OptionGroup var tables: TableOptions
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    try GroupSize.check(members)
    if resume && out == nil { throw ValidationError("--resume needs the --out of the demo that is to go on") }
  }

  func run() throws {
    machine.apply()
    let start = ContinuousClock.now
    let folder = out.map { URL(filePath: $0) } ?? Demo.freshFolder()
    try Demo.check(folder, isResuming: resume)
    let audit = AttackAudit(AttackConfiguration(seed: seed))
    try audit.requireRoomForTrial(in: folder, isResuming: resume)
    let images = try openData(data, DataOptions())
    let split = try Split(count: images.count, sizes: SplitSizes(each: members), seed: seed)
    var configuration = PretrainingConfiguration.simclrQuick
    (configuration.epochs, configuration.seed) = (epochs, seed)
    let target = EncoderSpecification(configuration)
    // Two encoders of different fate also start from different weights.
    configuration.seed = seed &+ 1
    let trial = Trial(
      split: split, target: target, shadow: EncoderSpecification(configuration), audit: audit)
    let narrator = Narrator()
    let found = try Experiment([trial], on: images, in: folder).run(
      isResuming: resume, shouldStop: { Interruption.wasAsked }
    ) { event in
      if case .began(_, .pretraining(let role)) = event {
        say(
          "pre-training the \(role.rawValue) encoder (\(configuration.encoder.name), SimCLR) on \(members) of "
            + "\(images.count) pictures")
      }
      narrator.tell(event)
    }
    guard let results = found?.first else { throw interrupted(in: folder) }
    print("\n" + (tables.wide ? results.wideText : results.text))
    try compare(in: folder)
    say(
      "\nran in \(Progress.time((ContinuousClock.now - start) / .seconds(1))); everything is in \(folder.path)"
    )
  }

  /// The short form of `encodermi compare`, where the data have captions.
  private func compare(in folder: URL) throws {
    guard DataFormat.recognising(data, captions: true)?.hasCaptions == true else { return }
    var settings = ComparisonSettings.openclipart
    settings.data = DataFormat.absolute(data)
    // A kNN accuracy stands beside the first attack; here it would cost time and say little, with one seed.
    settings.labelled = nil
    (settings.members, settings.epochs, settings.seeds) = (min(members, 100), min(epochs, 100), [seed])
    settings.batch = min(settings.batch, settings.members)
    let place = folder.appending(path: "compare")
    print("\nand with captions: the same images under MoCo, SimCLR and CLIP")
    guard
      let comparison = try Compare.run(
        settings, in: place, isResuming: resume && ComparisonJob.hasBegun(in: place))
    else { throw interrupted(in: folder) }
    print("\n" + (tables.wide ? comparison.wideText : comparison.text))
  }

  /// A demo goes on in its own folder, and begins in none that holds something.
  private static func check(_ folder: URL, isResuming: Bool) throws {
    guard isResuming else { return try ResultsFolder.requireFree(folder) }
    if let kind = [FolderKind.run, .attack, .unfinishedAttack].first(where: { $0 == FolderKind(folder.path) })
    {
      throw InferError.misplaced(
        "--out \(folder.path)", kind, wanted: "the folder of the demo that is to go on")
    }
  }

  private func interrupted(in folder: URL) -> ExitCode {
    print("interrupted; go on with the same command and --out \(folder.path) --resume")
    return ExitCode(130)
  }

  private static func freshFolder() -> URL {
    let base = URL(filePath: "runs")
    var number = 1
    while FileManager.default.fileExists(atPath: base.appending(path: "demo-\(number)").path) { number += 1 }
    return base.appending(path: "demo-\(number)")
  }
}
