import Files
import Foundation
import Networks

/// Feeds readers with damaged inputs. Every input is determined by the reader's name, the seed and the round, so that a
/// failure can be repeated.
///
/// The environment rules long runs; `scripts/torture` sets it:
/// - `ENCODERMI_FUZZ_SECONDS`: each reader is fed for so long instead of for a few rounds;
/// - `ENCODERMI_FUZZ_SEED`: another seed than 1;
/// - `ENCODERMI_FUZZ_ROUND`: that round alone;
/// - `ENCODERMI_FUZZ_FOLDER`: where each input lies while it is read, so that it is there after a crash, and where
///   `counts.tsv` gets a line for each reader.
public enum Fuzz {
  /// Calls `body` with damaged samples: `rounds` of them where the environment asks for no more.
  /// - Parameters:
  ///   - reader: the name of what is fed, as counts and failures tell it.
  ///   - body: reads an input, and tells whether it was taken; `damage` is for further choices of the same round.
  /// - Returns: how many inputs there were and how many of them were taken.
  /// - Throws: ``FuzzFailure`` for the first round in which `body` throws.
  @discardableResult
  public static func feed(
    _ reader: String, _ samples: [[UInt8]], rounds: Int = 150,
    _ body: (_ input: [UInt8], _ damage: inout Damage) throws -> Bool
  ) throws -> (inputs: Int, taken: Int) {
    let settings = FuzzSettings()
    let stream = RandomStream(seed: settings.seed, name: "fuzz \(reader)")
    let end = settings.seconds.map { Date(timeIntervalSinceNow: $0) }
    var figures = FuzzFigures(reader)
    var round = settings.round ?? 0
    while settings.round == nil ? end.map({ Date() < $0 }) ?? (round < rounds) : figures.inputs == 0 {
      var damage = Damage(stream.substream(round))
      let input = damage.applied(to: samples)
      try settings.leave(input, reader)
      try figures.take {
        do { return try body(input, &damage) } catch {
          throw FuzzFailure(
            reader: reader, seed: settings.seed, round: round, reason: "\(error)",
            kept: settings.place(reader))
        }
      }
      round += 1
    }
    try settings.report(figures)
    return (figures.inputs, figures.taken)
  }

  /// Whether `body` ends without an error. A refusal is an error that explains itself in a few lines; anything else is
  /// thrown on.
  public static func takes(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return true
    } catch let error as any ExplainedError {
      let text = error.description
      try require(
        !text.isEmpty && text.utf8.count < 8192, "an error of \(text.utf8.count) bytes: \(text.prefix(200))")
      return false
    }
  }

  /// Asks for something that must hold of whatever was read.
  public static func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    if !holds { throw FuzzBroken(what()) }
  }
}

/// What does not hold of something that was read.
public struct FuzzBroken: Error, CustomStringConvertible {
  /// What it is.
  public let description: String

  /// Something that does not hold, in words.
  public init(_ description: String) { self.description = description }
}

/// A round in which a reader did what it must not.
public struct FuzzFailure: Error, CustomStringConvertible {
  let reader: String
  let seed: UInt64
  let round: Int
  let reason: String
  let kept: URL?

  /// What happened, and how to see it again.
  public var description: String {
    "\(reader), round \(round): \(reason)" + (kept.map { "; the input lies in \($0.path)" } ?? "")
      + "; again by ENCODERMI_FUZZ_SEED=\(seed) ENCODERMI_FUZZ_ROUND=\(round) scripts/test --filter '[Ff]uzz'"
  }
}

/// What the environment asks for.
private struct FuzzSettings {
  let seconds: Double?
  let seed: UInt64
  let round: Int?
  let folder: URL?

  init() {
    let environment = ProcessInfo.processInfo.environment
    seconds = environment["ENCODERMI_FUZZ_SECONDS"].flatMap(Double.init)
    seed = environment["ENCODERMI_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    round = environment["ENCODERMI_FUZZ_ROUND"].flatMap(Int.init)
    folder = environment["ENCODERMI_FUZZ_FOLDER"].map { URL(filePath: $0) }
  }

  func place(_ reader: String) -> URL? { folder?.appending(path: reader.replacing(" ", with: "-")) }

  func leave(_ input: [UInt8], _ reader: String) throws {
    if let place = place(reader) { try Data(input).write(to: place) }
  }

  /// Adds a line to the counts; the input that was read last is of no use any more.
  func report(_ figures: FuzzFigures) throws {
    guard let folder, let place = place(figures.reader) else { return }
    let file = folder.appending(path: "counts.tsv")
    if !Paths.exists(file.path) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(figures.line.utf8))
    try handle.close()
    if Paths.exists(place.path) { try FileManager.default.removeItem(at: place) }
  }
}

/// What is counted of a reader.
private struct FuzzFigures {
  let reader: String
  var (inputs, taken) = (0, 0)
  private var slowest = Duration.zero
  private var resident = 0

  init(_ reader: String) { self.reader = reader }

  mutating func take(_ body: () throws -> Bool) rethrows {
    inputs += 1
    // The first inputs load tables and fill caches that stay.
    if inputs == 100 {
      FuzzFigures.forgetPeak()
      resident = FuzzFigures.memory("VmRSS")
    }
    let start = ContinuousClock.now
    if try body() { taken += 1 }
    slowest = max(slowest, ContinuousClock.now - start)
  }

  /// Name, inputs, inputs taken, KiB by which memory rose at most, milliseconds of the slowest input.
  var line: String {
    let growth = inputs < 100 ? 0 : max(0, FuzzFigures.memory("VmHWM") - resident)
    return "\(reader)\t\(inputs)\t\(taken)\t\(growth)\t\(Int(slowest / .milliseconds(1)))\n"
  }

  /// A size in KiB of this process, as the kernel names it; 0 where it is not told.
  private static func memory(_ key: String) -> Int {
    // Where there is no such file there is no figure.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
  }

  /// Lets the peak of memory begin anew.
  private static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }
}
