import Testing

@testable import Kernels

@Suite("Storage") struct StorageTests {
  @Test(
    "A block holds what was asked for and wastes at most an eighth",
    arguments: [1, 16, 17, 1023, 1025, 99_999])
  func capacity(count: Int) {
    let capacity = StoragePool.roundedCapacity(count)
    #expect(capacity >= count)
    #expect(capacity <= max(count + 15, count + count / 8 + 1))
  }

  @Test("Memory is aligned for the widest vectors")
  func alignment() {
    for count in [1, 100, 5000, 1 << 20] {
      #expect(UInt(bitPattern: Storage(count: count).pointer) % 64 == 0)
    }
  }

  @Test("Two live blocks never share memory")
  func exclusive() {
    let blocks = (0..<50).map { _ in Storage(count: 3000) }
    #expect(Set(blocks.map { UInt(bitPattern: $0.pointer) }).count == 50)
  }
}
