import Kernels

/// Where the values of a network come from.
public enum ParameterSource {
  /// Drawn anew. A parameter's numbers come from the sub-stream of its full name, so that adding a layer does not
  /// change the others.
  case fresh(RandomStream)
  /// Tensors by full name, as a checkpoint holds them; `file` is named in errors.
  case tensors([String: Tensor], file: String)
}

/// What layers declare their parameters with: a path that grows down the constructors, and the source of values.
public struct ParameterBuilder {
  fileprivate let path: String
  fileprivate let plan: Plan

  /// The builder for a part of the network: its names begin with `name` and a dot.
  public func at(_ name: String) -> ParameterBuilder {
    ParameterBuilder(path: fullName(name), plan: plan)
  }

  /// Declares a trained parameter.
  /// - Throws: ``ParameterError`` if the source has no tensor of this name and shape, or one with a value that is not
  ///   finite.
  public func parameter(
    _ name: String, _ shape: [Int], _ initial: Initializer, isDecayed: Bool = true
  ) throws -> Parameter {
    try plan.add(fullName(name), shape, initial, isDecayed: isDecayed, to: \.parameters)
  }

  /// Declares a running statistic, which is kept and saved but not trained.
  /// - Parameter isVariance: whether values below zero are refused.
  /// - Throws: ``ParameterError`` if the source has no tensor of this name and shape, or one that cannot be.
  public func statistic(
    _ name: String, _ shape: [Int], value: Float, isVariance: Bool = false
  ) throws -> Parameter {
    try plan.add(
      fullName(name), shape, .constant(value), isDecayed: false, isVariance: isVariance, to: \.statistics)
  }

  private func fullName(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// What has been declared so far.
  fileprivate final class Plan {
    struct Arena {
      var entries: [(parameter: Parameter, initial: Initializer)] = []
      var count = 0
    }
    let source: ParameterSource
    var parameters = Arena()
    var statistics = Arena()
    var names: Set<String> = []

    init(_ source: ParameterSource) { self.source = source }

    func add(
      _ name: String, _ shape: [Int], _ initial: Initializer, isDecayed: Bool, isVariance: Bool = false,
      to arena: ReferenceWritableKeyPath<Plan, Arena>
    ) throws -> Parameter {
      precondition(names.insert(name).inserted, "ParameterBuilder: two parameters are named \(name)")
      precondition(shape.allSatisfy { $0 > 0 }, "ParameterBuilder: \(name) of shape \(shape) holds nothing")
      if case .tensors(let tensors, let file) = source {
        guard let tensor = tensors[name] else {
          throw ParameterError.missing(name: name, expected: shape, file: file)
        }
        guard tensor.shape == shape else {
          throw ParameterError.misshapen(name: name, expected: shape, found: tensor.shape, file: file)
        }
        if let index = Pointwise.firstUnusable(tensor, isNegativeRefused: isVariance) {
          throw ParameterError.unusable(name: name, value: tensor.values[index], index: index, file: file)
        }
      }
      let step = ParameterStore.alignment
      let start = (self[keyPath: arena].count + step - 1) / step * step
      let range = start..<start + shape.reduce(1, *)
      let parameter = Parameter(name: name, shape: shape, range: range, isDecayed: isDecayed)
      self[keyPath: arena].entries.append((parameter, initial))
      self[keyPath: arena].count = range.upperBound
      return parameter
    }

    func filled(_ arena: Arena) -> Tensor {
      let result = Tensor(zeros: [arena.count])
      for (parameter, initial) in arena.entries {
        let window = result.window(parameter.range, shape: parameter.shape)
        switch source {
        case .fresh(let stream):
          window.assign(initial.values(parameter.range.count, from: stream.substream(parameter.name)))
        case .tensors(let tensors, _):
          if let tensor = tensors[parameter.name] { window.assign(tensor) }
        }
      }
      return result
    }

    func checkAllUsed() throws {
      guard case .tensors(let tensors, let file) = source else { return }
      // PyTorch's batch norms count their batches, which nothing here depends on.
      let counter = "num_batches_tracked"
      let unused = tensors.keys.filter {
        !names.contains($0) && !$0.hasSuffix(".\(counter)") && $0 != counter
      }.sorted()
      if !unused.isEmpty { throw ParameterError.unused(names: unused, file: file) }
    }
  }
}

extension ParameterStore {
  /// Builds a network together with the store of its parameters.
  /// - Parameters:
  ///   - source: where the values come from.
  ///   - construct: makes the layers, which declare their parameters with the builder they are given.
  /// - Throws: ``ParameterError`` if the source's tensors are not exactly what the network declares.
  public static func build<N>(
    _ source: ParameterSource, _ construct: (ParameterBuilder) throws -> N
  ) throws -> (N, ParameterStore) {
    let plan = ParameterBuilder.Plan(source)
    let network = try construct(ParameterBuilder(path: "", plan: plan))
    try plan.checkAllUsed()
    let store = ParameterStore(
      parameters: plan.parameters.entries.map(\.parameter),
      statistics: plan.statistics.entries.map(\.parameter),
      weights: plan.filled(plan.parameters), runningStatistics: plan.filled(plan.statistics))
    return (network, store)
  }
}
