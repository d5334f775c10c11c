import Data
import Foundation
import Kernels
import Networks
import TestSupport
import Text
import Vision

@testable import Contrastive

/// Pre-trainings of a second: a ResNet-18 of 16 channels on pictures of 16 pixels.
enum Tiny {
  static let encoder = ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4, imageSize: 16)
  static let moco = Algorithm.moco(
    MoCoConfiguration(queueSize: 7, keyMomentum: 0.9, temperature: 0.1, normGroups: 1))
  static let simclr = Algorithm.simclr(SimCLRConfiguration(temperature: 0.1))

  static func configuration(_ algorithm: Algorithm, epochs: Int = 3, batch: Int = 4)
    -> PretrainingConfiguration
  {
    var result = PretrainingConfiguration.simclrQuick
    result.algorithm = algorithm
    result.encoder = encoder
    result.augmentation.outputSize = encoder.imageSize
    result.head = ProjectionHeadConfiguration(hiddenWidths: [16], width: 8)
    (result.epochs, result.batch, result.seed) = (epochs, batch, 3)
    return result
  }

  /// A vision transformer: two layers of 16 over sixteen patches.
  static let visionTransformer = ImageEncoderConfiguration(
    .vit, width: 16, imageSize: 16, transformer: VisionTransformerConfiguration(layers: 2, heads: 2, patch: 4)
  )

  /// CLIP with a text encoder of one layer over bytes.
  static func clip(encoder: ImageEncoderConfiguration = visionTransformer, epochs: Int = 3, batch: Int = 4)
    -> PretrainingConfiguration
  {
    let text = TextEncoderConfiguration(
      width: 16, layers: 1, heads: 2, vocabularySize: 259, contextLength: 16)
    var result = configuration(.clip(CLIPConfiguration(text: text)), epochs: epochs, batch: batch)
    result.encoder = encoder
    result.head = ProjectionHeadConfiguration(width: 8, hasBias: false)
    result.optimiser = .adamW(weightDecay: 0.1)
    return result
  }

  /// A caption for each of `count` images.
  static func captions(_ count: Int) -> CaptionTokens {
    CaptionTokens((0..<count).map { ["picture \($0)"] }, tokenizer: ByteTokenizer())
  }

  /// A network with its parameters.
  static func network(seed: UInt64 = 1) throws -> (ContrastiveNetwork, ParameterStore) {
    try ParameterStore.build(.fresh(RandomStream(seed: seed, name: "weights"))) {
      try ContrastiveNetwork(
        $0, encoder: encoder, head: ProjectionHeadConfiguration(hiddenWidths: [16], width: 8))
    }
  }

  /// Images of random numbers, `[count, 3, 16, 16]`.
  static func views(_ count: Int, _ name: String) -> Tensor {
    var random = RandomStream(seed: 2, name: name)
    return Tensor((0..<count * 3 * 256).map { _ in random.normal() }, shape: [count, 3, 16, 16])
  }

  /// Opens the first `count` tiny pictures, written into a folder of the test.
  static func images(_ count: Int, classes: Int = 0, in folder: URL) throws -> Images {
    let place = folder.appending(path: "images-\(count)-\(classes)")
    try TinyImages.write(count, classes: classes, to: place)
    return try Dataset.open(place.path).images()
  }
}

/// The rows of a matrix.
func rows(_ matrix: Tensor) -> [[Float]] {
  let (values, width) = (matrix.values, matrix.shape[1])
  return (0..<matrix.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
}

/// The product of two rows, summed in double precision.
func dot(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// A row of length one.
func unit(_ row: [Float]) -> [Float] {
  let norm = dot(row, row).squareRoot()
  return row.map { Float(Double($0) / norm) }
}
