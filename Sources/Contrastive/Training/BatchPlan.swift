import Networks

/// Which images go into which step: for each epoch another order, cut into batches.
struct BatchPlan {
  let count: Int
  let sizes: [Int]
  private let stream: RandomStream

  init(count: Int, batch: Int, dropsIncompleteBatch: Bool, seed: UInt64) throws(PretrainingError) {
    guard count >= 2 else { throw .tooFewMembers(found: count) }
    let batch = min(batch, count)
    if dropsIncompleteBatch {
      sizes = [Int](repeating: batch, count: count / batch)
    } else {
      let steps = (count + batch - 1) / batch
      sizes = (0..<steps).map { count * ($0 + 1) / steps - count * $0 / steps }
    }
    self.count = count
    stream = RandomStream(seed: seed, name: "order")
  }

  var stepsPerEpoch: Int { sizes.count }

  /// The batches of an epoch, counted from 0.
  func batches(epoch: Int) -> [[Int]] {
    var stream = stream.substream(epoch)
    let order = stream.permutation(count)
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Array(order[start..<start + size])
    }
  }
}
