import Contrastive
import Foundation

/// Progress on standard error: one line that is rewritten on a terminal, plain lines now and then otherwise.
final class Progress {
  private let title: String
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private var lastShown = ContinuousClock.now - .seconds(3600)
  private let start = ContinuousClock.now
  private var startStep: Int?

  init(_ title: String) { self.title = title }

  /// Shows where a pre-training is.
  func show(_ event: PretrainingEvent) {
    switch event {
    case .step(let done, let total, let loss, let rate):
      let first = startStep ?? done - 1
      startStep = first
      guard ContinuousClock.now - lastShown > interval || done == total else { return }
      lastShown = .now
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      let left = elapsed / Double(max(1, done - first)) * Double(total - done)
      let percent = 100 * done / max(1, total)
      write(
        "step \(done) of \(total) (\(percent)%), loss \(String(format: "%.3f", loss)), "
          + "\(Int(rate)) images/s, \(Progress.time(left)) left", isLast: done == total)
    case .epoch: break
    }
  }

  /// Shows what is being done.
  /// - Parameter isPassing: whether the same goes on; then it is told now and then only.
  func note(_ text: String, isPassing: Bool = false) {
    if isPassing {
      guard ContinuousClock.now - lastShown > interval else { return }
      lastShown = .now
    }
    write(text, isLast: !isTerminal)
  }

  private var interval: Duration { isTerminal ? .milliseconds(200) : .seconds(15) }

  /// Ends the line that is being rewritten.
  func finish() { if isTerminal { Console.rewrite("", isLast: false) } }

  private func write(_ text: String, isLast: Bool) {
    guard isTerminal else { return Console.tell("\(title): \(text)\n") }
    Console.rewrite(
      TerminalLine.titled(title, text, in: Console.columns(of: STDERR_FILENO) - 1), isLast: isLast)
  }

  /// A duration as people say it.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown time" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
