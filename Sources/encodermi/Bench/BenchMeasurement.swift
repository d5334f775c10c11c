import Files
import Foundation
import Kernels

/// How much to measure.
struct BenchBudget {
  /// Seconds to go on repeating for.
  var seconds: Double
  /// Repetitions to make in any case.
  var minimumRepetitions = 3
  /// Whether to take apart where the time goes.
  var isProfiled = false
  /// What tokenizers are measured on.
  var captions = BenchCaptions()
}

/// A figure as measured: one line of the output.
struct BenchMeasurement: Codable, Equatable {
  /// One kind of operation in a profile.
  struct Operation: Codable, Equatable {
    var operation: String
    /// Calls in one repetition.
    var calls: Double
    /// Milliseconds in one repetition.
    var milliseconds: Double
    /// Of the whole, from 0 to 1.
    var share: Double
  }

  /// What the first of several processes exchanged with the others.
  struct Communication: Codable, Equatable {
    /// Milliseconds of a step, waiting for the others included.
    var milliseconds: Double
    /// Of the step, from 0 to 1.
    var share: Double
    /// Bytes that left the process in a step, as counted.
    var bytesSent: Int
    /// The same from the sizes of weights, running statistics and projections.
    var bytesComputed: Int
  }

  var name: String
  /// The median over the repetitions.
  var value: Double
  var unit: String
  var threads: Int
  var repetitions: Int
  /// Interquartile range over the median.
  var spread: Double
  /// Processes that shared the work.
  var processes: Int?
  var communication: Communication?
  /// The processor it was measured on, where that is known.
  var processor: String?
  /// The share of all processors' time that another machine took meanwhile, where that is known.
  var steal: Double?
  /// The share that other programs took.
  var others: Double?
  /// Repetitions that were made again, since others took time from them.
  var repeated: Int?
  /// The most memory this process ever held.
  var peakMemoryBytes: Int
  /// By time spent, if asked for; the last is what belongs to no operation.
  var profile: [Operation]?
  /// What the value would be if nothing but the convolutions took time.
  var convolutionsAlone: Double?
  /// The value of an earlier measurement.
  var earlier: Double?
  /// Value over earlier value.
  var ratio: Double?

  /// Repeats `body`, which does `work` units of work, after once doing it unmeasured.
  init(name: String, unit: String, work: Double, budget: BenchBudget, _ body: () -> Void) {
    body()
    let timed = TimedRepetitions(budget, body)
    self.init(name: name, unit: unit, rates: timed.seconds.map { work / $0 })
    (steal, others) = (
      timed.disturbance.map { rounded($0.steal, digits: 3) },
      timed.disturbance.map { rounded($0.others, digits: 3) }
    )
    repeated = timed.disturbance.map { _ in timed.repeated }
    if budget.isProfiled { addProfile(of: body, repetitions: min(10, repetitions)) }
  }

  /// A figure from the rates of its repetitions.
  init(name: String, unit: String, rates: [Double]) {
    let sorted = rates.sorted()
    (self.name, self.unit) = (name, unit)
    value = rounded(quantile(sorted, 0.5), digits: 5)
    threads = Threads.count
    repetitions = rates.count
    spread = rounded((quantile(sorted, 0.75) - quantile(sorted, 0.25)) / quantile(sorted, 0.5), digits: 3)
    peakMemoryBytes = peakMemory()
    processor = processorName()
  }

  /// The lines that an earlier run printed.
  /// - Throws: ``FileError``, or `ConfigurationError` with the number of the line that is none of a figure.
  static func read(from file: String) throws -> [BenchMeasurement] {
    let lines = try readFile(URL(filePath: file)).split(separator: UInt8(ascii: "\n"))
    return try lines.enumerated().map { number, line in
      try Configuration.decode(from: Data(line), file: "\(file), line \(number + 1)")
    }
  }

  /// Beside an earlier measurement of the same figure, if there is one.
  func compared(with earlier: [BenchMeasurement]) -> BenchMeasurement {
    guard let found = earlier.last(where: { $0.name == name && $0.unit == unit }) else { return self }
    var result = self
    result.earlier = found.value
    result.ratio = found.value > 0 ? rounded(value / found.value, digits: 3) : nil
    return result
  }

