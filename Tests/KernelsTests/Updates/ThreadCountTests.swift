import Kernels
import Testing

/// Changes the number of threads, which all tests share; no other test depends on it.
@Suite(.serialized)
struct UpdateThreadCountTests {
  private func withThreads<Result>(_ count: Int, _ body: () -> Result) -> Result {
    let before = Threads.count
    Threads.set(count)
    defer { Threads.set(before) }
    return body()
  }

  @Test("Steps, averages and norms have the same bits for any number of threads")
  func sameBits() {
    func run() -> ([UInt32], [UInt32], UInt64) {
      let count = 200_003
      let (weights, other) = (flatNormals(count, seed: 1), flatNormals(count, seed: 2))
      let gradients = flatNormals(count, seed: 3)
      let (first, second) = (Tensor(zeros: [count]), Tensor(zeros: [count]))
      sgdStep(other, gradients: gradients, velocity: first.copy(), learningRate: 0.1, momentum: 0.9)
      adamStep(
        weights, gradients: gradients, first: first, second: second, step: 1, learningRate: 0.1,
        weightDecay: 0.1, decayed: [3..<100_001])
      interpolate(other, towards: weights, keeping: 0.9)
      return (bits(weights), bits(other), squaredNorm(weights).bitPattern)
    }
    let one = withThreads(1, run)
    for threads in [2, 3, 7] {
      let several = withThreads(threads, run)
      #expect(several == one, "\(threads) threads")
    }
  }
}
