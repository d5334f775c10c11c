import Data
import ArgumentParser
import Attack
import Contrastive
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
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    try GroupSize.check(members)
    if resume && out == nil { throw ValidationError("--resume needs the --out of the demo that is to go on") }
  }

  func run() throws {
    machine.apply()
    let start = ContinuousClock.now
    let folder = out.map { URL(filePath: $0) } ?? Demo.freshFolder()
    let runs = Side.allCases.map { RunFolder(folder.appending(path: $0.rawValue)) }
    for run in runs { try PretrainingJob.check(run, isResuming: resume && isThere(run)) }
    let results = folder.appending(path: "attack")
    let isAttacked =
      resume && FileManager.default.fileExists(atPath: results.appending(path: AttackResults.fileName).path)
    if !isAttacked { try AttackJob.requireFree(results) }
    let options = DataOptions.images(DatasetOptions())
    let dataset = try RunData.open(data, options)
    let split = try Split(count: dataset.count, sizes: SplitSizes(each: members), seed: seed)
    for (side, run) in zip(Side.allCases, runs) {
      var configuration = PretrainingConfiguration.simclrQuick
      configuration.epochs = epochs
      // Two encoders of different fate also start from different weights.
      configuration.seed = seed &+ (side == .target ? 0 : 1)
      let job = PretrainingJob(
        data: dataset,
        description: RunDescription(
          data: data, options: options, side: side, imageSize: dataset.images.height),
        split: split, configuration: configuration, folder: run)
      print(
        "pre-training the \(side.rawValue) encoder (\(configuration.encoder.name), SimCLR) on \(members) of "
          + "\(dataset.count) pictures")
      if case .interrupted = try job.run(
        isResuming: resume && isThere(run), progress: Progress(side.rawValue))
      {
        print("interrupted; go on with the same command and --out \(folder.path) --resume")
        throw ExitCode(130)
      }
    }
    let job = AttackJob(
      target: try Run.open(runs[0].url.path), shadow: try Run.open(runs[1].url.path),
      configuration: ImageAttackConfiguration(seed: seed), folder: results)
    let found = try isAttacked ? AttackResults.read(from: results) : job.run(progress: Progress("attack"))
    print("\n" + found.text)
    try compare(in: folder)
    print(
      "\nran in \(Progress.time((ContinuousClock.now - start) / .seconds(1))); everything is in \(folder.path)"
    )
  }

  /// The short form of `encodermi compare`, where the data have captions.
  private func compare(in folder: URL) throws {
    guard PairFormat.recognising(data) != nil else { return }
    var settings = ComparisonSettings.openclipart
    settings.data = RunData.absolute(data)
    // A kNN accuracy stands beside the first attack; here it would cost time and say little, with one seed.
    settings.labelled = nil
    (settings.members, settings.epochs, settings.seeds) = (min(members, 100), min(epochs, 100), [seed])
    settings.batch = min(settings.batch, settings.members)
    let job = ComparisonJob(settings: settings, folder: folder.appending(path: "compare"))
    let begun = FileManager.default.fileExists(
      atPath: job.folder.appending(path: ComparisonSettings.fileName).path)
    print("\nand with captions: the same images under MoCo, SimCLR and CLIP")
    guard let comparison = try job.run(isResuming: resume && begun) else {
      print("interrupted; go on with the same command and --out \(folder.path) --resume")
      throw ExitCode(130)
    }
    print("\n" + comparison.text)
  }

  private func isThere(_ run: RunFolder) -> Bool {
    FileManager.default.fileExists(atPath: run.configuration.path)
  }

  private static func freshFolder() -> URL {
    let base = URL(filePath: "runs")
    var number = 1
    while FileManager.default.fileExists(atPath: base.appending(path: "demo-\(number)").path) { number += 1 }
    return base.appending(path: "demo-\(number)")
  }
}
