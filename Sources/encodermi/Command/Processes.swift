import ArgumentParser
import Foundation
import Kernels

/// A command that several processes of a launcher may do together.
protocol RunsInSeveralProcesses {
  /// Whether it is one, with the options that were given.
  var isForSeveralProcesses: Bool { get }
}

extension RunsInSeveralProcesses {
  /// Whatever the options.
  var isForSeveralProcesses: Bool { true }
}

/// This program as one of several processes, which mpirun or srun started.
enum Processes {
  /// How it was started; nil if alone.
  static let launch = ProcessLaunch(environment: ProcessInfo.processInfo.environment)

  /// Connects the processes, and gives each its part of the processors.
  /// - Parameter threads: of each process; its part of the processors if not given.
  /// - Throws: `LaunchError`.
  static func join(threads: Int?) throws -> ProcessGroup {
    guard let launch else {
      if let threads { Threads.set(threads) }
      return .alone
    }
    let group = try MPI.start(launch)
    guard group.count > 1 else {
      if let threads { Threads.set(threads) }
      return .alone
    }
    let shares = ProcessorShares(group)
    Threads.set(threads ?? shares.threads)
    if let threads, threads > shares.fewest {
      warn(
        "\(threads) threads of a process share \(shares.fewest) processor\(shares.fewest == 1 ? "" : "s"), which is all that "
          + "the launcher lets it run on; mpirun --bind-to none lifts that")
    }
    return group
  }

  /// Refuses a command that is one process's work.
  /// - Throws: `ValidationError`.
  static func require(_ command: any ParsableCommand) throws {
    guard let launch, launch.interface != nil, let count = launch.count,
      (command as? any RunsInSeveralProcesses)?.isForSeveralProcesses != true
    else { return }
    let names = CommandNames.path(to: type(of: command))
    // The program itself only helps, which anybody may ask for.
    guard names.count > 1 else { return }
    let name = names.joined(separator: " ")
    throw ValidationError(
      "`\(name)` is the work of one process, but \(count) were started; start it without mpirun or srun")
  }

  /// Leaves the other processes in order, at the end of what all of them did.
  static func leave() { MPI.finish() }

  /// Tells why this process failed, and ends all. What fails in all of them is told by the first, before the others speak.
  static func tellFailure(_ message: String, code: Int32) {
    guard let launch, launch.interface != nil else { return Console.tell(message + "\n") }
    if launch.rank > 0 { usleep(UInt32(3_000_000 + 100_000 * min(launch.rank, 30))) }
    let first = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
    Console.tell(
      launch.rank > 0 ? "Error: process \(launch.rank): \(first)\n" : "Error: \(first)\n", always: true)
    MPI.abort(code: code)
  }
}
