import Attack
import Data
import Files
import Foundation

/// What `scores.csv` of an audit says of the inputs of one of the two encoders.
public struct RecordedScores: Sendable, Equatable {
  /// Names of the inputs in the order of the file.
  public let inputs: MembershipGroups<[String]>
  /// The line of the file that each input stands in.
  let lines: MembershipGroups<[Int]>
  /// The names of all columns of scores, in the order of the file.
  let titles: [String]
  /// What stands in a column in the order of ``inputs``; nil where an input was not scored.
  private let columns: [ExactText: Column]
  /// The most scores that are read. An audit of 100,000 inputs by 300 attacks and controls has fewer.
  static let most = 1 << 25

  /// Scores, and the decisions that stand beside them.
  struct Column: Sendable, Equatable {
    var scores = MembershipGroups<[Double?]>(members: [], nonmembers: [])
    var decisions = MembershipGroups<[Membership?]>(members: [], nonmembers: [])
  }

  /// Reads the rows that are the target's, or the shadow's.
  /// - Throws: `FileError` or ``ReportError``.
  public init(_ file: URL, of whose: AuditGroup = .target) throws {
    try self.init(DelimitedText(file.path, .csv), of: whose)
  }

  /// Reads the same from text.
  /// - Parameter most: the most scores that are read.
  /// - Throws: ``ReportError``.
  init(_ text: DelimitedText, of whose: AuditGroup, most: Int = most) throws {
    var text = text
    let file = text.file
    func failure(_ line: Int, _ reason: String) -> ReportError {
      .scores(file: file, line: line, reason: reason)
    }
    guard let header = text.next(), header.problem == nil else { throw failure(1, "there is no header") }
    let titles = header.fields.map { String(decoding: $0, as: UTF8.self) }
    let expected = ["input", "of", "group"]
    guard Array(titles.prefix(3)) == expected else {
      throw failure(
        header.line, "the first columns are \(expected.joined(separator: ", ")); found \(excerpt(titles))")
    }
    var places: [ExactText: Int] = [:]
    for (place, title) in titles.enumerated() {
      guard places.updateValue(place, forKey: ExactText(title)) == nil else {
        throw failure(header.line, "the column '\(excerpt(title))' is there twice")
      }
    }
    let scored = titles.indices.dropFirst(3).filter { titles[$0].hasSuffix(RecordedScores.ending) }
    let names = scored.map { String(titles[$0].dropLast(RecordedScores.ending.count)) }
    let decided = names.map { places[ExactText($0 + RecordedScores.decisionEnding)] }
    let known = Set(scored + decided.compactMap { $0 })
    if let odd = titles.indices.dropFirst(3).first(where: { !known.contains($0) }) {
      throw failure(
        header.line,
        "the column '\(excerpt(titles[odd]))' is neither 'NAME score' nor 'NAME decision' of such a NAME")
    }
    var left = most
    var inputs = MembershipGroups<[String]>(members: [], nonmembers: [])
    var lines = MembershipGroups<[Int]>(members: [], nonmembers: [])
    var columns = [Column](repeating: Column(), count: scored.count)
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
      left -= scored.count
      guard left >= 0 else {
        throw failure(
          row.line, "there are more than \(most) scores, which are too many to read")
      }
      inputs.append(fields[0], to: group)
      lines.append(row.line, to: group)
      for (place, column) in scored.enumerated() {
        let field = fields[column]
        let score = field.isEmpty ? nil : RecordedScores.number(field)
        guard field.isEmpty || score?.isFinite == true else {
          throw failure(row.line, "'\(field)' in column '\(titles[column])' is not a finite number")
        }
        columns[place].scores.append(score, to: group)
        let decision = decided[place].map { fields[$0] } ?? ""
        guard decision.isEmpty || Membership(rawValue: decision) != nil else {
          throw failure(
            row.line, "'\(decision)' in column '\(names[place]) decision' is neither member nor nonmember")
        }
        columns[place].decisions.append(Membership(rawValue: decision), to: group)
      }
    }
    (self.inputs, self.lines, self.titles) = (inputs, lines, names)
    self.columns = Dictionary(
      zip(names.map { ExactText($0) }, columns), uniquingKeysWith: { first, _ in first })
  }

  private static let ending = " score"
  private static let decisionEnding = " decision"

  /// A score as it was written: one of single precision in the fewest digits that tell it from others of that precision,
  /// any other with a digit more where these are the same.
  private static func number(_ text: String) -> Double? {
    if let single = Float(text), String(single).isExactly(text) { return Double(single) }
    return Double(text)
  }

  /// The scores of an attack, or of a control, with its threshold; nil where the file has not both groups.
  ///
  /// Of swapped captions the pairs put together stand for members, and what they were compared with for nonmembers.
  /// - Throws: `EvaluationError`.
  public func scores(of metrics: AttackMetrics) throws -> MembershipScores? {
    guard let groups = groups(of: metrics), !groups.members.isEmpty, !groups.nonmembers.isEmpty else {
      return nil
    }
    return try MembershipScores(groups, threshold: metrics.threshold)
  }

  private func groups(of metrics: AttackMetrics) -> MembershipGroups<[Double]>? {
    guard let swap = metrics.swap else { return column(metrics)?.map { $0.compactMap { $0 } } }
    guard let swapped = columns[ExactText(RecordedScores.title(swap))]?.scores,
      let reference = columns[ExactText(RecordedScores.referenceTitle(swap))]
    else { return nil }
    return MembershipGroups(
      members: swapped.pooled.compactMap { $0 }, nonmembers: reference.scores.nonmembers.compactMap { $0 })
  }

  /// The names of attacks and controls that scored inputs of both groups, sorted.
  public var names: [String] { titles.filter { scores(named: $0) != nil }.sortedByBytes() }

  /// The scores in the column of a name; nil where there is none such, or not of both groups.
  public func scores(named name: String) -> MembershipGroups<[Double]>? {
    guard let groups = columns[ExactText(name)]?.scores.map({ $0.compactMap { $0 } }) else { return nil }
    return groups.members.isEmpty || groups.nonmembers.isEmpty ? nil : groups
  }

  /// Scores by input, nil for one that was not scored.
  func column(_ metrics: AttackMetrics) -> MembershipGroups<[Double?]>? { whole(metrics)?.scores }

  /// Scores and decisions of an attack or control.
  func whole(_ metrics: AttackMetrics) -> Column? { columns[ExactText(RecordedScores.title(metrics))] }

  /// A column's name without "score".
  static func title(_ metrics: AttackMetrics) -> String {
    if let swap = metrics.swap { return title(swap) }
    let name = metrics.family == nil ? metrics.name : "control: \(metrics.name)"
    return ScoreColumn(title: name, threshold: 0, scores: [:]).title
  }

  /// The names of all columns that a finding's scores stand in, without "score".
  static func titles(_ metrics: AttackMetrics) -> [String] {
    [title(metrics)] + (metrics.swap.map { [referenceTitle($0)] } ?? [])
  }

  private static func referenceTitle(_ swap: Swap) -> String {
    swap.reference == .pairs
      ? ScoreColumn(title: swap.judge, threshold: 0, scores: [:]).title
      : title(swap.reference.name, judge: swap.judge)
  }

  private static func title(_ swap: Swap) -> String { title(swap.captions.name, judge: swap.judge) }

  private static func title(_ name: String, judge: String) -> String {
    ScoreColumn(title: "control: swapped: \(name) (\(judge))", threshold: 0, scores: [:]).title
  }
}

extension MembershipGroups where Value: RangeReplaceableCollection {
  fileprivate mutating func append(_ element: Value.Element, to group: Membership) {
    switch group {
    case .member: members.append(element)
    case .nonmember: nonmembers.append(element)
    }
  }
}
