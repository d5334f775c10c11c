import ArgumentParser
import Experiments
import Files
import Foundation
import Report

/// `encodermi experiment`.
struct ExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Rerun the paper's evaluation: each table and figure is an experiment.",
    discussion: """
      All experiments share one store of encoders, in which each is trained once. A run prints its plan before it \
      computes anything, and killed anywhere it goes on by --resume.

      encodermi experiment run background-knowledge --out runs/experiments

      Scales:
      \(StudyScale.all.map { "  \($0.name.padding(toLength: 9, withPad: " ", startingAt: 0))\($0.summary)" }
        .joined(separator: "\n"))
      """,
    subcommands: [ListExperiments.self, ShowExperiment.self, RunExperiments.self, MergeExperiments.self])
}

/// `encodermi experiment list`.
struct ListExperiments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Name all experiments.")

  func run() {
    for study in Study.all {
      say("\(study.name.padding(toLength: 21, withPad: " ", startingAt: 0))\(study.title)")
    }
  }
}

/// `encodermi experiment show`.
struct ShowExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Say what an experiment is: its cells, and what they differ in.")

  @Argument(help: "The experiment's name.") var name: String
  @Option(help: "quick, desktop or paper.") var scale: String = "quick"

  func run() throws {
    let (study, scale) = (try ExperimentNames.study(name), try ExperimentNames.scale(scale))
    print("\(study.title)\n\(study.source)\n")
    let cells = study.cells(scale)
    print("cells (\(cells.first?.labels.map(\.axis).joined(separator: ", ") ?? "")):")
    for cell in cells { print("  \(cell.name)") }
    print("\nseeds: \(study.seeds(scale).map(String.init).joined(separator: ", "))")
    if !study.differsIn.isEmpty {
      print("cells differ in: \(study.differsIn.joined(separator: ", "))")
    }
    if let cell = cells.first {
      print("\nall that determines the first cell:")
      print(String(decoding: try Configuration.encode(cell), as: UTF8.self), terminator: "")
    }
  }
}

/// Experiments and scales by the names that the command line takes.
enum ExperimentNames {
  static func study(_ name: String) throws -> Study {
    guard let study = Study.named(name) else {
      throw ValidationError(
        "there is no experiment '\(name)'; choose among \(Study.all.map(\.name).joined(separator: ", "))")
    }
    return study
  }

  /// Those named, each once; `all` stands for every one.
  static func studies(_ names: [String]) throws -> [Study] {
    var studies: [Study] = []
    for study in try names.contains("all") ? Study.all : names.map(study)
    where !studies.contains(where: { $0.name == study.name }) { studies.append(study) }
    return studies
  }

  static func scale(_ name: String) throws -> StudyScale {
    guard let scale = StudyScale.all.first(where: { $0.name == name }) else {
      throw ValidationError(
        "there is no scale '\(name)'; choose one of \(StudyScale.all.map(\.name).joined(separator: ", "))")
    }
    return scale
  }
}

/// `encodermi experiment merge`.
struct MergeExperiments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put together what parts of experiments have written, by `run --part`.")

  @Argument(help: "The folders that the parts' --out named; one, if they shared it.") var parts: [String]
  @Option(help: "Where everything goes; may be one of the parts' folders.") var out: String

  func validate() throws {
    if parts.isEmpty { throw ValidationError("give the folders of the parts") }
  }

  func run() throws {
    let results = try StudyResults.merge(parts.map { URL(filePath: $0) }, into: URL(filePath: out))
    for result in results { try ExperimentOutput.write(result, to: URL(filePath: out)) }
    print("\(results.count) experiments are in \(out)")
  }
}

/// Prints the results of experiments, and writes their tables beside them.
enum ExperimentOutput {
  static func write(_ results: StudyResults, to folder: URL) throws {
    let place = folder.appending(path: results.experiment)
    try atomicWrite(Data((results.text + "\n").utf8), to: place.appending(path: "experiment.txt"))
    try atomicWrite(Data(results.markdown.utf8), to: place.appending(path: "experiment.md"))
    for chart in results.charts {
      try atomicWrite(Data(chart.file.utf8), to: place.appending(path: "\(chart.name).svg"))
    }
    print("\(results.experiment): \(results.text)\n")
  }
}
