import Foundation
import Synchronization

/// Ctrl-C as a request: a run stops at the next step, in a state that can be resumed. A second one ends the program.
enum Interruption {
  private static let isAsked = Atomic<Bool>(false)

  /// Calls `body` while Ctrl-C is a request; before and after it ends the program, as everywhere.
  static func whileRequestable<Result>(_ body: () throws -> Result) rethrows -> Result {
    install()
    defer { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
    return try body()
  }

  private static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.isAsked.exchange(true, ordering: .relaxed) {
          signal(number, SIG_DFL)
          raise(number)
        }
      }
    }
  }

  static var wasAsked: Bool { isAsked.load(ordering: .relaxed) }
}
