import Files
import Autodiff
import Networks

/// What maps embeddings to where the contrastive loss is taken; it is dropped after pre-training.
public struct ProjectionHeadConfiguration: Sendable, Codable, Equatable, Validated {
  /// Widths of hidden layers, each followed by batch norm and ReLU; none in MoCo v1, one as wide as the embedding in
  /// SimCLR.
  public var hiddenWidths: [Int]
  /// Values in a projection, up to 65,536; 128 in the paper.
  public var width: Int
  /// Whether the last layer has a bias; CLIP's projections have none.
  public var hasBias: Bool

  /// A head by its layers.
  public init(hiddenWidths: [Int] = [], width: Int = 128, hasBias: Bool = true) {
    (self.hiddenWidths, self.width, self.hasBias) = (hiddenWidths, width, hasBias)
  }

  /// Reads a head; one without a word on the bias has it.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    hiddenWidths = try container.decode([Int].self, forKey: .hiddenWidths)
    width = try container.decode(Int.self, forKey: .width)
    hasBias = try container.decodeIfPresent(Bool.self, forKey: .hasBias) ?? true
  }

  enum CodingKeys: String, CodingKey { case hiddenWidths, width, hasBias }

  /// - Throws: `InvalidSetting` if a width is out of range.
  public func validate() throws(InvalidSetting) {
    let range = 1...65_536
    try require(range.contains(width), "width", width, "in \(range)")
    for hidden in hiddenWidths { try require(range.contains(hidden), "hiddenWidths", hidden, "in \(range)") }
  }
}

/// Linear layers with batch norm and ReLU between them.
public struct ProjectionHead: Sendable {
  private let hidden: [(linear: LinearLayer, norm: BatchNormLayer)]
  private let last: LinearLayer

  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(_ builder: ParameterBuilder, inputs: Int, _ configuration: ProjectionHeadConfiguration) throws {
    var width = inputs
    var hidden: [(linear: LinearLayer, norm: BatchNormLayer)] = []
    for (index, next) in configuration.hiddenWidths.enumerated() {
      let path = builder.at("\(index)")
      // Batch norm takes away any bias.
      let linear = try LinearLayer(path.at("linear"), inputs: width, outputs: next, hasBias: false)
      hidden.append((linear, try BatchNormLayer(path.at("norm"), channels: next)))
      width = next
    }
    self.hidden = hidden
    last = try LinearLayer(
      builder.at("\(hidden.count)").at("linear"), inputs: width, outputs: configuration.width,
      hasBias: configuration.hasBias)
  }

  /// Projections `[batch, width]` of embeddings `[batch, inputs]`, not yet normalised.
  public func callAsFunction(_ embeddings: Variable, _ pass: Pass) -> Variable {
    last(hidden.reduce(embeddings) { $1.norm($1.linear($0, pass), pass, relu: true) }, pass)
  }
}
