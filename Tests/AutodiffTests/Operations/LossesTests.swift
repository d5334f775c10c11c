import Foundation
import Kernels
import TestSupport
import Testing

@testable import Autodiff

@Suite("Contrastive losses") struct LossesTests {
  private struct Settings: Decodable { var temperature: Float }

  @Test("InfoNCE and its gradient are PyTorch's", arguments: ["infoNCEQueue5", "infoNCEQueue24"])
  func goldenInfoNCE(name: String) throws {
    let golden = try Golden("losses")
    let tape = Tape()
    let queries = tape.input(try golden.tensor("\(name)/queries"))
    let loss = tape.infoNCE(
      queries: queries, keys: Rows.normalised(try golden.tensor("\(name)/keys")).unit,
      queue: try golden.tensor("\(name)/queue"),
      temperature: try golden.settings(name, as: Settings.self).temperature)
    tape.backward(from: loss.variable)
    #expect(relativeError(loss.variable.value, try golden.tensor("\(name)/loss")) < 2e-6)
    #expect(relativeError(queries.gradient, try golden.tensor("\(name)/queriesGradient")) < 5e-6)
  }

  @Test("NT-Xent and its gradient are PyTorch's", arguments: ["ntXentBatch5", "ntXentBatch7"])
  func goldenNTXent(name: String) throws {
    let golden = try Golden("losses")
    let tape = Tape()
    func stacked(_ first: String, _ second: String) throws -> Tensor {
      let (a, b) = (try golden.tensor("\(name)/\(first)"), try golden.tensor("\(name)/\(second)"))
      return Tensor(a.values + b.values, shape: [2 * a.shape[0], a.shape[1]])
    }
    let projections = tape.input(try stacked("first", "second"))
    let loss = tape.ntXent(
      projections, temperature: try golden.settings(name, as: Settings.self).temperature)
    tape.backward(from: loss.variable)
    #expect(relativeError(loss.variable.value, try golden.tensor("\(name)/loss")) < 2e-6)
    #expect(relativeError(projections.gradient, try stacked("firstGradient", "secondGradient")) < 5e-6)
  }

  private func equalRows(_ count: Int, _ width: Int = 8) -> Tensor {
    let row = Rows.normalised(sample([1, width])).unit.values
    return Tensor((0..<count).flatMap { _ in row }, shape: [count, width])
  }

  @Test(
    "InfoNCE of equal vectors is log(K + 1) for any queue and temperature", arguments: [1, 3, 6, 12, 20],
    [0.07, 1])
  func equalInfoNCE(queue: Int, temperature: Float) {
    let tape = Tape()
    let loss = tape.infoNCE(
      queries: tape.input(equalRows(6)), keys: equalRows(6), queue: equalRows(queue), temperature: temperature
    )
    #expect(abs(loss.value - log(Float(queue + 1))) < 1e-5)
  }

  @Test("NT-Xent of equal vectors is log(2N - 1)", arguments: [1, 2, 5, 33])
  func equalNTXent(pairs: Int) {
    let tape = Tape()
    let loss = tape.ntXent(tape.input(equalRows(2 * pairs)), temperature: 0.5)
    #expect(abs(loss.value - log(Float(2 * pairs - 1))) < 1e-5)
  }

  @Test("Where encoders have collapsed, the contrastive accuracy is that of guessing")
  func collapsedAccuracy() {
    let tape = Tape(recording: false)
    let loss = tape.infoNCE(
      queries: tape.constant(equalRows(4)), keys: equalRows(4), queue: equalRows(7), temperature: 1)
    #expect(loss.accuracy < 0.9)
  }

  @Test("InfoNCE does not depend on the length of queries")
  func length() {
    let (queries, keys, queue) = (
      sample([5, 8], seed: 1), Rows.normalised(sample([5, 8], seed: 2)).unit,
      Rows.normalised(sample([9, 8], seed: 3)).unit
    )
    func loss(_ queries: Tensor) -> Float {
      let tape = Tape(recording: false)
      return tape.infoNCE(queries: tape.constant(queries), keys: keys, queue: queue, temperature: 0.2).value
    }
    #expect(abs(loss(queries) - loss(Pointwise.scaled(queries, by: 100))) < 1e-5)
  }

  @Test("NT-Xent stays the same when first and second views are exchanged")
  func exchange() {
    let views = sample([12, 8])
    func loss(_ views: Tensor) -> Float {
      let tape = Tape(recording: false)
      return tape.ntXent(tape.constant(views), temperature: 0.2).value
    }
    let exchanged = Rows.gathered(views, Array(6..<12) + Array(0..<6))
    #expect(abs(loss(views) - loss(exchanged)) < 1e-6)
  }

  @Test("A factor behind a loss scales its gradient")
  func scaledLoss() {
    func gradient(_ factor: Float) -> [Float] {
      let tape = Tape()
      let logits = tape.input(sample([4, 5]))
      tape.backward(from: tape.scaled(tape.crossEntropy(logits, targets: [0, 1, 2, 3]).variable, by: factor))
      return logits.gradient?.values ?? []
    }
    #expect(relativeError(gradient(3), gradient(1).map { 3 * Double($0) }) < 1e-6)
  }
}
