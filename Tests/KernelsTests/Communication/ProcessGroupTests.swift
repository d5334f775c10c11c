import TestSupport
import Testing

@testable import Kernels

@Suite struct ProcessGroupTests {
  private func values(_ rank: Int, _ count: Int) -> [Float] {
    (0..<count).map { Float(($0 * 7919 + rank * 104_729) % 1009) / 1009 - 0.3 }
  }

  @Test(
    "A sum adds in the order of ranks and is the same on all of them, whatever is summed at a time",
    arguments: [(2, 1000, 1 << 24), (3, 1000, 1 << 24), (4, 1003, 64), (4, 3, 1 << 24), (3, 50, 7)])
  func sums(processes: Int, count: Int, chunk: Int) throws {
    var expected = values(0, count)
    for rank in 1..<processes {
      for (index, value) in values(rank, count).enumerated() { expected[index] += value }
    }
    let found = try ThreadedProcesses.run(processes, chunk: chunk) { group in
      let tensor = Tensor(values(group.rank, count), shape: [count])
      group.sum(tensor)
      return (tensor.values, group.traffic.bytes, group.bytesToSum(count))
    }
    for (values, _, _) in found { #expect(values == expected) }
    // Each process sends all but its own slice, and its own slice to all others.
    #expect(found.map(\.1) == found.map(\.2))
    #expect(found.map(\.1).reduce(0, +) == 2 * (processes - 1) * count * 4)
  }

  @Test("Rows of all processes stand in the order of ranks, also where one has none")
  func gathersRows() throws {
    let counts = [2, 0, 1]
    let found = try ThreadedProcesses.run(3) { group in
      let own = Tensor(
        (0..<counts[group.rank] * 2).map { Float(10 * group.rank + $0) }, shape: [counts[group.rank], 2])
      return group.gatherRows(own, counts: counts)
    }
    for rows in found {
      #expect(rows.shape == [3, 2])
      #expect(rows.values == [0, 1, 2, 3, 20, 21])
    }
  }

  @Test("Bytes of all processes come back by rank, however many each has")
  func gathersBytes() throws {
    let own: [[UInt8]] = [[1, 2, 3], [], [4]]
    for found in try ThreadedProcesses.run(3, { $0.gather(own[$0.rank]) }) { #expect(found == own) }
  }

  @Test("What one process says all hear")
  func anyone() throws {
    #expect(try ThreadedProcesses.run(3) { $0.anyone($0.rank == 1) } == [true, true, true])
    #expect(try ThreadedProcesses.run(3) { $0.anyone(false) } == [false, false, false])
  }

  @Test(
    "Shares cover everything, in order, and differ by one at most",
    arguments: [(7, 3), (2, 2), (512, 8), (5, 8)])
  func shares(total: Int, processes: Int) throws {
    let found = try ThreadedProcesses.run(processes) { ($0.share(of: total), $0.shares(of: total)) }
    #expect(found.flatMap { Array($0.0) } == Array(0..<total))
    let sizes = found.map(\.0.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    for (_, all) in found { #expect(all == found.map(\.0)) }
  }

  @Test("A process alone gets back what it gives, and sends nothing")
  func alone() {
    let group = ProcessGroup.alone
    let tensor = Tensor([1, 2, 3], shape: [3])
    group.sum(tensor)
    #expect(tensor.values == [1, 2, 3])
    #expect(group.gather([7]) == [[7]])
    #expect(group.share(of: 5) == 0..<5 && group.isFirst && group.anyone(true) && !group.anyone(false))
    #expect(group.traffic == ProcessGroup.Traffic() && group.bytesToSum(100) == 0)
  }
}
