import ArgumentParser
import Files
import Foundation
import Report

/// `encodermi verify`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a bundle that `report --bundle` wrote: every byte, and every number by the scores.",
    discussion: """
      Computes every number of attacks, controls and comparisons anew from the scores, compares settings with results and \
      each file with its digest, names by field what was and what could not be checked, and says where something was changed. It ends with exit \
      code 1 if anything was.
      """)

  @Argument(help: "The bundle.") var bundle: String
  @Option(help: "The SHA-256 of the whole file, as it was written down when the bundle was made.")
  var digest: String?

  func validate() throws {
    if let digest, digest.utf8.count != 64 || !digest.allSatisfy(\.isHexDigit) {
      throw ValidationError("--digest \(digest) is no SHA-256: 64 hexadecimal digits")
    }
  }

  func run() throws {
    let check = try BundleCheck(URL(filePath: bundle), expecting: digest)
    for audit in check.audits {
      let numbers = audit.numbers
      func say(_ text: String) { print(TerminalText.fitted(PrintableText.line(text), to: 80)) }
      say(
        "\(audit.name): \(numbers.compared) numbers and decisions of \(numbers.findings) attacks and controls computed "
          + "anew from the scores of \(audit.inputs) inputs")
      say("  computed anew from the scores, or compared with the other files:")
      for part in numbers.checked { say("  - \(part)") }
      say("  not checked:")
      for part in numbers.unchecked { say("  - \(part)") }
    }
    guard check.problems.isEmpty else { throw BundleProblems(bundle, check.problems) }
    print("\(bundle) is as it was written")
    print("SHA-256 \(check.digest)")
    if digest == nil {
      print(
        "compare this digest with one that was kept elsewhere: whoever means to deceive\nmakes a new bundle")
    }
  }
}

/// What is wrong with a bundle.
struct BundleProblems: ExplainedError {
  let description: String

  init(_ file: String, _ problems: [String]) {
    let most = 20
    let lines = problems.prefix(most).map { "\n  \($0)" }.joined()
    let more = problems.count > most ? "\n  and \(problems.count - most) more" : ""
    description =
      "\(file) is not as it was written, or does not fit:\(lines)\(more)\nDo not rely on it; take the bundle from a copy, or "
      + "make it anew by `encodermi report --bundle` from the folder of results"
  }
}
