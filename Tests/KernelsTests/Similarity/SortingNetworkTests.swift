import Networks
import Testing

@testable import Kernels

@Suite struct SortingNetworkTests {
  @Test("all sequences of zeros and ones of up to 11 values are sorted, hence all sequences")
  func zeroOnePrinciple() {
    for count in 0...11 {
      let network = SortingNetwork(count: count)
      for pattern in stride(from: 0, to: 1 << count, by: 8) {
        var values = (0..<count).map { index in
          var lanes = SIMD8<Float>()
          for lane in 0..<8 { lanes[lane] = Float(((pattern + lane) >> index) & 1) }
          return lanes
        }
        values.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { network.sort(base) } }
        for (a, b) in zip(values, values.dropFirst()) { #expect(all(a .>= b)) }
      }
    }
  }

  @Test("45 and 300 random values are sorted in each lane")
  func random() {
    var stream = RandomStream(seed: 3, name: "network")
    for count in [45, 64, 300] {
      var values = (0..<count).map { _ in
        var lanes = SIMD8<Float>()
        for lane in 0..<8 { lanes[lane] = stream.normal() }
        return lanes
      }
      let before = values
      values.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { SortingNetwork(count: count).sort(base) }
      }
      for lane in 0..<8 { #expect(values.map { $0[lane] } == before.map { $0[lane] }.sorted(by: >)) }
    }
  }
}