  private mutating func addProfile(of body: () -> Void, repetitions: Int) {
    let (entries, seconds) = Profile.record { for _ in 0..<repetitions { body() } }
    let count = Double(repetitions)
    func operation(_ name: String, calls: Int, _ time: Double) -> Operation {
      Operation(
        operation: name, calls: rounded(Double(calls) / count, digits: 4),
        milliseconds: rounded(time / count * 1e3, digits: 4), share: rounded(time / seconds, digits: 3))
    }
    let known = entries.reduce(0) { $0 + $1.seconds }
    profile =
      entries.map { operation($0.operation, calls: $0.calls, $0.seconds) }
      + [operation("other", calls: 0, max(0, seconds - known))]
    let convolutions = entries.filter { $0.operation.hasPrefix("convolution") }.reduce(0) { $0 + $1.seconds }
    if convolutions > 0 { convolutionsAlone = rounded(value * seconds / convolutions, digits: 5) }
  }

  /// One line of JSON.
  func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

/// Repetitions with what was taken from them.
private struct TimedRepetitions {
  /// Of each that counts.
  var seconds: [Double] = []
  /// Meanwhile; nil where the kernel does not say.
  var disturbance: Disturbance?
  /// Those that do not count.
  var repeated = 0

  /// Repeats until the budget is spent. Stretches in which others took time are made again, for as long as the budget
  /// once more; where nothing else is to be had they count.
  init(_ budget: BenchBudget, _ body: () -> Void) {
    let (threads, processors) = (Threads.count, ProcessInfo.processInfo.activeProcessorCount)
    var (kept, dropped): ([Stretch], [Stretch]) = ([], [])
    var (spent, lost) = (0.0, 0.0)
    while kept.reduce(0, { $0 + $1.seconds.count }) < budget.minimumRepetitions || spent < budget.seconds {
      let stretch = Stretch(body)
      let length = stretch.seconds.reduce(0, +)
      if lost < budget.seconds,
        stretch.disturbance?.isTooMuch(threads: threads, processors: processors) == true
      {
        dropped.append(stretch)
        lost += length
      } else {
        kept.append(stretch)
        spent += length
      }
    }
    seconds = kept.flatMap(\.seconds)
    repeated = dropped.reduce(0) { $0 + $1.seconds.count }
    let known = kept.compactMap(\.disturbance)
    if let first = known.first {
      disturbance = known.dropFirst().reduce(into: first) {
        $0.steal += $1.steal
        $0.others += $1.others
      }
      disturbance?.steal /= Double(known.count)
      disturbance?.others /= Double(known.count)
    }
  }

  /// Repetitions of half a second together, or one that takes longer: the kernel counts in hundredths of a second.
  private struct Stretch {
    var seconds: [Double] = []
    var disturbance: Disturbance?

    init(_ body: () -> Void) {
      let (began, before) = (monotonicSeconds(), ProcessorTime.now)
      repeat {
        let start = monotonicSeconds()
        body()
        seconds.append(max(1e-9, monotonicSeconds() - start))
      } while monotonicSeconds() - began < 0.5 && before != nil && seconds.count < 100_000
      if let before, let after = ProcessorTime.now { disturbance = Disturbance(from: before, to: after) }
    }
  }
}

/// A quantile of ascending values, linear between neighbours.
func quantile(_ sorted: [Double], _ share: Double) -> Double {
  precondition(!sorted.isEmpty, "quantile: of no values")
  let place = share * Double(sorted.count - 1)
  let below = Int(place)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
}

/// A number with so many significant decimal digits.
func rounded(_ value: Double, digits: Int) -> Double {
  guard value != 0, value.isFinite else { return 0 }
  let power = digits - 1 - Int(log10(abs(value)).rounded(.down))
  // Two exact powers, so that the quotient is the double nearest to the decimal number.
  let scale = pow(10, Double(abs(power)))
  return power >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
}

/// The largest resident memory of this process so far, in bytes.
///
/// The kernel's own account of this program alone; `getrusage` would count what the parent held before.
func peakMemory() -> Int {
  // Where the kernel does not tell, as outside Linux, the figure is 0: it is a figure of a benchmark and nothing else.
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
    return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
  return 0
}

func monotonicSeconds() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
