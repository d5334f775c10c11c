import Attack
import Contrastive
import Experiments
import Files
import Foundation
import Report

/// Words on standard error what jobs report.
final class Narrator {
  private var progress: Progress
  private var audit = AuditProgress()

  /// - Parameter title: what stands before each line of what goes on, until a trial has a name for it.
  init(_ title: String = "") { progress = Progress(title) }

  /// Calls `body` with a narrator, and ends its line before anything else is written.
  static func during<Result>(_ title: String = "", _ body: (Narrator) throws -> Result) rethrows -> Result {
    let narrator = Narrator(title)
    defer { narrator.finish() }
    return try body(narrator)
  }

  /// Tells what begins.
  func begin() { progress.note("begins") }

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
      audit = AuditProgress()
      Interruption.listen()
    case .ended:
      Interruption.ignore()
      finish()
    case .pretraining(let event): progress.show(event)
    case .doing(let text): progress.note(text)
    case .audit(let event): tell(event)
    case .leftOut(let level, let reason): warn("\(level.rawValue) is left out: \(reason)")
    case .downstream(let location, let count, let leftOut, let omissions):
      warn(of: omissions, most: 10)
      progress.note("\(count) labelled images of \(location)")
      if leftOut > 0 {
        warn("left out \(leftOut) images of \(location): they are in the groups of the runs")
      }
    case .noCommonCheckpoint(let target, let shadow):
      warn(
        "\(target) and \(shadow) have no checkpoint of the same epoch, so only their ends are compared; pre-train both "
          + "with the same --checkpoints, such as --checkpoints 100,200,400")
    }
  }

  private func tell(_ event: AuditEvent) {
    switch event {
    case .progress(let progress): audit = progress
    case .costly, .writing:
      finish()
      Narrator.tellCost(event)
    case .asked(let role, let group, let membership, let done, let count):
      progress.note(
        "\(share)asking \(name(role)) about the \(group.rawValue)'s \(membership.rawValue)s, \(done) of \(count)",
        isPassing: done < count)
    case .learning(let attack, let knowledge): progress.note("\(share)\(knowledge.rawValue): \(attack)")
    case .control(let family, let knowledge):
      progress.note("\(share)\(knowledge.rawValue): controls, \(family.rawValue)")
    }
  }

  /// Warns of what a command is going to cost.
  static func tellCost(_ event: AuditEvent) {
    switch event {
    case .costly(let memory, let similarities):
      warn(
        "this takes about \(ByteCount.words(memory)) of memory, and time accordingly: each input has \(similarities) "
          + "similarities; they grow with the square of --views and --variants")
    case .writing(let pictures, let bytes):
      warn(
        "this writes \(pictures) pictures, of \(ByteCount.words(bytes)) before they are packed; they grow with --views"
      )
    case .progress, .asked, .learning, .control: break
    }
  }

  /// How far the whole audit is.
  private var share: String {
    guard audit.questions > 0 else { return "" }
    guard audit.asked == audit.questions, audit.total > 0 else {
      return "\(100 * audit.asked / audit.questions)% of \(audit.questions) questions, "
    }
    return "\(min(audit.made + 1, audit.total)) of \(audit.total), "
  }

  private func name(_ role: EncoderRole) -> String {
    switch role {
    case .target: "the target"
    case .shadow: "the shadow"
    case .untrainedTarget: "an untrained target"
    case .untrainedShadow: "an untrained shadow"
    case .reference(let number): "reference \(number + 1)"
    }
  }

  /// Ends the line that is being rewritten.
  func finish() { progress.finish() }
}

/// A number of bytes in words.
enum ByteCount {
  /// As "1.5 GB", by powers of 1024.
  static func words(_ bytes: Int) -> String {
    ByteCountFormatter.string(fromByteCount: Int64(bytes), countStyle: .memory)
  }
}
