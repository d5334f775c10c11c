import ArgumentParser
import Attack
import Data
import Experiments
import Files
import Foundation
import Report

/// `encodermi owner power`.
struct OwnerPower: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "Tell how many works and questions a test needs, before anybody is asked.",
    discussion: """
      Simulates tests with the scores that a shadow's members and nonmembers have: of a run of yours, which is asked, or of \
      the shadow's rows in scores.csv of an attack. Each work is a unit of its own; an encoder that was trained less, or on \
      more images, than the shadow shows less.
      """)

  @Argument(help: "A run, a folder of results of `encodermi attack`, or a file like its scores.csv.")
  var shadow: String
  @Option(
    parsing: .upToNextOption, help: "Percent of the published works that are used; 100 50 10 by default.")
  var shares: [Double] = [100, 50, 10]
  @Option(parsing: .upToNextOption, help: "Of a run: numbers of views to compare; 2 5 10 by default.")
  var views: [Int] = []
  @Option(help: "Of a run: what works are scored by, as of `owner prepare`; imageImage by default.")
  var statistic: FeatureSet?
  @Option(help: "Of scores.csv: the attack whose scores are taken; EncoderMI-T by default.") var score:
    String?
  @Option(help: "The level of the test, 0.002 to 0.5; 0.01 by default.") var alpha: Double = 0.01
  @Option(help: "The probability of finding it, 0.5 to 0.999; 0.9 by default.") var power: Double = 0.9
  @Option(help: "Tests that are simulated for each size, at least 100; 1000 by default.") var simulations =
    1000
  @Option(help: "Seed of the simulation; 0 by default.") var seed: UInt64 = 0
  @Option(help: "Where the run's data are now, if they moved.") var data: String?
  @Option(help: "A file that the table is written to, as JSON.") var out: String?
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard shares.allSatisfy({ $0 > 0 && $0 <= 100 }), !shares.isEmpty else {
      throw ValidationError("--shares are percent, above 0 and at most 100")
    }
    guard views.allSatisfy({ (2...1000).contains($0) }) else {
      throw ValidationError("--views are outside 2...1000")
    }
    guard (0.002...0.5).contains(alpha) else {
      throw ValidationError("--alpha \(alpha) is outside 0.002...0.5")
    }
    guard (0.5...0.999).contains(power) else {
      throw ValidationError("--power \(power) is outside 0.5...0.999")
    }
    guard (100...1_000_000).contains(simulations) else {
      throw ValidationError("--simulations \(simulations) is outside 100...1000000")
    }
    let isRun = FolderKind(shadow) == .run
    let useless =
      isRun
      ? [("--score", score != nil)]
      : [("--views", !views.isEmpty), ("--statistic", statistic != nil), ("--data", data != nil)]
    if let option = useless.first(where: \.1)?.0 {
      throw ValidationError(
        "\(option) is for \(isRun ? "a file of scores" : "a run"), and \(shadow) is none; leave it out")
    }
  }

  func run() throws {
    machine.apply()
    let progress = Progress("owner power")
    let entries: [PowerTable.Entry]
    do {
      defer { progress.finish() }
      entries = FolderKind(shadow) == .run ? try ofRun(progress) : try ofScores(progress)
    }
    let table = PowerTable(entries)
    print("works in both halves together for p < \(alpha) with probability \(power):\n")
    print(table.text)
    if let out { try Configuration.write(table.entries, to: URL(filePath: out)) }
  }

  private func ofRun(_ progress: Progress) throws -> [PowerTable.Entry] {
    let (run, set) = (try openRun(shadow, data: data), statistic ?? .imageImage)
    // A pair's cosine is of one picture and one caption, however many views there are.
    let numbers: [Int?] = set == .pair || set == .textText ? [nil] : (views.isEmpty ? [2, 5, 10] : views)
    return try numbers.flatMap { number -> [PowerTable.Entry] in
      var settings = OwnerSettings(statistics: [set])
      if let number { settings.views = number }
      try settings.validate()
      guard let scores = try run.ownerScores(settings, report: progress.tell)[set] else { return [] }
      let each =
        switch set {
        case .imageImage: settings.views
        case .textText: settings.variants
        case .imageText: settings.views + settings.variants
        case .pair: 2
        }
      return try entries(scores, views: number, questions: each, progress)
    }
  }

  private func ofScores(_ progress: Progress) throws -> [PowerTable.Entry] {
    let file =
      Paths.isFolder(shadow) ? URL(filePath: shadow).appending(path: ScoresFile.name) : URL(filePath: shadow)
    let recorded = try RecordedScores(file, of: .shadow)
    let name = score ?? "EncoderMI-T"
    guard let scores = recorded.scores(named: name) else {
      throw ValidationError(
        "\(file.path) has no scores of \(name) for the shadow's members and nonmembers; choose a --score among "
          + (recorded.names.isEmpty ? "none" : recorded.names.joined(separator: ", ")))
    }
    return try entries(scores, views: nil, questions: nil, progress)
  }

  private func entries(
    _ scores: MembershipGroups<[Double]>, views: Int?, questions: Int?, _ progress: Progress
  ) throws -> [PowerTable.Entry] {
    let simulation = try PowerSimulation(scores, alpha: alpha, simulations: simulations, seed: seed)
    return shares.map { percent in
      progress.note("\(percent)% used\(views.map { ", \($0) views" } ?? "")", isPassing: true)
      let works = simulation.needed(share: percent / 100, power: power)
      return PowerTable.Entry(
        views: views, share: percent / 100, works: works,
        questions: works.flatMap { works in questions.map { works * $0 } })
    }
  }
}
