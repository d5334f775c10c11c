import Foundation
import Testing

@testable import Networks

struct RandomStreamTests {
  private let stream = RandomStream(seed: 7, name: "test")

  @Test("Four draws are the four words of one block")
  func wordsOfABlock() {
    var drawn = stream
    var other = stream
    let words = (0..<8).map { _ in drawn.next32() }
    #expect(Set(words).count == 8)
    #expect(other.next() == UInt64(words[1]) << 32 | UInt64(words[0]))
    #expect(other.next() == UInt64(words[3]) << 32 | UInt64(words[2]))
  }

  @Test("Uniform numbers have mean 1/2 and variance 1/12 and stay in [0, 1)")
  func uniformMoments() {
    var stream = stream
    let values = (0..<100_000).map { _ in Double(stream.uniform()) }
    let mean = values.reduce(0, +) / 100_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
    #expect(abs(mean - 0.5) < 4 * 0.2887 / 316)
    #expect(abs(variance - 1.0 / 12) < 0.001)
    #expect(values.allSatisfy { (0..<1).contains($0) })
  }

  @Test("Normal numbers have mean 0, variance 1 and kurtosis 3")
  func normalMoments() {
    var stream = stream
    let values = (0..<100_000).map { _ in Double(stream.normal()) }
    func moment(_ power: Int) -> Double { values.reduce(0) { $0 + pow($1, Double(power)) } / 100_000 }
    #expect(abs(moment(1)) < 0.015)
    #expect(abs(moment(2) - 1) < 0.02)
    #expect(abs(moment(4) - 3) < 0.15)
  }

  @Test("Integers below a bound that does not divide 2^32 are equally frequent")
  func unbiasedIntegers() {
    var stream = stream
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
    let chiSquared = counts.reduce(0) { $0 + pow(Double($1) - 10_000, 2) / 10_000 }
    // 99.99 % of a chi-squared distribution of 6 degrees of freedom.
    #expect(chiSquared < 27.9)
  }

  @Test(
    "Integers below 3 * 2^30 fall as often into each third, which a product without rejection would not give")
  func unbiasedLargeBound() {
    var stream = stream
    let bound = 3 << 30
    var counts = [0, 0, 0]
    // Without rejection every third value of the lowest word would be twice as likely: it would be a multiple of 3.
    for _ in 0..<60_000 { counts[stream.integer(below: bound) % 3] += 1 }
    let chiSquared = counts.reduce(0) { $0 + pow(Double($1) - 20_000, 2) / 20_000 }
    #expect(chiSquared < 18.4)
  }

  @Test("A permutation holds each integer once, and is not the identity")
  func permutation() {
    var stream = stream
    let order = stream.permutation(1000)
    #expect(order.sorted() == Array(0..<1000))
    #expect(order != Array(0..<1000))
    #expect(stream.permutation(0) == [])
    #expect(stream.permutation(1) == [0])
  }

  @Test("All six orders of three are equally frequent")
  func permutationsAreUniform() {
    var counts: [[Int]: Int] = [:]
    for index in 0..<12_000 {
      var item = stream.substream(index)
      counts[item.permutation(3), default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.reduce(0) { $0 + pow(Double($1) - 2000, 2) / 2000 } < 25.7)
  }

  @Test("Streams of other seeds, names and indices give other numbers")
  func streamsDiffer() {
    var streams = [RandomStream(seed: 7, name: "test"), RandomStream(seed: 8, name: "test")]
    streams.append(RandomStream(seed: 7, name: "tests"))
    streams += (-2..<50).map { stream.substream($0) }
    streams += ["a", "b", "ab", "ba"].map { stream.substream($0) }
    streams.append(stream.substream("a").substream("b"))
    var first: Set<UInt64> = []
    for var stream in streams { first.insert(stream.next()) }
    #expect(first.count == streams.count)
  }

  @Test("A sub-stream does not depend on what its parent has drawn")
  func substreamsAreIndependentOfPosition() {
    var drawn = stream
    for _ in 0..<5 { _ = drawn.next() }
    #expect(drawn.substream(3) == stream.substream(3))
    #expect(drawn != stream)
  }

  @Test("A stream goes on from JSON where it stopped, within a block too", arguments: [0, 1, 3, 4, 9])
  func resumes(drawn: Int) throws {
    var stream = RandomStream(seed: .max, name: "weights")
    for _ in 0..<drawn { _ = stream.next32() }
    var restored = try JSONDecoder().decode(RandomStream.self, from: try JSONEncoder().encode(stream))
    #expect(restored == stream)
    for _ in 0..<9 { #expect(restored.next32() == stream.next32()) }
  }

  @Test("Advancing equals drawing")
  func advances() {
    var drawn = stream
    for _ in 0..<13 { _ = drawn.next32() }
    var advanced = stream.advanced(by: 13)
    #expect(advanced == drawn)
    #expect(advanced.next() == drawn.next())
  }
}
