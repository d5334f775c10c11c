import Foundation
import Synchronization

/// Ctrl-C as a request: a run stops at the next step, in a state that can be resumed. A second one ends the program.
enum Interruption {
  private static let isAsked = Atomic<Bool>(false)

  /// Calls `body` while Ctrl-C is a request; before and after it ends the program, as everywhere.
  static func whileRequestable<Result>(_ body: () throws -> Result) rethrows -> Result {
    listen()
    defer { ignore() }
    return try body()
  }

  /// From now on Ctrl-C is a request.
  static func listen() {
    // A parent that blocks signals, as worker threads do, passes that on.
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.isAsked.exchange(true, ordering: .relaxed) {
          signal(number, SIG_DFL)
          raise(number)
        }
      }
    }
  }

  /// From now on Ctrl-C ends the program, as everywhere.
  static func ignore() { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }

  static var wasAsked: Bool { isAsked.load(ordering: .relaxed) }
}

/// Settings of the OpenMP runtime, which it reads when it is loaded, before any code of ours runs.
enum Launch {
  /// Starts the program anew with short spins, unless the user chose.
  ///
  /// At the end of each parallel loop the runtime's threads spin for milliseconds by default. Where another program
  /// has taken one of the processors, the others then wait for it in every loop and a step takes ten times as long.
  static func restartWithShortSpins() {
    guard getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
    setenv("GOMP_SPINCOUNT", "2000", 1)
    // Where the program cannot be found the run goes on as it is, only slower.
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    // Returns only if it failed; then the run goes on as it is.
    execv(path, &arguments)
  }
}
