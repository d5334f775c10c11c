import ArgumentParser
import Experiments
import Files
import Foundation
import Report

/// `encodermi report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract:
      "Show finished attacks and experiments: a page for people, figures for a paper, text for a terminal.",
    discussion: """
      Reads folders that `encodermi attack` wrote (results.json, scores.csv, attack.json), computes every number of \
      attacks and controls of the groups anew from the scores, and refuses folders whose files do not belong together. \
      Of a folder that `encodermi experiment run` wrote for an experiment it shows the paper's numbers beside those here, \
      and computes them anew from its trials where they are in it. \
      The page is one file that loads nothing and needs no script. \
      --before and --after compare two audits of the same inputs.
      """)

  @Argument(
    help: """
      Folders of results; of an attack at all levels of knowledge, the folder that holds them; of `attack --growth` its \
      folder; of an experiment the folder with its experiment.json.
      """)
  var results: [String] = []
  @Option(help: "With --after: the audit of the encoder as it was, of the same inputs.") var before: String?
  @Option(help: "With --before: the audit of the encoder as it is.") var after: String?
  @Option(
    help:
      "The run that was attacked: asks it again about four inputs, to show their views and how alike they are to it."
  )
  var target: String?
  @Option(help: "Where the data of --target are, if they moved.") var targetData: String?
  @Option(help: "The page to write, a file ending in .html; one that is there is replaced.") var out: String?
  @Option(
    help: "A folder, empty or not there, for charts (SVG, PNG), tables (Markdown, CSV) and all numbers (CSV)."
  )
  var figures: String?
  @Option(help: "A file, ending in .tar, for results, scores and settings, which `encodermi verify` checks.")
  var bundle: String?
  @Flag(help: "Print the report, for a terminal of 80 columns.") var text = false
  @Flag(help: "Leave out names of inputs and folders, and paths of data.") var anonymous = false

  func validate() throws {
    if (before == nil) != (after == nil) {
      throw ValidationError("--before and --after compare two audits; give both")
    }
    if before != nil && !results.isEmpty {
      throw ValidationError("--before and --after name the audits; leave '\(results[0])' out")
    }
    if before == nil && results.isEmpty { throw ValidationError("name at least one folder of results") }
    if target != nil && (before != nil || anonymous || out == nil && figures == nil) {
      throw ValidationError(
        "--target shows inputs of one audit in --out or --figures, and neither with --before nor with --anonymous; leave it out"
      )
    }
    if targetData != nil && target == nil {
      throw ValidationError(
        "--target-data says where the data of --target are; give that too, or leave it out")
    }
    if out == nil && figures == nil && bundle == nil && !text {
      throw ValidationError(
        "say what to make: --out FILE.html, --figures FOLDER or --text, or --bundle FILE.tar")
    }
    for (option, file, suffix, what) in [
      ("--out", out, "html", "the report"), ("--bundle", bundle, "tar", "the bundle"),
    ] {
      if let file, Paths.suffix(file) != suffix {
        throw ValidationError("\(option) \(file) does not end in .\(suffix), and \(what) is such a file")
      }
    }
  }

  private func material() throws -> ReportMaterial {
    var material = ReportMaterial()
    material.isAnonymous = anonymous
    if let before, let after {
      func single(_ path: String) throws -> AuditRecord {
        let records = try AuditRecord.all(in: URL(filePath: path))
        guard records.count == 1 else {
          throw ValidationError(
            "\(path) has \(records.count) audits; name one of \(records.map(\.name).joined(separator: ", ")) in it"
          )
        }
        return records[0]
      }
      let pair = try AuditPair(before: single(before), after: single(after))
      (material.records, material.pair) = ([pair.before, pair.after], pair)
      return material
    }
    for path in results {
      let folder = URL(filePath: path)
      if let growth = try Growth.read(from: folder) {
        material.growths.append((Paths.name(folder.path), growth))
      } else if let experiment = try FinishedExperiment(folder) {
        if !experiment.missing.isEmpty { warn("\(path): \(experiment.gap)") }
        material.experiments.append(experiment)
      } else {
        material.records += try AuditRecord.all(in: folder)
      }
    }
    if let target {
      guard material.records.count == 1 else {
        throw ValidationError("--target is of one audit, and there are \(material.records.count); name one")
      }
      material.pictures = try InputPicture.all(
        material.records[0], from: openRun(target, data: targetData, movedBy: "--target-data"))
    }
    if bundle != nil && material.records.isEmpty {
      throw ValidationError(
        "--bundle is of audits, and there are none here; name folders with a results.json, such as those of an experiment's "
          + "trials, or leave it out")
    }
    return material
  }

  func run() throws {
    let material = try material()
    if let out {
      let file = URL(filePath: out)
      try makeFolder(file.deletingLastPathComponent())
      try atomicWrite(Data(try material.page.html().utf8), to: file)
    }
    if let figures {
      try FigureFolder.write(material, to: URL(filePath: figures))
    }
    if text { try show(material) }
    if let bundle {
      let (file, bytes) = (
        URL(filePath: bundle), try AuditBundle.bytes(material.records, isAnonymous: anonymous)
      )
      try makeFolder(file.deletingLastPathComponent())
      try atomicWrite(Data(bytes), to: file)
      print("the bundle is in \(bundle); its SHA-256 is \(try FolderDigests.digest(of: file.path))")
    }
    if let out { print("the report is in \(out)") }
    if let figures { print("the figures are in \(figures)") }
  }

  private func show(_ material: ReportMaterial) throws {
    if let pair = material.pair { print(pair.text) }
    for experiment in material.experiments { print(experiment.text(isAnonymous: anonymous)) }
    for series in material.series { print(series.text(isAnonymous: anonymous)) }
    for (index, record) in material.records.enumerated() {
      if material.records.count > 1 {
        let role = material.pair == nil ? "Audit \(index + 1)" : ["Before", "After"][index]
        print("\(PrintableText.line(anonymous ? role : "\(role): \(record.name)"))\n")
      }
      print(try record.text(isAnonymous: anonymous))
    }
  }
}
