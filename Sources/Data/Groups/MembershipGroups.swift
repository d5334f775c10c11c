/// One value for the members of a pre-training set and one for the nonmembers.
///
/// Both travel together and are mapped by the same closure, so that neither can be treated differently by accident.
public struct MembershipGroups<Value> {
  /// What belongs to inputs that were in the pre-training data.
  public var members: Value
  /// What belongs to inputs that were not.
  public var nonmembers: Value

  /// Groups of two values.
  public init(members: Value, nonmembers: Value) {
    self.members = members
    self.nonmembers = nonmembers
  }

  /// Applies one closure to both groups.
  public func map<Result>(_ transform: (Value) throws -> Result) rethrows -> MembershipGroups<Result> {
    MembershipGroups<Result>(members: try transform(members), nonmembers: try transform(nonmembers))
  }

  /// Both values with those of other groups.
  public func zip<Other>(_ other: MembershipGroups<Other>) -> MembershipGroups<(Value, Other)> {
    MembershipGroups<(Value, Other)>(
      members: (members, other.members), nonmembers: (nonmembers, other.nonmembers))
  }
}

extension MembershipGroups: Sendable where Value: Sendable {}
extension MembershipGroups: Equatable where Value: Equatable {}
extension MembershipGroups: Decodable where Value: Decodable {}
extension MembershipGroups: Encodable where Value: Encodable {}

extension MembershipGroups where Value: RangeReplaceableCollection {
  /// The members' elements followed by the nonmembers'.
  public var pooled: Value { members + nonmembers }

  /// For each element of ``pooled``, whether it is a member's.
  public var labels: [Bool] {
    Array(repeating: true, count: members.count) + Array(repeating: false, count: nonmembers.count)
  }
}
