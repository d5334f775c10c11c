import Kernels
import Vision

/// An image encoder and a text encoder with a joint space, answering queries: views or captions in, embeddings out.
public protocol PairEncoder: AnyObject {
  /// How views of images were made in pre-training; its output size is what the image encoder takes.
  var augmentation: Augmentation { get }

  /// Embeddings `[batch, width]` of views `[batch, 3, height, width]`, in inference phase, of any length.
  ///
  /// The layer `projection` is the joint space; `embedding` is the image encoder's own output before it.
  func embeddings(of views: Tensor, layer: EmbeddingLayer) -> Tensor

  /// Embeddings `[captions, width]` of captions, in inference phase, of any length.
  ///
  /// The layer `projection` is the joint space; `embedding` is the text encoder's own output before it.
  func embeddings(of captions: [String], layer: EmbeddingLayer) -> Tensor
}
