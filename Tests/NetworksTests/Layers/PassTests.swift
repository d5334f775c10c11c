import Autodiff
import Kernels
import Testing

@testable import Networks

@Suite("Pass") struct PassTests {
  @Test("A layer that is used twice adds both gradients to the arena")
  func sharedLayer() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2, hasBias: false) }
    func gradient(_ uses: Int) -> [Float] {
      store.clearGradients()
      let tape = Tape()
      let pass = Pass(store, .training, tape: tape)
      let x = tape.constant(Tensor([1, 2], shape: [1, 2]))
      let output = (1..<uses).reduce(layer(x, pass)) { sum, _ in tape.sum(sum, layer(x, pass)) }
      tape.backward(from: output, gradient: Tensor([1, -1], shape: [1, 2]))
      return store.gradient(store.parameters[0]).values
    }
    #expect(gradient(1) == [1, 2, -1, -2])
    #expect(gradient(2) == [2, 4, -2, -4])
    #expect(gradient(3) == [3, 6, -3, -6])
  }

  @Test("A tape that does not record leaves the gradients alone")
  func notRecording() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2) }
    let pass = Pass.inference(store)
    #expect(!layer(pass.tape.input(Tensor(zeros: [1, 2])), pass).isTracked)
  }

  @Test("Two stores with one architecture are used by the same layers")
  func twoStores() throws {
    let (layer, store) = try fresh { try LinearLayer($0, inputs: 2, outputs: 2) }
    let copy = store.copy()
    scale(copy.weights, by: 2)
    func output(_ store: ParameterStore) -> [Float] {
      let pass = Pass.inference(store)
      return layer(pass.tape.constant(Tensor([1, 2], shape: [1, 2])), pass).value.values
    }
    #expect(output(copy) == output(store).map { 2 * $0 })
  }
}
