import ArgumentParser
import Contrastive
import Experiments
import Files
import Foundation

/// Several references at once.
struct SeveralOptions: ParsableArguments {
  @Option(
    help: """
      Pre-train references 1 to K, each into a folder of its own in --out; each saw, or did not see, every image of the \
      four groups by a fair coin.
      """)
  var ensemble: Int?
  @Option(
    help:
      "Pre-train references 1 to K, each into a folder of its own in --out, on images that are in no group.")
  var references: Int?
  @Option(
    help: "Of several references, how many are pre-trained at the same time, each in a process of its own.")
  var jobs: Int = 1

  /// The option that was given.
  var option: String? { ensemble != nil ? "--ensemble" : references != nil ? "--references" : nil }

  func validate() throws {
    if ensemble != nil && references != nil {
      throw ValidationError(
        "--ensemble and --references are two kinds of references; pre-train one after the other")
    }
    if let option, let count = ensemble ?? references, !(1...1000).contains(count) {
      throw ValidationError("\(option) \(count) is outside 1...1000")
    }
    guard (1...1000).contains(jobs) else { throw ValidationError("--jobs \(jobs) is outside 1...1000") }
    if jobs > 1 && option == nil {
      throw ValidationError("--jobs is for several references, by --ensemble or --references; leave it out")
    }
  }

  /// Whose members to train on, one after the other; nil for a single pre-training.
  var groups: [TrainingGroup]? {
    if let ensemble { return (1...ensemble).map { .ensemble($0) } }
    return references.map { count in (1...count).map { .reference($0) } }
  }

  /// The folder of one pre-training: of several each has one in `out`.
  func folder(of group: TrainingGroup, in out: String) -> RunFolder {
    let place = URL(filePath: out)
    return RunFolder(groups == nil ? place : place.appending(path: group.rawValue))
  }

  /// The seed of one pre-training: of several each has its own, far from those that target and shadow are given.
  func seed(of group: TrainingGroup, from seed: UInt64) -> UInt64 {
    guard groups != nil else { return seed }
    switch group {
    case .reference(let number), .ensemble(let number): return seed &+ 1000 &+ UInt64(number)
    case .target, .shadow: return seed
    }
  }
}

/// Pre-trainings in processes of their own, a few at a time. Each is this program with the same options and one group.
struct SideBySide {
  private let pretrainings: [PretrainingJob]
  private let most: Int
  private let threads: Int

  /// - Parameter threads: of all processes together; all processors if not given.
  init(_ pretrainings: [PretrainingJob], _ options: SeveralOptions, threads: Int?) {
    self.pretrainings = pretrainings
    most = min(options.jobs, pretrainings.count)
    self.threads = max(1, (threads ?? ProcessInfo.processInfo.activeProcessorCount) / most)
  }

  private struct Running {
    let group: TrainingGroup
    let process: Process
    let log: URL
  }

  /// Runs them all. Once one has failed no more begin; those that run go on to their end.
  /// - Throws: ``SideBySideError``, or the exit code of an interruption.
  func run(isResuming: Bool) throws {
    var (waiting, running) = (pretrainings[...], [Running]())
    var (done, failures, wasInterrupted) = (0, [(TrainingGroup, code: Int32, log: URL)](), false)
    let progress = Progress("pretrain")
    defer { progress.finish() }
    func tell() {
      let names = running.map(\.group.rawValue).joined(separator: ", ")
      progress.note("\(done) of \(pretrainings.count) done" + (names.isEmpty ? "" : ", now \(names)"))
    }
    try Interruption.whileRequestable {
      var wasTold = false
      while !running.isEmpty || !waiting.isEmpty {
        if Interruption.wasAsked || !failures.isEmpty { waiting = [] }
        if Interruption.wasAsked && !wasTold {
          wasTold = true
          // A terminal's Ctrl-C reaches its whole process group.
          for one in running where getpgid(one.process.processIdentifier) != getpgrp() {
            one.process.interrupt()
          }
        }
        while running.count < most, let next = waiting.popFirst() {
          running.append(try start(next, isResuming: isResuming))
          tell()
        }
        usleep(50_000)
        for one in running where !one.process.isRunning {
          switch one.process.terminationStatus {
          case 0: done += 1
          case 130: wasInterrupted = true
          // Interrupted before it could listen.
          case _ where wasTold && one.process.terminationReason == .uncaughtSignal: wasInterrupted = true
          case let code: failures.append((one.group, code, one.log))
          }
          running.removeAll { $0.group == one.group }
          tell()
        }
      }
    }
    progress.finish()
    if !failures.isEmpty { throw SideBySideError(failures.map { ($0.0, $0.code, $0.log) }) }
    if wasInterrupted || done < pretrainings.count {
      say(
        "interrupted with \(done) of \(pretrainings.count) done; go on with the same command and --resume")
      throw ExitCode(130)
    }
  }

  private func start(_ job: PretrainingJob, isResuming: Bool) throws -> Running {
    let folder = job.folder.url
    let log = folder.deletingLastPathComponent().appending(path: "\(folder.lastPathComponent).log")
    try makeFolder(log.deletingLastPathComponent())
    try atomicWrite(Data(), to: log)
    let handle = try FileHandle(forWritingTo: log)
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments =
      SideBySide.common(Array(CommandLine.arguments.dropFirst()))
      + ["--group", job.role.rawValue, "--out", folder.path, "--threads", "\(threads)"]
      + ["--seed", "\(job.encoder.configuration.seed)"] + (isResuming && job.hasBegun ? ["--resume"] : [])
    (process.standardOutput, process.standardError) = (handle, handle)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return Running(group: job.role, process: process, log: log)
  }

  /// The arguments without those that say how many are pre-trained, where, and by which seed.
  static func common(_ arguments: [String]) -> [String] {
    let own = ["--ensemble", "--references", "--jobs", "--out", "--threads", "--seed"]
    var (kept, isValue): ([String], Bool) = ([], false)
    for argument in arguments {
      if isValue {
        isValue = false
      } else if own.contains(argument) {
        isValue = true
      } else if argument != "--resume" && !own.contains(where: { argument.hasPrefix($0 + "=") }) {
        kept.append(argument)
      }
    }
    return kept
  }
}

/// Pre-trainings in processes of their own that failed.
struct SideBySideError: ExplainedError {
  private let failures: [(group: TrainingGroup, code: Int32, log: URL)]

  init(_ failures: [(group: TrainingGroup, code: Int32, log: URL)]) { self.failures = failures }

  var description: String {
    failures.map { failure in
      // Without its log the exit code still tells what failed.
      let lines = (try? readFile(failure.log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let last = lines.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
      return "\(failure.group.rawValue) failed (exit code \(failure.code))\(last); all that it said is in "
        + failure.log.path
    }.joined(separator: "\n") + "\nmend that and go on with the same command and --resume"
  }
}
