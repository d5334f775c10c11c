import Autodiff
import Contrastive
import Data
import Encoders
import Kernels
import Networks
import Vision

@testable import Attack

/// An encoder of images of 8 by 8 whose embeddings are linear in the pixels, with gradients.
///
/// What it remembers it moves less: around such a picture m the embedding of x is that of m + stiffness (x - m). Encoders
/// of different seeds are nearly alike, as those that learned from like data are.
final class LinearEncoder: DifferentiableEncoder {
  static let width = 16
  private static let pixels = 192

  let identity: EncoderIdentity
  let facts = EncoderFacts()
  let modalities: Set<Modality> = [.image]
  let layers: Set<EmbeddingLayer> = [.embedding]
  let imageSize: Int
  /// The pictures that it was asked about.
  private(set) var asked = 0
  /// The pictures that gradients were taken of, step by step.
  private(set) var differentiated = 0

  private let map: Tensor
  private let remembered: Tensor
  private let stiffness: Float

  /// - Parameters:
  ///   - remembered: pictures of 8 by 8; none for an encoder that leaks nothing.
  ///   - kind: encoders of one kind are nearly alike; those of two have nothing in common.
  init(
    remembered pictures: Pictures, stiffness: Float = 0.05, seed: UInt64, kind: UInt64 = 7, imageSize: Int = 8
  ) {
    identity = EncoderIdentity(name: "linear \(seed)", fingerprint: "linear \(seed)")
    var (shared, own) = (RandomStream(seed: kind, name: "map"), RandomStream(seed: seed, name: "map"))
    map = Tensor(
      (0..<(LinearEncoder.width * LinearEncoder.pixels)).map { _ in
        0.4 * shared.normal() + 0.04 * own.normal()
      },
      shape: [LinearEncoder.width, LinearEncoder.pixels])
    remembered = LinearEncoder.rows(pictures.normalised(.identity))
    (self.stiffness, self.imageSize) = (stiffness, imageSize)
  }

  private static func rows(_ pixels: Tensor) -> Tensor { pixels.reshaped([pixels.shape[0], Self.pixels]) }

  /// For each row of pixels the row that the map is applied to, and how much of a change it lets through.
  private func effective(_ pixels: Tensor) -> (rows: Tensor, factors: Tensor) {
    let (values, known) = (pixels.values, remembered.values)
    let width = LinearEncoder.pixels
    var (rows, factors): ([Float], [Float]) = ([], [])
    for start in stride(from: 0, to: values.count, by: width) {
      let row = Array(values[start..<(start + width)])
      let match = stride(from: 0, to: known.count, by: width).lazy.map { Array(known[$0..<($0 + width)]) }
        .first { memory in zip(row, memory).allSatisfy { abs($0 - $1) < 0.04 } }
      rows += match.map { memory in zip(row, memory).map { $1 + self.stiffness * ($0 - $1) } } ?? row
      factors.append(match == nil ? 1 : stiffness)
    }
    return (Tensor(rows, shape: pixels.shape), Tensor(factors, shape: [factors.count, 1]))
  }

  /// Of pictures of another size the first pixels count.
  func answers(to pictures: Pictures) throws -> EncoderAnswers {
    precondition(pictures.size == imageSize)
    asked += pictures.count
    let (width, all) = (LinearEncoder.pixels, 3 * imageSize * imageSize)
    let values = pictures.normalised(.identity).values
    let rows = (0..<pictures.count).flatMap { Array(values[($0 * all)..<($0 * all + width)]) }
    let tape = Tape(recording: false)
    let (effective, _) = effective(Tensor(rows, shape: [pictures.count, width]))
    return EncoderAnswers([
      .embedding: tape.linear(tape.constant(effective), weight: tape.constant(map), bias: nil).value
    ])
  }

  func answers(to captions: [String]) throws -> EncoderAnswers {
    throw AnswerError.modality(encoder: identity.name, .text)
  }

  func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }

  func inputGradients(of pixels: Tensor, loss: (Tape, Variable) -> Variable) throws -> Tensor {
    differentiated += pixels.shape[0]
    let (rows, factors) = effective(LinearEncoder.rows(pixels))
    let tape = Tape()
    let input = tape.input(rows)
    tape.backward(from: loss(tape, tape.linear(input, weight: tape.constant(map), bias: nil)))
    let gradient = input.gradient ?? Tensor(zeros: rows.shape)
    return Rows.scaled(gradient, by: factors).reshaped(pixels.shape)
  }
}
