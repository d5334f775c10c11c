import Contrastive
import Experiments
import Files
import Foundation
import Report

/// Words on standard error what jobs report.
final class Narrator {
  private var progress: Progress

  /// - Parameter title: what stands before each line of what goes on, until a trial has a name for it.
  init(_ title: String = "") { progress = Progress(title) }

  /// Calls `body` with a narrator, and ends its line before anything else is written.
  static func during<Result>(_ title: String = "", _ body: (Narrator) throws -> Result) rethrows -> Result {
    let narrator = Narrator(title)
    defer { narrator.finish() }
    return try body(narrator)
  }

  /// Tells of an event.
  func tell(_ event: ExperimentEvent) {
    switch event {
    case .began(let trial, let step):
      let what: String
      switch step {
      case .pretraining(let role): what = role.rawValue
      case .audit: what = "attack"
      }
      progress = Progress([trial, what].filter { !$0.isEmpty }.joined(separator: ", "))
      if case .pretraining = step { Interruption.listen() }
    case .ended:
      Interruption.ignore()
      finish()
    case .pretraining(let event): progress.show(event)
    case .doing(let text): progress.note(text)
    case .leftOut(let level):
      warn("\(level.rawValue) is left out: some images have no caption beside those that were trained on")
    case .noCommonCheckpoint(let target, let shadow):
      warn(
        "\(target) and \(shadow) have no checkpoint of the same epoch, so only their ends are compared; pre-train both "
          + "with the same --checkpoints, such as --checkpoints 100,200,400")
    }
  }

  /// Ends the line that is being rewritten.
  func finish() { progress.finish() }
}

/// Writes a warning to standard error; names and captions in it may hold anything.
func warn(_ text: String) {
  FileHandle.standardError.write(Data("warning: \(PrintableText.line(text))\n".utf8))
}
