import Autodiff
import Foundation
import Kernels
import Networks
import Text
import Vision

/// An image network and a text network that meet in a joint space, and the learned scale of their similarities.
public struct CLIPNetwork: Sendable {
  /// The image encoder and its projection.
  public let image: ContrastiveNetwork
  /// The text encoder.
  public let text: TextTransformer
  /// From text embeddings to the joint space.
  public let textHead: ProjectionHead
  /// The logarithm of the logit scale, a single number.
  let logitScale: Parameter

  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public init(
    _ builder: ParameterBuilder, encoder: ImageEncoderConfiguration, head: ProjectionHeadConfiguration,
    clip: CLIPConfiguration
  ) throws {
    image = try ContrastiveNetwork(builder, encoder: encoder, head: head)
    text = try clip.text.build(builder.at("text"))
    textHead = try ProjectionHead(builder.at("textHead"), inputs: text.embeddingWidth, head)
    logitScale = try builder.parameter(
      "logitScale", [1], .constant(-log(clip.initialTemperature)), isDecayed: false)
  }

  /// Images `[batch, 3, height, width]` in the joint space, `[batch, width]`, of any length.
  public func project(_ images: Variable, _ pass: Pass) -> Variable { image.project(images, pass) }

  /// Captions in the joint space, `[captions, width]`, of any length.
  public func project(_ captions: TokenBatch, _ pass: Pass) -> Variable {
    textHead(text(captions, pass), pass)
  }

  /// The loss of telling each image's caption from all others, and the other way round, of projections
  /// `[batch, width]`.
  public func loss(images: Variable, texts: Variable, _ pass: Pass) -> PairLoss {
    pass.tape.clipLoss(images: images, texts: texts, logitScale: pass.parameter(logitScale))
  }
}
