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
    for number in requests { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    useOwnStack()
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      if Interruption.isAsked.exchange(true, ordering: .relaxed) {
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    action.sa_flags = SA_RESTART | SA_ONSTACK
    for number in requests { sigaction(number, &action, nil) }
  }

  /// Gives signals a stack of their own on this thread, the main one, which takes them.
  ///
  /// On AVX-512 oneDNN 2.6's product with a transposed left matrix keeps addresses below the stack pointer, farther than the
  /// 128 bytes that a signal leaves alone. A handler on the same stack overwrites them, and the product then writes elsewhere.
  private static func useOwnStack() {
    var standing = stack_t()
    guard sigaltstack(nil, &standing) == 0, standing.ss_flags & Int32(SS_DISABLE) != 0 else {
      return
    }
    let size = 1 << 16
    var own = stack_t()
    // It serves until the process ends.
    (own.ss_sp, own.ss_size) = (UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16), size)
    sigaltstack(&own, nil)
  }

  /// From now on Ctrl-C ends the program, as everywhere.
  static func ignore() { for number in requests { signal(number, SIG_DFL) } }

  /// The signals that ask for it. To several processes mpirun passes SIGUSR1 on, and unlike at Ctrl-C it then waits for
  /// them.
  private static let requests = Processes.launch == nil ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGUSR1]

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
