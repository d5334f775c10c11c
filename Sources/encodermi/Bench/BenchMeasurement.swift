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

  var name: String
  /// The median over the repetitions.
  var value: Double
  var unit: String
  var threads: Int
  var repetitions: Int
  /// Interquartile range over the median.
  var spread: Double
  /// The most memory this process ever held.
  var peakMemoryBytes: Int
  /// By time spent, if asked for; the last is what belongs to no operation.
  var profile: [Operation]?
  /// What the value would be if nothing but the convolutions took time.
  var convolutionsAlone: Double?

  /// Repeats `body`, which does `work` units of work, after once doing it unmeasured.
  init(name: String, unit: String, work: Double, budget: BenchBudget, _ body: () -> Void) {
    body()
    let rates = BenchMeasurement.times(budget, body).map { work / $0 }
    self.init(name: name, unit: unit, rates: rates)
    if budget.isProfiled { addProfile(of: body, repetitions: min(10, rates.count)) }
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
  }

  private static func times(_ budget: BenchBudget, _ body: () -> Void) -> [Double] {
    var times: [Double] = []
    let end = monotonicSeconds() + budget.seconds
    while times.count < budget.minimumRepetitions || monotonicSeconds() < end {
      let start = monotonicSeconds()
      body()
      times.append(max(1e-9, monotonicSeconds() - start))
    }
    return times
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
