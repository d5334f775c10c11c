import Files

/// A named range of an arena: what a layer holds of its weights.
///
/// The values are in the ``ParameterStore`` that the parameter was built with, or in any copy of it.
public struct Parameter: Sendable, Hashable {
  /// The construction path, such as `layer1.0.conv1.weight`.
  public let name: String
  /// Sizes by axis; the values are in row-major order.
  public let shape: [Int]
  /// Where the values stand in the arena.
  public let range: Range<Int>
  /// Whether weight decay is customary: not for gains, biases and embeddings. It is information for an optimiser
  /// that is asked to tell them apart; the paper's training decays everything.
  public let isDecayed: Bool
}

/// A network's weights do not fit the architecture they are meant for.
public enum ParameterError: ExplainedError, Equatable {
  /// The file holds no tensor of the parameter's name.
  case missing(name: String, expected: [Int], file: String)
  /// The file's tensor has another shape than the parameter.
  case misshapen(name: String, expected: [Int], found: [Int], file: String)
  /// A value of the file's tensor is no number, infinite, or below zero where that cannot be.
  case unusable(name: String, value: Float, index: Int, file: String)
  /// The file holds tensors that the architecture has no parameter for.
  case unused(names: [String], file: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .missing(let name, let expected, let file):
      return """
        \(file): no tensor “\(name)”, which the encoder needs with shape \(expected). The weights are of another \
        architecture or were cut; choose the architecture (and width) that wrote them.
        """
    case .misshapen(let name, let expected, let found, let file):
      return """
        \(file): tensor “\(name)” has shape \(found), but the encoder needs \(expected). The weights are of \
        another architecture or width; choose the one that wrote them.
        """
    case .unusable(let name, let value, let index, let file):
      return """
        \(file): value \(index) of tensor “\(name)” is \(value), with which the encoder would answer nonsense. The \
        weights are damaged or the training diverged; fetch them again, or train anew.
        """
    case .unused(let names, let file):
      let listed = names.prefix(8).map { "“\($0)”" }.joined(separator: ", ")
      let more = names.count > 8 ? " and \(names.count - 8) more" : ""
      return """
        \(file): the encoder has no parameter for \(listed)\(more). The weights are of another architecture; \
        choose the one that wrote them, or remove these tensors from the file.
        """
    }
  }
}
