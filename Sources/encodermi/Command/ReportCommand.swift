import ArgumentParser
import Files
import Foundation
import Report

/// `encodermi report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show finished attacks: a page for people, figures for a paper, text for a terminal.",
    discussion: """
      Reads folders that `encodermi attack` wrote (results.json, scores.csv, attack.json), computes every number of \
      attacks and controls of the groups anew from the scores, and refuses folders whose files do not belong together. \
      The page is one file that loads nothing and needs no script.
      """)

  @Argument(help: "Folders of results; of an attack at all levels of knowledge, the folder that holds them.")
  var results: [String]
  @Option(help: "The page to write, a file ending in .html; one that is there is replaced.") var out: String?
  @Option(help: "A folder, empty or not there, for charts (SVG), tables (Markdown) and all numbers (CSV).")
  var figures: String?
  @Flag(help: "Print the report, for a terminal of 80 columns.") var text = false
  @Flag(help: "Leave out names of inputs and folders, and paths of data.") var anonymous = false

  func validate() throws {
    if results.isEmpty { throw ValidationError("name at least one folder of results") }
    if out == nil && figures == nil && !text {
      throw ValidationError("say what to make: --out FILE.html, --figures FOLDER or --text")
    }
    if let out, Paths.suffix(out) != "html" {
      throw ValidationError("--out \(out) does not end in .html, and the report is such a file")
    }
  }

  func run() throws {
    let records = try results.flatMap { try AuditRecord.all(in: URL(filePath: $0)) }
    if let out {
      let file = URL(filePath: out)
      let page = try AuditPage(records, isAnonymous: anonymous).html()
      try makeFolder(file.deletingLastPathComponent())
      try atomicWrite(Data(page.utf8), to: file)
    }
    if let figures { try FigureFolder.write(records, to: URL(filePath: figures)) }
    if text {
      for (index, record) in records.enumerated() {
        if records.count > 1 {
          let title = anonymous ? "Audit \(index + 1)" : "Audit \(index + 1): \(record.name)"
          print("\(PrintableText.line(title))\n")
        }
        print(try record.text(isAnonymous: anonymous))
      }
    }
    if let out { print("the report is in \(out)") }
    if let figures { print("the figures are in \(figures)") }
  }
}
