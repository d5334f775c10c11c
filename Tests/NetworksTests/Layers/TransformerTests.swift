import Files
import Autodiff
import Kernels
import Networks
import TestSupport
import Testing

@Suite("Transformers") struct TransformerTests {
  private func build(width: Int = 24, layers: Int = 2, heads: Int = 3, isCausal: Bool) throws -> (
    Transformer, ParameterStore
  ) {
    try fresh {
      try Transformer(
        $0, width: width, layers: layers, heads: heads, activation: .gelu, isCausal: isCausal)
    }
  }

  @Test(
    "One token of each sequence has the values and the gradients that it has among all",
    arguments: [false, true], [1, 2])
  func pooled(isCausal: Bool, layers: Int) throws {
    let (transformer, store) = try build(layers: layers, isCausal: isCausal)
    let (tokens, places) = (7, [0, 6, 3])
    let upstream = sample([3, 24], seed: 2)
    func run(_ body: (Variable, Pass) -> Variable) -> (output: [Float], input: [Float], weights: [Float]) {
      let pass = Pass(store, .training, tape: Tape())
      let input = pass.tape.input(sample([3 * tokens, 24]))
      let output = body(input, pass)
      store.clearGradients()
      pass.tape.backward(from: output, gradient: upstream.copy())
      return (output.value.values, input.gradient?.values ?? [], store.gradients.values)
    }
    let few = run { transformer.pooled($0, tokens: tokens, places: places, $1) }
    let all = run { input, pass in
      let rows = places.enumerated().map { $0 * tokens + $1 }
      return pass.tape.gatheredRows(transformer(input, tokens: tokens, pass), rows)
    }
    #expect(largestDifference(few.output, all.output) < 1e-5)
    #expect(largestDifference(few.input, all.input) < 1e-5)
    #expect(largestDifference(few.weights, all.weights) < 3e-5)
  }

  @Test("Parameters have the names of OpenAI's CLIP, and only matrices decay")
  func names() throws {
    let (_, store) = try build(layers: 1, isCausal: true)
    let matrices = ["attn.in_proj_weight", "attn.out_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"]
    let vectors = [
      "attn.in_proj_bias", "attn.out_proj.bias", "ln_1.weight", "ln_1.bias", "mlp.c_fc.bias",
      "mlp.c_proj.bias", "ln_2.weight", "ln_2.bias",
    ]
    #expect(
      Set(store.parameters.map(\.name)) == Set((matrices + vectors).map { "resblocks.0.\($0)" }))
    #expect(
      Set(store.parameters.filter(\.isDecayed).map(\.name)) == Set(matrices.map { "resblocks.0.\($0)" }))
  }

  @Test("Fresh weights on the residual path are the smaller the more blocks there are")
  func deviations() throws {
    let (width, layers) = (64, 8)
    let (_, store) = try build(width: width, layers: layers, heads: 2, isCausal: false)
    func deviation(_ name: String) throws -> Double {
      let parameter = try #require(store.parameters.first { $0.name == "resblocks.3.\(name)" })
      return (squaredNorm(store.weight(parameter)) / Double(parameter.range.count)).squareRoot()
    }
    let residual = 1 / (Double(width) * 2 * Double(layers)).squareRoot()
    #expect(abs(try deviation("attn.in_proj_weight") * Double(width).squareRoot() - 1) < 0.05)
    #expect(abs(try deviation("attn.out_proj.weight") / residual - 1) < 0.05)
    #expect(abs(try deviation("mlp.c_fc.weight") * (2 * Double(width)).squareRoot() - 1) < 0.05)
    #expect(abs(try deviation("mlp.c_proj.weight") / residual - 1) < 0.05)
  }

  @Test(
    "Heads have 32 values in narrow transformers and 64 in wide ones, and always divide the width",
    arguments: [(1, 1), (4, 1), (64, 2), (100, 2), (128, 4), (256, 8), (384, 6), (512, 8), (768, 12)])
  func heads(width: Int, expected: Int) {
    #expect(Transformer.customaryHeads(width: width) == expected)
  }
}
