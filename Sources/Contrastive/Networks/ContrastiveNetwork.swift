import Autodiff
import Kernels
import Networks
import Vision

/// An image encoder and its projection head.
public struct ContrastiveNetwork: Sendable {
  /// From images to embeddings.
  public let encoder: any ImageEncoder
  /// From embeddings to projections.
  public let head: ProjectionHead

  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(
    _ builder: ParameterBuilder, encoder: ImageEncoderConfiguration, head: ProjectionHeadConfiguration
  ) throws {
    self.encoder = try encoder.build(builder.at("encoder"))
    self.head = try ProjectionHead(builder.at("head"), inputs: self.encoder.embeddingWidth, head)
  }

  /// Projections `[batch, width]` of images `[batch, 3, height, width]`.
  public func project(_ images: Variable, _ pass: Pass) -> Variable { head(encoder(images, pass), pass) }
}
