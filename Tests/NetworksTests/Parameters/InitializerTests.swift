import Kernels
import Testing

@testable import Networks

struct InitializerTests {
  private let stream = RandomStream(seed: 3, name: "weights")

  @Test("Values drawn in parallel are those drawn one after the other")
  func equalsSequentialDraws() {
    var sequential = stream
    let expected = (0..<20_001).map { _ in 0.5 * sequential.normal() }
    #expect(Initializer.normal(deviation: 0.5).values(20_001, from: stream) == expected)
  }

  @Test("PyTorch's default is uniform within 1 / sqrt(fanIn)")
  func standard() {
    let values = Initializer.standard(fanIn: 16).values(10_000, from: stream)
    #expect(values.allSatisfy { $0 >= -0.25 && $0 < 0.25 })
    #expect(values.contains { $0 < -0.24 } && values.contains { $0 > 0.24 })
  }

  @Test("He's initial values have variance 2 / fanOut")
  func kaiming() {
    let values = Initializer.kaimingNormal(fanOut: 50).values(50_000, from: stream)
    let variance = values.reduce(0) { $0 + $1 * $1 } / 50_000
    #expect(abs(variance - 0.04) < 0.001)
  }

  @Test("A constant fills")
  func constant() {
    #expect(Initializer.constant(1.5).values(3, from: stream) == [1.5, 1.5, 1.5])
  }
}
