import ArgumentParser
import Foundation
import Kernels

/// Measures how fast the parts of the job run on this machine.
struct Bench: ParsableCommand, RunsInSeveralProcesses {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast this machine trains encoders, makes views and runs attacks.",
    discussion: """
      Prints one line of JSON for each figure: name, value and unit, threads, repetitions, spread (interquartile \
      range over median), peakMemoryBytes, processor, and the shares of the processors' time that another machine (steal) \
      and other programs (others) took. A value is the median of its repetitions; those that others took time from are \
      made again (repeated), for as long as --seconds once more. Each figure is measured in a process of its own, so that \
      its peak of memory is its own.

      Figures: \(BenchFigure.all.map(\.name).joined(separator: ", ")).
      """)

  @Option(help: "Measure only figures whose name contains this text.")
  var only: String?

  @Option(help: "Seconds to spend on each figure; at least three repetitions are made.")
  var seconds = 2.0

  @Option(help: "Number of threads; default: all processors. views/1 and views/2 name their own.")
  var threads: Int?

  @Flag(help: "Add where the time of each step and forward pass goes, by operation.")
  var profile = false

  @Option(
    help: """
      One algorithm for all 3x3 convolutions of stride 1 or 2, to compare them: direct, winograd or onednn-winograd (needs \
      AVX-512); default: by their shape.
      """)
  var convolution: ConvolutionAlgorithm?

  @Option(help: "What an earlier run printed, in a file: adds its value (earlier) and the ratio to it.")
  var against: String?

  @Option(help: "CLIP's vocabulary for the figures tokenize/clip, as `encodermi tokenize` takes it.")
  var tokenizer: String?

  @Option(help: "Captions for the figures tokenize, one a line; made-up ones by default.")
  var captions: String?

  @Option(help: "The column of --captions with the captions, by title or number, if it is a table with tabs.")
  var column: String?

  @Flag(
    help: """
      Under mpirun: steps of SimCLR that all processes share, with the time and bytes of their communication; the images \
      are the same for any number of processes up to 4.
      """)
  var mpi = false

  @Option(help: .hidden)
  var row: String?

  var isForSeveralProcesses: Bool { mpi }

  func validate() throws {
    guard seconds > 0, seconds.isFinite else {
      throw ValidationError("--seconds is \(seconds); give a number above 0")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); give a number from 1 to 1024")
    }
    if let convolution, !ConvolutionAlgorithm.comparable.contains(convolution) {
      throw ValidationError("--convolution \(convolution.rawValue): not one that can be chosen")
    }
    if let convolution, !convolution.isAvailable {
      throw ValidationError(
        "--convolution \(convolution.rawValue): this build or processor lacks it; it needs oneDNN 2 and AVX-512"
      )
    }
    if let row, !BenchFigure.all.contains(where: { $0.name == row }) {
      throw ValidationError("--row: no figure is called '\(row)'")
    }
    if mpi {
      let others = [
        ("--profile", profile), ("--tokenizer", tokenizer != nil), ("--captions", captions != nil),
        ("--column", column != nil),
      ]
      if let other = others.first(where: \.1) {
        throw ValidationError("\(other.0) is for other figures than those of --mpi; leave one out")
      }
      if steps.isEmpty {
        throw ValidationError(
          "--only: no figure's name contains '\(only ?? "")'; with --mpi there are "
            + SharedStep.all.map(\.name).joined(separator: ", "))
      }
      return
    }
    if figures.isEmpty {
      if let only, tokenizer == nil, BenchFigure.all.contains(where: { $0.name.contains(only) }) {
        throw ValidationError("--only '\(only)' needs --tokenizer FILE, CLIP's vocabulary")
      }
      let names = BenchFigure.all.map(\.name).joined(separator: ", ")
      throw ValidationError("--only: no figure's name contains '\(only ?? "")'; there are \(names)")
    }
  }

  /// The figures of several processes asked for.
  private var steps: [SharedStep] {
    SharedStep.all.filter { step in only.map { step.name.contains($0) } ?? true }
  }

  /// Measures what processes share, in this process: it is one of them.
  private func measureSteps() throws {
    let group = try Processes.join(threads: threads)
    ConvolutionAlgorithm.force(convolution)
    let earlier = try against.map(BenchMeasurement.read) ?? []
    for step in steps {
      print(try step.measure(group, seconds: seconds).compared(with: earlier).line())
    }
  }

  /// The figures asked for.
  var figures: [BenchFigure] {
    BenchFigure.all.filter { figure in
      (only.map { figure.name.contains($0) } ?? true) && (tokenizer != nil || !figure.needsTokenizer)
    }
  }

  func run() throws {
    if mpi { return try measureSteps() }
    if let row, let figure = BenchFigure.all.first(where: { $0.name == row }) {
      if let threads { Threads.set(threads) }
      ConvolutionAlgorithm.force(convolution)
      let texts = BenchCaptions(tokenizer: tokenizer, captions: captions, column: column)
      let measured = try figure.measure(BenchBudget(seconds: seconds, isProfiled: profile, captions: texts))
      print(try measured.compared(with: try against.map(BenchMeasurement.read) ?? []).line())
      return
    }
    if let against { try check(BenchMeasurement.read(from: against), of: against) }
    var failed: [String] = []
    for figure in figures where try !measureInOwnProcess(figure) { failed.append(figure.name) }
    if !failed.isEmpty { throw BenchError.failed(failed) }
  }

  /// A comparison needs a figure that both have, and says where it is with another processor.
  private func check(_ earlier: [BenchMeasurement], of file: String) throws {
    let wanted = Set(figures.map(\.name))
    guard earlier.contains(where: { wanted.contains($0.name) }) else {
      throw BenchError.nothingInCommon(file)
    }
    let others = Set(earlier.compactMap(\.processor)).subtracting([processorName()].compactMap { $0 })
    if !others.isEmpty {
      warn(
        "\(file) was measured on \(others.sorted().joined(separator: ", ")), another processor than this one")
    }
  }

  /// Runs this program again for one figure; it prints its line to the same output.
  private func measureInOwnProcess(_ figure: BenchFigure) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["bench"] + arguments(row: figure.name)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// The arguments that make another process measure one figure.
  func arguments(row: String) -> [String] {
    var list = ["--row", row, "--seconds", "\(seconds)"]
    let named = [
      ("--threads", threads.map { "\($0)" }), ("--convolution", convolution?.rawValue),
      ("--tokenizer", tokenizer), ("--captions", captions), ("--column", column), ("--against", against),
    ]
    for (name, value) in named {
      if let value { list += [name, value] }
    }
    return list + (profile ? ["--profile"] : [])
  }
}

extension ConvolutionAlgorithm: ExpressibleByArgument {
  /// Those that a user may compare: `dense` is for images of a few pixels alone.
  static let comparable: [ConvolutionAlgorithm] = [.direct, .winograd, .dnnlWinograd]

  /// What the help and messages list.
  public static var allValueStrings: [String] { comparable.map(\.rawValue) }
}

/// What can go wrong while measuring.
enum BenchError: Error, CustomStringConvertible {
  /// Processes that measured these figures ended with an error.
  case failed([String])
  /// An earlier run has none of the figures.
  case nothingInCommon(String)
  /// A figure of CLIP's tokenizer without its vocabulary.
  case needsTokenizer

  var description: String {
    switch self {
    case .failed(let names):
      "bench: no value for \(names.joined(separator: ", ")); their messages are above, and `--only NAME` repeats one"
    case .nothingInCommon(let file):
      "bench: \(file) has none of the figures that are to be measured; give what `encodermi bench` printed for them"
    case .needsTokenizer: "bench: give --tokenizer FILE, CLIP's vocabulary"
    }
  }
}
