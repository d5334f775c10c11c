import Networks

/// How many inputs each group of a split has.
public struct SplitSizes: Codable, Sendable, Equatable {
  /// Sizes of the target's groups; the paper has 10,000 each.
  public var target: MembershipGroups<Int>
  /// Sizes of the shadow's groups; the paper has 10,000 each.
  public var shadow: MembershipGroups<Int>

  /// Sizes of the four groups, each at least 1.
  public init(target: MembershipGroups<Int>, shadow: MembershipGroups<Int>) {
    self.target = target
    self.shadow = shadow
  }

  /// Four groups of one size.
  public init(each size: Int) {
    let groups = MembershipGroups(members: size, nonmembers: size)
    self.init(target: groups, shadow: groups)
  }
}

/// The items that each group is drawn from.
///
/// Two pools are either the same items or have none in common. Data sets that differ are handled as one
/// concatenated data set with a pool for each part.
public struct SplitPools: Sendable {
  /// Pools of the target's groups.
  public var target: MembershipGroups<[Int]>
  /// Pools of the shadow's groups.
  public var shadow: MembershipGroups<[Int]>

  /// Pools of the four groups.
  public init(target: MembershipGroups<[Int]>, shadow: MembershipGroups<[Int]>) {
    self.target = target
    self.shadow = shadow
  }

  /// One pool for all groups. Members and nonmembers are then exchangeable before pre-training.
  public static func one(_ pool: [Int]) -> SplitPools {
    let groups = MembershipGroups(members: pool, nonmembers: pool)
    return SplitPools(target: groups, shadow: groups)
  }

  /// Everything from the training images but the target's nonmembers, which are test images (paper, section 5.1).
  public static func paper(training: [Int], test: [Int]) -> SplitPools {
    SplitPools(
      target: MembershipGroups(members: training, nonmembers: test),
      shadow: MembershipGroups(members: training, nonmembers: training))
  }
}

/// Four disjoint groups of inputs: members and nonmembers of the target, and of the shadow.
///
/// Each group holds indices into a data set, in the random order they were drawn in: a prefix is a fair sample.
public struct Split: Codable, Sendable, Equatable {
  /// The seed it was drawn from.
  public let seed: UInt64
  /// Items in the data set that the indices point into.
  public let count: Int
  /// What the audited encoder was pre-trained on, and what it was not.
  public let target: MembershipGroups<[Int]>
  /// What the auditor's own encoder is pre-trained on, and what it is not.
  public let shadow: MembershipGroups<[Int]>

  /// Draws disjoint groups from a data set of `count` items.
  ///
  /// The draw depends on the seed and the arguments alone.
  /// - Parameter pools: where each group comes from; one pool of all items if not given.
  /// - Throws: ``SplitError`` when a pool has too few items, overlaps another in part, or leaves the data set.
  public init(count: Int, sizes: SplitSizes, pools: SplitPools? = nil, seed: UInt64) throws {
    let pools = pools ?? .one(Array(0..<count))
    let requests = [
      Request(name: "target members", size: sizes.target.members, pool: pools.target.members),
      Request(name: "target nonmembers", size: sizes.target.nonmembers, pool: pools.target.nonmembers),
      Request(name: "shadow members", size: sizes.shadow.members, pool: pools.shadow.members),
      Request(name: "shadow nonmembers", size: sizes.shadow.nonmembers, pool: pools.shadow.nonmembers),
    ]
    var stream = RandomStream(seed: seed, name: "split")
    let groups = try Request.draw(requests, order: stream.permutation(count))
    self.init(
      seed: seed, count: count, target: MembershipGroups(members: groups[0], nonmembers: groups[1]),
      shadow: MembershipGroups(members: groups[2], nonmembers: groups[3]))
  }

  init(seed: UInt64, count: Int, target: MembershipGroups<[Int]>, shadow: MembershipGroups<[Int]>) {
    self.seed = seed
    self.count = count
    self.target = target
    self.shadow = shadow
  }

  /// The first items of each group: a fair sample of it that does not depend on how many the others keep.
  public func first(_ sizes: SplitSizes) -> Split {
    func first(_ groups: MembershipGroups<[Int]>, _ sizes: MembershipGroups<Int>) -> MembershipGroups<[Int]> {
      groups.zip(sizes).map { items, size in
        precondition(size <= items.count, "Split.first: \(size) of \(items.count) items")
        return Array(items.prefix(size))
      }
    }
    return Split(
      seed: seed, count: count, target: first(target, sizes.target), shadow: first(shadow, sizes.shadow))
  }

  /// The four groups with their names, in the order they are drawn in.
  var named: [(name: String, indices: [Int])] {
    [
      ("target members", target.members), ("target nonmembers", target.nonmembers),
      ("shadow members", shadow.members), ("shadow nonmembers", shadow.nonmembers),
    ]
  }

  /// Checks that indices are within the data set and that no input is in two groups, or twice in one.
  /// - Throws: ``SplitError``.
  public func validate() throws {
    var owner: [Int: String] = [:]
    for (name, indices) in named {
      if indices.isEmpty { throw SplitError.emptyGroup(name) }
      try claim(indices, for: name, &owner)
    }
  }

  /// Notes that some items are a group's.
  /// - Throws: ``SplitError`` for one outside the data set, or of another group.
  func claim(_ indices: [Int], for name: String, _ owner: inout [Int: String]) throws {
    for index in indices {
      guard index >= 0 && index < count else {
        throw SplitError.outsideDataset(group: name, index: index, count: count)
      }
      if let other = owner.updateValue(name, forKey: index) {
        throw SplitError.notDisjoint(index: index, groups: (other, name))
      }
    }
  }
}

/// One group to be drawn.
private struct Request {
  let name: String
  let size: Int
  let pool: [Int]

  /// Groups in the order of the requests: each takes the first items of `order` in its pool that none before it took.
  static func draw(_ requests: [Request], order: [Int]) throws -> [[Int]] {
    // Which distinct pool an item is in; -1 for none.
    var poolOfItem = [Int](repeating: -1, count: order.count)
    var pools: [[Int]] = []
    var poolOfRequest: [Int] = []
    for request in requests {
      if request.size < 1 { throw SplitError.emptyGroup(request.name) }
      if let known = pools.firstIndex(of: request.pool) {
        poolOfRequest.append(known)
        continue
      }
      for item in request.pool {
        guard item >= 0 && item < order.count else {
          throw SplitError.outsideDataset(group: request.name, index: item, count: order.count)
        }
        guard poolOfItem[item] == -1 else { throw SplitError.overlappingPools(index: item) }
        poolOfItem[item] = pools.count
      }
      poolOfRequest.append(pools.count)
      pools.append(request.pool)
    }
    for (pool, items) in pools.enumerated() {
      let drawn = requests.indices.filter { poolOfRequest[$0] == pool }
      let needed = drawn.reduce(0) { $0 + requests[$1].size }
      if needed > items.count {
        throw SplitError.tooFewItems(
          groups: drawn.map { requests[$0].name }, needed: needed, found: items.count)
      }
    }
    var shuffled = pools.map { _ in [Int]() }
    for item in order where poolOfItem[item] >= 0 { shuffled[poolOfItem[item]].append(item) }
    var taken = pools.map { _ in 0 }
    return requests.indices.map { request in
      let pool = poolOfRequest[request]
      let range = taken[pool]..<(taken[pool] + requests[request].size)
      taken[pool] = range.upperBound
      return Array(shuffled[pool][range])
    }
  }
}
