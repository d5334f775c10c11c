import ArgumentParser
import Data
import Experiments
import Files
import Foundation
import Kernels
import Report

/// `encodermi experiment run`.
struct RunExperiments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Train what is missing, audit, and write tables.",
    discussion: """
      Writes a folder for each experiment to --out: plan.json (all settings), a folder for each trial as `encodermi \
      attack` writes it, and at the end experiment.json, experiment.txt and experiment.md. Cells whose data are not at \
      hand are left out, with a line on how to get them.
      """)

  @Argument(help: "Names of experiments, or all.") var names: [String]
  @Option(help: "quick (the default), desktop or paper.") var scale: String = "quick"
  @Option(help: "Where results are written.") var out: String
  @Option(help: "The store of encoders, which all experiments share; the folder store in --out by default.")
  var store: String?
  @Option(
    help:
      "The data set of the main cells: \(ExperimentData.mains.joined(separator: ", ")); by the scale if left out."
  )
  var on: String?
  @OptionGroup var data: ExperimentData
  @Option(help: "Trials of every cell, from 1 to 1000; by scale and experiment if left out.")
  var trials: Int?
  @Option(
    help:
      "Only every n-th encoder and trial from the i-th on, as 1/2; `experiment merge` puts parts together.")
  var part: String?
  @Option(help: "How many encoders are trained at the same time, each in a process of its own.")
  var jobs: Int = 1
  @Flag(help: "Go on with the experiments in --out, given the same options.") var resume = false
  @Flag(help: "Only train what is missing in the store, and is not trained by another process now.")
  var encodersOnly = false
  @Flag(help: "Only print the plan.") var planOnly = false
  /// One of several processes that train encoders for another.
  @Flag(help: .hidden) var isWorker = false
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    if names.isEmpty {
      throw ValidationError("name an experiment, or all; `encodermi experiment list` lists them")
    }
    guard (1...1000).contains(jobs) else { throw ValidationError("--jobs \(jobs) is outside 1...1000") }
    if let trials, !(1...1000).contains(trials) {
      throw ValidationError("--trials \(trials) is outside 1...1000")
    }
    for (option, path) in [("--out", out)] + (store.map { [("--store", $0)] } ?? [])
    where Paths.exists(path) && !Paths.isFolder(path) {
      throw ValidationError("\(option) \(path): it is no folder")
    }
    if let part, WorkPart(part) == nil {
      throw ValidationError("--part takes a number and how many parts there are, as 1/2; found '\(part)'")
    }
    if let on, !ExperimentData.mains.contains(on) {
      throw ValidationError(
        "--on \(on): no such data set; choose one of \(ExperimentData.mains.joined(separator: ", "))")
    }
  }

  func run() throws {
    machine.apply()
    let studies = try ExperimentNames.studies(names)
    var scale = try ExperimentNames.scale(scale)
    scale.trials = trials
    let folder = URL(filePath: out)
    let store = EncoderStore(self.store.map { URL(filePath: $0) } ?? folder.appending(path: "store"))
    let material = try StudyMaterial(
      scale, on: on.flatMap { name in StudyDataset.all.first { $0.name == name } }, in: data.folders
    ) { try openData($0.location, $0.options, named: "--data-root") }
    let plan = try StudyPlan(studies, of: material, in: store)
    let progress = Progress("plan")
    let planned = try StudyJob(
      plan, in: folder, part: part.flatMap(WorkPart.init),
      measuring: isWorker ? nil : { progress.note("measuring \($0)") })
    progress.finish()
    print(planned.summary)
    for record in plan.records + plan.withoutCells { warnOfSkipped(record) }
    if plan.records.isEmpty { throw StudyError.nothingLeft }
    if planOnly { return }
    let start = ContinuousClock.now
    let narrator = StudyNarrator()
    var failure: (any Error)?
    let report = { (event: StudyEvent) in
      narrator.tell(event)
      guard case .finished(let results) = event else { return }
      do { try ExperimentOutput.write(results, to: folder) } catch { failure = error }
    }
    let results: [StudyResults]? = try Interruption.whileRequestable {
      defer { narrator.finish() }
      if encodersOnly {
        return try planned.trainEncoders(shouldStop: { Interruption.wasAsked }, report: report)
          ? [] : nil
      }
      try planned.begin(isResuming: resume)
      if jobs > 1 { try EncoderWorkers(jobs, threads: machine.threads).run() }
      return try planned.run(shouldStop: { Interruption.wasAsked }, report: report)
    }
    guard let results else {
      print("interrupted; go on with the same command and --resume")
      throw ExitCode(130)
    }
    if let failure { throw failure }
    let took = (ContinuousClock.now - start) / .seconds(1)
    if part != nil, results.count < plan.records.count {
      print("this part is done; put parts together with `encodermi experiment merge`")
    }
    say(
      "ran in \(Progress.time(took)), planned \(Progress.time(planned.estimate.total)); "
        + (encodersOnly ? "encoders are in \(store.folder.path)" : "everything is in \(folder.path)"))
  }
}

