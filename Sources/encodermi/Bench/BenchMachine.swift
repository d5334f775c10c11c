import Foundation

/// What the processors did so far, in seconds of one processor.
struct ProcessorTime {
  /// All of them, whatever they did.
  var whole: Double
  /// What another machine on the same hardware took.
  var stolen: Double
  /// What programs here used.
  var busy: Double
  /// What this process used.
  var own: Double

  /// Now; nil where the kernel does not say.
  static var now: ProcessorTime? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let read = ProcessorTime(stat: text, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
    else { return nil }
    var (result, used) = (read, timespec())
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
    result.own = Double(used.tv_sec) + Double(used.tv_nsec) * 1e-9
    return result
  }

  /// The first line of the kernel's /proc/stat: user, nice, system, idle, waiting, interrupts of two kinds, stolen.
  init?(stat: String, ticksPerSecond: Double) {
    guard let line = stat.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return nil }
    let seconds = ticks.map { $0 / ticksPerSecond }
    whole = seconds.reduce(0, +)
    stolen = seconds[7]
    busy = whole - seconds[3] - seconds[4] - stolen
    own = 0
  }
}

/// How much of a span of time this process did not have.
struct Disturbance: Equatable {
  /// The share of all processors' time that another machine took.
  var steal: Double
  /// The share that other programs here took.
  var others: Double

  /// Between two readings.
  init(from start: ProcessorTime, to end: ProcessorTime) {
    let whole = max(1e-9, end.whole - start.whole)
    steal = max(0, end.stolen - start.stolen) / whole
    others = max(0, (end.busy - start.busy) - (end.own - start.own)) / whole
  }

  /// Whether a measurement with so many threads would have been faster alone: more was taken than its threads left, by
  /// more than the kernel's clock can err.
  func isTooMuch(threads: Int, processors: Int) -> Bool {
    steal + others > max(0, 1 - Double(threads) / Double(processors)) + 0.06
  }
}

/// The name of this machine's processor, such as "AMD EPYC 7R13"; nil where the kernel does not say.
func processorName() -> String? {
  let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  return text.split(separator: "\n").first { $0.hasPrefix("model name") }
    .flatMap { $0.split(separator: ":", maxSplits: 1).last }
    .map { $0.trimmingCharacters(in: .whitespaces) }
}
