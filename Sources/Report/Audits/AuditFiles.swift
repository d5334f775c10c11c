import Attack
import Data
import Experiments
import Files
import Foundation

/// The three files that an audit leaves and a report is made of, as they are.
struct AuditFiles: Sendable {
  /// Where they are, for errors: a folder, or an archive with a folder in it.
  let place: String
  /// `results.json`.
  var results: [UInt8]
  /// `scores.csv`.
  var scores: [UInt8]
  /// `attack.json`.
  var settings: [UInt8]

  /// The names of the files, in the order of their names.
  static let names = [AttackJob.configurationName, AttackResults.fileName, ScoresFile.name]

  /// Reads a folder.
  /// - Throws: `FileError`.
  init(_ folder: URL) throws(FileError) {
    func read(_ name: String) throws(FileError) -> [UInt8] {
      [UInt8](try readFile(folder.appending(path: name), limit: AuditFiles.largest(name)))
    }
    place = folder.path
    results = try read(AttackResults.fileName)
    scores = try read(ScoresFile.name)
    settings = try read(AttackJob.configurationName)
  }

  /// Files by what is in them.
  init(place: String, results: [UInt8], scores: [UInt8], settings: [UInt8]) {
    (self.place, self.results, self.scores, self.settings) = (place, results, scores, settings)
  }

  /// The most bytes of a file of some name that is read: of scores, or of others, which are JSON and take more memory than
  /// they have bytes.
  static func largest(_ name: String) -> Int { name.hasSuffix(ScoresFile.name) ? 1 << 28 : 1 << 24 }

  /// The files by name, in the order of ``names``.
  var all: [(name: String, bytes: [UInt8])] { Array(zip(AuditFiles.names, [settings, results, scores])) }

  /// The same without names of inputs and paths of data: an input's name is its place among members, or nonmembers, of the
  /// encoder that it was asked of.
  /// - Throws: ``ReportError`` or `ConfigurationError` where they cannot be read.
  func anonymous() throws -> AuditFiles {
    var result = self
    var (text, rows, counts) = (
      DelimitedText(bytes: scores, file: "\(place)/\(ScoresFile.name)", .csv), "", [String: Int]()
    )
    while let row = text.next() {
      if let problem = row.problem {
        throw ReportError.scores(file: text.file, line: row.line, reason: problem)
      }
      var fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
      if !rows.isEmpty && fields.count > 2 {
        counts["\(fields[1]) \(fields[2])", default: 0] += 1
        fields[0] = "\(fields[1]) \(fields[2]) \(counts["\(fields[1]) \(fields[2])"] ?? 0)"
      }
      rows += DelimitedText.line(fields, .csv)
    }
    result.scores = Array(rows.utf8)
    var settings: AttackConfiguration = try Configuration.decode(
      from: Data(settings), file: "\(place)/\(AttackJob.configurationName)")
    settings.downstream.data = nil
    result.settings = [UInt8](try Configuration.encode(settings))
    var found: AttackResults = try Configuration.decode(
      from: Data(results), file: "\(place)/\(AttackResults.fileName)", allowsNull: true)
    found.warnings = found.warningsWithoutNames
    result.results = [UInt8](try Configuration.encode(found))
    return result
  }

  /// A warning without what it quotes, which stands in brackets or quotation marks: from the first to the last of them, as a
  /// name may hold some itself.
  static func withoutNames(_ warning: String) -> String {
    let marks: Set<Character> = ["(", ")", "“", "”", "'"]
    guard let first = warning.firstIndex(where: marks.contains),
      let last = warning.lastIndex(where: marks.contains), first < last
    else { return warning }
    return warning[..<first] + "[names left out]" + warning[warning.index(after: last)...]
  }
}

extension AuditRecord {
  /// What must be known before a number is quoted.
  /// - Parameter isAnonymous: whether what they quote is left out.
  func warnings(isAnonymous: Bool) -> [String] {
    isAnonymous ? results.warningsWithoutNames : results.warnings
  }
}

extension AttackResults {
  /// The warnings without what they quote, but for those that encoders and numbers themselves call for, which name no input
  /// and no place.
  var warningsWithoutNames: [String] {
    let implied = Set(impliedWarnings.map { ExactText($0) })
    return warnings.map { implied.contains(ExactText($0)) ? $0 : AuditFiles.withoutNames($0) }
  }
}
