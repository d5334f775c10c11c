import Testing

@testable import Kernels

@Suite("Resize taps")
struct ResizeTapsTests {
  private func matrix(_ size: Int, _ outputs: Int, isReversed: Bool = false) -> [[Double]] {
    var taps = ResizeTaps(outputs: outputs, longestSource: size)
    defer { taps.deallocate() }
    taps.set(size: size, isReversed: isReversed, gain: 1)
    return (0..<outputs).map { output in
      var row = [Double](repeating: 0, count: size)
      for tap in 0..<taps.count {
        row[taps.first[output] + tap] = Double(taps.weights[tap * outputs + output])
      }
      return row
    }
  }

  @Test("The weights equal the triangle filter's, evaluated at every source pixel", arguments: 1...40)
  func equalNaive(size: Int) {
    for outputs in 1...40 {
      let pairs = zip(matrix(size, outputs).joined(), NaiveView.resizeWeights(size, outputs).joined())
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(size) to \(outputs)")
    }
  }

  @Test("Enlarging takes two taps")
  func twoTaps() {
    var taps = ResizeTaps(outputs: 32, longestSource: 32)
    defer { taps.deallocate() }
    for size in 2...32 {
      taps.set(size: size, isReversed: false, gain: 1)
      #expect(taps.count == 2)
    }
  }

  @Test("Reversing reverses the outputs")
  func reversed() {
    #expect(matrix(23, 32, isReversed: true) == matrix(23, 32).reversed())
  }
}
