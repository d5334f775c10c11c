import Attack
import Data
import Files
import Foundation

/// What `scores.csv` of an audit says of the inputs of one of the two encoders.
public struct RecordedScores: Sendable, Equatable {
  /// Names of the inputs in the order of the file.
  public let inputs: MembershipGroups<[String]>
  /// Scores by column in the order of ``inputs``; nil where an input was not scored.
  private let columns: [String: MembershipGroups<[Double?]>]

  /// Reads the rows that are the target's, or the shadow's.
  /// - Throws: `FileError` or ``ReportError``.
  public init(_ file: URL, of whose: AuditGroup = .target) throws {
    var text = try DelimitedText(file.path, .csv)
    func failure(_ line: Int, _ reason: String) -> ReportError {
      .scores(file: file.path, line: line, reason: reason)
    }
    guard let header = text.next(), header.problem == nil else { throw failure(1, "there is no header") }
    let titles = header.fields.map { String(decoding: $0, as: UTF8.self) }
    let expected = ["input", "of", "group"]
    guard Array(titles.prefix(3)) == expected else {
      throw failure(
        header.line, "the first columns are \(expected.joined(separator: ", ")); found \(excerpt(titles))")
    }
    let scored = titles.indices.dropFirst(3).filter { titles[$0].hasSuffix(RecordedScores.ending) }
    var inputs = MembershipGroups<[String]>(members: [], nonmembers: [])
    var columns = [MembershipGroups<[Double?]>](
      repeating: MembershipGroups(members: [], nonmembers: []), count: scored.count)
    while let row = text.next() {
      if let problem = row.problem { throw failure(row.line, problem) }
      guard row.fields.count == titles.count else {
        throw failure(row.line, "\(titles.count) fields were expected; found \(row.fields.count)")
      }
      let fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
      guard AuditGroup(rawValue: fields[1]) != nil, let group = Membership(rawValue: fields[2]) else {
        throw failure(
          row.line,
          "it is of '\(fields[1])', '\(fields[2])', where target or shadow and member or "
            + "nonmember were expected")
      }
      guard fields[1] == whose.rawValue else { continue }
      let isMember = group == .member
      if isMember { inputs.members.append(fields[0]) } else { inputs.nonmembers.append(fields[0]) }
      for (place, column) in scored.enumerated() {
        let field = fields[column]
        let score = field.isEmpty ? nil : Double(field)
        guard field.isEmpty || score?.isFinite == true else {
          throw failure(row.line, "'\(field)' in column '\(titles[column])' is not a finite number")
        }
        if isMember {
          columns[place].members.append(score)
        } else {
          columns[place].nonmembers.append(score)
        }
      }
    }
    self.inputs = inputs
    self.columns = Dictionary(
      zip(scored.map { String(titles[$0].dropLast(RecordedScores.ending.count)) }, columns),
      uniquingKeysWith: { first, _ in first })
  }

  private static let ending = " score"

  /// The scores of an attack, or of a control of the groups, with its threshold; nil where the file has not both groups.
  /// - Throws: `EvaluationError`.
  public func scores(of metrics: AttackMetrics) throws -> MembershipScores? {
    guard let groups = column(metrics)?.map({ $0.compactMap { $0 } }) else { return nil }
    guard !groups.members.isEmpty, !groups.nonmembers.isEmpty else { return nil }
    return try MembershipScores(groups, threshold: metrics.threshold)
  }

  /// The names of attacks and controls that scored inputs of both groups, sorted.
  public var names: [String] { columns.keys.filter { scores(named: $0) != nil }.sorted() }

  /// The scores in the column of a name; nil where there is none such, or not of both groups.
  public func scores(named name: String) -> MembershipGroups<[Double]>? {
    guard let groups = columns[name]?.map({ $0.compactMap { $0 } }) else { return nil }
    return groups.members.isEmpty || groups.nonmembers.isEmpty ? nil : groups
  }

  /// Scores by input, nil for one that was not scored.
  func column(_ metrics: AttackMetrics) -> MembershipGroups<[Double?]>? {
    let name = metrics.family == nil ? metrics.name : "control: \(metrics.name)"
    return columns[ScoreColumn(title: name, threshold: 0, scores: [:]).title]
  }
}
