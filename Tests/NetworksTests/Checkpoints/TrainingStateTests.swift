import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Networks

struct TrainingStateTests {
  private struct Values: Codable, Equatable {
    var step = 0
    var rate = 0.1
    var random = RandomStream(seed: 5, name: "views")
  }

  private func state(_ step: Int) -> TrainingState<Values> {
    TrainingState(tensors: ["queue": Tensor([Float(step)], shape: [1])], values: Values(step: step))
  }

  @Test("A training that is saved and taken up again equals one that went on, bit for bit")
  func resumes() throws {
    /// Noisy steps on weights, with a key store that follows.
    func run(
      _ store: ParameterStore, _ key: ParameterStore, _ state: OptimiserState, _ values: inout Values,
      to end: Int
    ) {
      let rate = Schedule.cosine.rates(base: values.rate, steps: 12)
      while values.step < end {
        for parameter in store.parameters {
          let noisy = store.weight(parameter).values.map { $0 + values.random.normal() }
          store.gradient(parameter).assign(noisy)
        }
        state.update(store, learningRate: rate(values.step))
        key.averageWeights(towards: store, keeping: 0.9)
        values.step += 1
      }
    }
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "training.safetensors")
      let optimiser = Optimiser.adam(weightDecay: 1e-4)
      let store = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
        try ToyLayer($0)
      }.1
      let (key, state) = (store.copy(), OptimiserState(optimiser, for: store))
      var values = Values()
      // An odd number of draws, so that the random stream stops within a block.
      _ = values.random.next32()
      run(store, key, state, &values, to: 5)
      let tensors = store.tensors.under("query").merging(key.tensors.under("key")) { a, _ in a }
        .merging(state.tensors.under("optimiser")) { a, _ in a }
      try TrainingState(tensors: tensors, values: values).write(to: file)
      run(store, key, state, &values, to: 12)

      let saved = try TrainingState<Values>(contentsOf: file)
      func restored(_ prefix: String) throws -> ParameterStore {
        try ParameterStore.build(.tensors(saved.tensors(under: prefix), file: saved.file)) {
          try ToyLayer($0)
        }.1
      }
      let (store2, key2) = (try restored("query"), try restored("key"))
      let state2 = OptimiserState(optimiser, for: store2)
      try state2.restore(saved.tensors(under: "optimiser"), step: saved.values.step, file: saved.file)
      var values2 = saved.values
      run(store2, key2, state2, &values2, to: 12)
      #expect(store.weights.values.map(\.bitPattern) == store2.weights.values.map(\.bitPattern))
      #expect(key.weights.values.map(\.bitPattern) == key2.weights.values.map(\.bitPattern))
      #expect(values == values2)
    }
  }

  @Test(
    "The state before the last is kept and used when the last is missing or damaged",
    arguments: [false, true])
  func fallsBack(isDamaged: Bool) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "training.safetensors")
      for step in 1...3 { try state(step).write(to: file) }
      #expect(try TrainingState<Values>(contentsOf: file).values.step == 3)
      if isDamaged {
        try (try readFile(file)).dropLast(2).write(to: file)
      } else {
        try FileManager.default.removeItem(at: file)
      }
      let found = try TrainingState<Values>(contentsOf: file)
      #expect(found.values.step == 2)
      #expect(found.tensors["queue"]?.values == [2])
      #expect(found.file == folder.appending(path: "training.previous.safetensors").path)
    }
  }

  @Test("A state of which one number changed, or whose values are another's, is not gone on from")
  func changedNumbers() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "training.safetensors")
      for step in 1...2 { try state(step).write(to: file) }
      var bytes = try readFile(file)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: file)
      #expect(try TrainingState<Values>(contentsOf: file).values.step == 1)
      let opened = try SafetensorsFile(folder.appending(path: "training.previous.safetensors"))
      var metadata = opened.metadata
      metadata["values"] = metadata["values"]?.replacing("\"step\":1", with: "\"step\":7")
      try SafetensorsFile.write(try opened.tensors(), metadata: metadata, to: file)
      try FileManager.default.removeItem(at: folder.appending(path: "training.previous.safetensors"))
      #expect(throws: SafetensorsError.self) { try TrainingState<Values>(contentsOf: file) }
    }
  }

  @Test("A half-written temporary file beside it is not looked at")
  func ignoresTemporary() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "training.safetensors")
      try state(1).write(to: file)
      try Data("half".utf8).write(to: folder.appending(path: ".training.safetensors.tmp"))
      #expect(try TrainingState<Values>(contentsOf: file).values.step == 1)
    }
  }

  @Test("With nothing to fall back on the error is about the file asked for")
  func namesFile() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "training.safetensors")
      #expect(throws: FileError.absent(file: file.path)) { _ = try TrainingState<Values>(contentsOf: file) }
      try SafetensorsFile.write(["a": Tensor(zeros: [1])], to: file)
      #expect(throws: SafetensorsError.self) { _ = try TrainingState<Values>(contentsOf: file) }
    }
  }
}
