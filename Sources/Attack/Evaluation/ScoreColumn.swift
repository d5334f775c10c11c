import Data

/// What one attack or control says of each input, as a column of a table.
public struct ScoreColumn: Sendable, Equatable {
  /// The name in results, without what a table of comma-separated values would have to quote; "control: " stands before
  /// a control's.
  public let title: String
  /// An input is taken for a member if its score is at least this.
  public let threshold: Double
  /// For each group the scores of its members and nonmembers; those that are not there were not scored.
  public let scores: [AuditGroup: [Membership: [Double]]]

  /// A column by its parts.
  public init(title: String, threshold: Double, scores: [AuditGroup: [Membership: [Double]]]) {
    self.title = title.filter { !",\"\r\n".contains($0) }
    (self.threshold, self.scores) = (threshold, scores)
  }

  fileprivate init(_ finding: Finding) {
    func both(_ groups: MembershipGroups<[Double]>) -> [Membership: [Double]] {
      [.member: groups.members, .nonmember: groups.nonmembers]
    }
    self.init(
      title: finding.family == nil ? finding.name : "control: \(finding.name)",
      threshold: finding.scores.threshold,
      scores: [.target: both(finding.scores.groups), .shadow: finding.shadowScores.map(both) ?? [:]])
  }

  /// Swapped pairs stand in the rows of the images that were shown.
  fileprivate init(_ name: String, judge: String, _ images: Membership, _ scores: [Double], threshold: Double)
  {
    self.init(
      title: "control: swapped: \(name) (\(judge))", threshold: threshold,
      scores: [.target: [images: scores], .shadow: [:]])
  }
}

extension AuditFindings {
  /// What every attack and control says of every input that it scores. Of swapped captions there is a column for each
  /// way to swap them and each attack that judges, and one for mismatched nonmembers; true pairs have that attack's.
  public var scoreColumns: [ScoreColumn] {
    var columns = attacks.map { ScoreColumn($0) }
    // Nonmembers against nonmembers score a quarter of them as members, which is no column of the inputs.
    columns += controls.filter { $0.swap == nil && !NonmembersControl.made($0.attack) }.map {
      ScoreColumn($0)
    }
    for finding in controls {
      guard let swap = finding.swap else { continue }
      let (groups, threshold) = (finding.scores.groups, finding.scores.threshold)
      switch swap.reference {
      case .pairs:
        columns.append(
          ScoreColumn(
            swap.captions.name, judge: swap.judge, swap.captions.groups.images, groups.members,
            threshold: threshold))
      case .mismatched where swap.captions == SwappedCaptions.allCases.first:
        columns.append(
          ScoreColumn(
            swap.reference.name, judge: swap.judge, .nonmember, groups.nonmembers, threshold: threshold))
      case .mismatched: break
      }
    }
    return columns
  }
}
