import Files

/// Why a split could not be drawn or read.
public enum SplitError: ExplainedError {
  /// A pool has fewer items than the groups drawn from it need.
  case tooFewItems(groups: [String], needed: Int, found: Int)
  /// Beside the four groups too few items are left for a reference.
  case tooFewForReference(number: Int, needed: Int, found: Int, count: Int)
  /// Two pools share some items but not all.
  case overlappingPools(index: Int)
  /// A group has no items.
  case emptyGroup(String)
  /// An index is not in the data set.
  case outsideDataset(group: String, index: Int, count: Int)
  /// An item is in two groups, or twice in one.
  case notDisjoint(index: Int, groups: (String, String))

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .tooFewItems(let groups, let needed, let found):
      return "too few items: \(groups.joined(separator: ", ")) need \(needed), the data has \(found); "
        + "ask for smaller groups or give more data"
    case .tooFewForReference(let number, let needed, let found, let count):
      return "reference \(number) needs \(needed) items beside the four groups, and of the data's \(count) "
        + "\(found) are left; ask for smaller groups or give more data"
    case .overlappingPools(let index):
      return "item \(index) is in two different pools or twice in one; "
        + "give each group the same pool or pools without common items"
    case .emptyGroup(let group):
      return "the group of \(group) is empty; each group needs at least 1 item"
    case .outsideDataset(let group, let index, let count):
      return "\(group): item \(index) is outside the data set of \(count) items; "
        + "the split belongs to other data"
    case .notDisjoint(let index, let groups):
      return
        "item \(index) is in \(groups.0) and in \(groups.1); groups must be disjoint, draw the split anew"
    }
  }
}
