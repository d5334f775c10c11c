import Networks

/// What references are trained on: encoders that are neither target nor shadow, and tell how hard inputs are.
///
/// Both draws depend on the split, its seed and the reference's number alone: any of them can be made by itself, whatever
/// others there are.
extension Split {
  /// A reference that saw none of the four groups: its members are drawn from the items that are left.
  ///
  /// Each reference draws by itself, so two of them have items in common where few are left.
  /// - Parameters:
  ///   - number: the reference's, from 1.
  ///   - pool: the items to draw from; all of the data set if not given.
  /// - Returns: its members; as nonmembers the shadow's, which it did not see either.
  /// - Throws: ``SplitError/tooFewForReference(number:needed:found:count:)``.
  public func reference(
    _ number: Int, members: Int, from pool: [Int]? = nil
  ) throws -> MembershipGroups<[Int]> {
    let audited = Set(target.pooled + shadow.pooled)
    let left = (pool ?? Array(0..<count)).filter { !audited.contains($0) }
    guard members >= 1, members <= left.count else {
      throw SplitError.tooFewForReference(
        number: number, needed: members, found: left.count, count: count)
    }
    var stream = RandomStream(seed: seed, name: "reference").substream(number)
    let order = stream.permutation(left.count)
    return MembershipGroups(members: order.prefix(members).map { left[$0] }, nonmembers: shadow.nonmembers)
  }

  /// A reference that saw each item of the four groups, or did not, by a fair coin.
  ///
  /// The coin is that of the item's place in the data set: it knows nothing of the group that the item is in.
  /// - Parameter number: the reference's, from 1.
  /// - Returns: the items that it saw, and the others, in the data set's order.
  public func ensemble(_ number: Int) -> MembershipGroups<[Int]> {
    let stream = RandomStream(seed: seed, name: "ensemble").substream(number)
    var drawn = MembershipGroups<[Int]>(members: [], nonmembers: [])
    for item in (target.pooled + shadow.pooled).sorted() {
      var coin = stream.substream(item)
      if coin.integer(below: 2) == 1 { drawn.members.append(item) } else { drawn.nonmembers.append(item) }
    }
    return drawn
  }
}