/// Says which cells of an experiment are left out, those with one reason together.
private func warnOfSkipped(_ record: StudyRecord) {
  var reasons: [String] = []
  for skipped in record.skipped where !reasons.contains(skipped.reason) { reasons.append(skipped.reason) }
  for reason in reasons {
    let cells = record.skipped.filter { $0.reason == reason }.map(\.cell)
    let names = cells.count == 1 ? cells[0] : "\(cells.count) cells (\(cells.joined(separator: "; ")))"
    warn("\(record.experiment), \(names): \(reason)")
  }
}

/// Where data sets are.
struct ExperimentData: ParsableArguments {
  @Option(
    help:
      "A folder with folders of data sets by their official names, cifar-10-batches-bin, stl10_binary, tiny-imagenet-200 or flickr8k, or with the project's data."
  )
  var dataRoot: String?
  @Option(help: "CIFAR-10's folder, in its binary format.") var cifar10: String?
  @Option(help: "STL-10's folder, in its binary format.") var stl10: String?
  @Option(help: "Tiny-ImageNet's folder.") var tinyImagenet: String?
  @Option(help: "Flickr8k's folder.") var flickr8k: String?

  /// Data sets that main cells can be on.
  static let mains = StudyDataset.all.filter { !$0.hasCaptions }.map(\.name)

  private var given: [String: String] {
    ["cifar10": cifar10, "stl10": stl10, "tiny-imagenet": tinyImagenet, "flickr8k": flickr8k].compactMapValues
    { $0 }
  }

  var folders: StudyFolders { StudyFolders(given, root: dataRoot) }

  func validate() throws {
    for (name, folder) in given.map({ ("--\($0)", $1) }) + (dataRoot.map { [("--data-root", $0)] } ?? [])
    where !Paths.isFolder(folder) { throw ValidationError("\(name) \(folder): there is no such folder") }
  }
}

/// Words on standard error what a plan's making reports.
final class StudyNarrator {
  private var narrator = Narrator()

  func tell(_ event: StudyEvent) {
    switch event {
    case .began(let name, let done, let left):
      let share = "\(Int(100 * done))%, about \(Progress.time(left)) left"
      narrator = Narrator("\(share); \(name)")
      narrator.begin()
    case .ended, .finished: finish()
    case .step(let event): narrator.tell(event)
    case .waiting(let count):
      narrator.tell(.doing("waiting for other processes, which train what \(count) trials need"))
    }
  }

  func finish() { narrator.finish() }
}

/// Processes that train encoders side by side: this program with the same options, of which each takes what no other
/// trains.
struct EncoderWorkers {
  private let count: Int
  private let threads: Int

  init(_ count: Int, threads: Int?) {
    self.count = count
    self.threads = max(1, (threads ?? Threads.count) / count)
  }

  /// Runs them until nothing is left to begin.
  /// - Throws: ``WorkersError`` if one fails, or the exit code of an interruption.
  func run() throws {
    let own = ["--jobs", "--threads"]
    var (arguments, isValue): ([String], Bool) = ([], false)
    for argument in CommandLine.arguments.dropFirst() {
      if isValue {
        isValue = false
      } else if own.contains(argument) {
        isValue = true
      } else if argument != "--resume" && !own.contains(where: { argument.hasPrefix($0 + "=") }) {
        arguments.append(argument)
      }
    }
    let workers = try (0..<count).map { _ in
      let process = Process()
      process.executableURL = Bundle.main.executableURL
      process.arguments = arguments + ["--encoders-only", "--is-worker", "--threads", "\(threads)"]
      process.standardOutput = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      return process
    }
    var wasTold = false
    while workers.contains(where: \.isRunning) {
      usleep(50_000)
      guard Interruption.wasAsked, !wasTold else { continue }
      wasTold = true
      for worker in workers where worker.isRunning && getpgid(worker.processIdentifier) != getpgrp() {
        worker.interrupt()
      }
    }
    if Interruption.wasAsked { return }
    if let failed = workers.first(where: { $0.terminationStatus != 0 }) {
      throw WorkersError(code: failed.terminationStatus)
    }
  }
}

/// A process that trained encoders and failed; what happened it said itself.
struct WorkersError: ExplainedError {
  let code: Int32
  var description: String {
    "a process that trained encoders failed (exit code \(code)); mend what it said above and go on by --resume"
  }
}
