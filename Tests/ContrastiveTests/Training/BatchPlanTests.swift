import Testing

@testable import Contrastive

struct BatchPlanTests {
  private func plan(_ count: Int, _ batch: Int, drops: Bool = false, seed: UInt64 = 1) throws -> BatchPlan {
    try BatchPlan(count: count, batch: batch, dropsIncompleteBatch: drops, seed: seed)
  }

  @Test(
    "Without dropping, an epoch holds every image once", arguments: [2, 5, 12, 13, 100], [2, 4, 5, 13, 200])
  func everyImageOnce(count: Int, batch: Int) throws {
    let plan = try plan(count, batch)
    for epoch in 0..<3 {
      let batches = plan.batches(epoch: epoch)
      #expect(batches.flatMap { $0 }.sorted() == Array(0..<count))
      #expect(batches.count == plan.stepsPerEpoch)
    }
  }

  @Test(
    "Without dropping, sizes differ by at most one and pass no bound", arguments: [2, 5, 12, 13, 100],
    [2, 4, 7])
  func evenSizes(count: Int, batch: Int) throws {
    let sizes = try plan(count, batch).batches(epoch: 0).map(\.count)
    let (smallest, largest) = (sizes.min() ?? 0, sizes.max() ?? 0)
    #expect(largest - smallest <= 1)
    #expect(largest <= batch)
  }

  @Test("With dropping, all batches are whole, and other images wait in another epoch")
  func dropping() throws {
    let plan = try plan(11, 4, drops: true)
    var waiting: Set<Int> = []
    for epoch in 0..<20 {
      let batches = plan.batches(epoch: epoch)
      #expect(batches.map(\.count) == [4, 4])
      let seen = Set(batches.flatMap { $0 })
      #expect(seen.count == 8)
      waiting.formUnion(Set(0..<11).subtracting(seen))
    }
    #expect(waiting == Set(0..<11))
  }

  @Test("Fewer images than a batch make one batch of all", arguments: [true, false])
  func smallSet(drops: Bool) throws {
    #expect(try plan(3, 100, drops: drops).batches(epoch: 0).map(\.count) == [3])
  }

  @Test("Each epoch and each seed has its own order, the same whenever it is asked for")
  func orders() throws {
    let plan = try plan(50, 10)
    #expect(plan.batches(epoch: 4) == plan.batches(epoch: 4))
    #expect(try plan.batches(epoch: 4) == self.plan(50, 10).batches(epoch: 4))
    #expect(plan.batches(epoch: 4) != plan.batches(epoch: 5))
    #expect(try plan.batches(epoch: 4) != self.plan(50, 10, seed: 2).batches(epoch: 4))
  }

  @Test("One image alone cannot be contrasted", arguments: [0, 1])
  func tooFew(count: Int) {
    #expect(throws: PretrainingError.tooFewMembers(found: count)) { try plan(count, 4) }
  }
}
