import Data
import Files
import Foundation
import Networks
import TestSupport
import Testing
import Vision

@testable import Contrastive

@Suite(.serialized) struct NearestNeighboursTests {
  /// Pictures of two classes that differ in colour, with a little of their own.
  private func colours(_ count: Int, in folder: URL, shift: Int = 0) throws -> Images {
    for index in 0..<count {
      let place = folder.appending(path: index % 2 == 0 ? "red" : "blue")
      try makeFolder(place)
      let planes = (0..<3).flatMap { plane in
        (0..<256).map { pixel in UInt8((plane == (index % 2) * 2 ? 200 : 20) + (pixel * (index + shift)) % 23)
        }
      }
      try PixelImage(height: 16, width: 16, bytes: planes).writePNG(
        to: place.appending(path: "\(index).png").path)
    }
    return try Dataset.open(folder.path).images()
  }

  private func encoder() throws -> PretrainedEncoder {
    let description = EncoderDescription(
      encoder: Tiny.encoder, head: ProjectionHeadConfiguration(width: 4),
      augmentation: Tiny.configuration(Tiny.simclr).augmentation, algorithm: "simclr", epoch: 0, members: 1,
      temperature: 0.5)
    return try PretrainedEncoder(description, .fresh(RandomStream(seed: 1, name: "weights")))
  }

  @Test("Embeddings that part by class are told perfectly")
  func separable() throws {
    try withTemporaryFolder { folder in
      let bank = try colours(10, in: folder.appending(path: "bank"))
      let queries = try colours(8, in: folder.appending(path: "queries"), shift: 50)
      let monitor = try #require(NearestNeighbours(bank: bank, queries: queries, neighbours: 3))
      #expect(try monitor.accuracy(of: encoder()) == 1)
    }
  }

  @Test("Without classes on both sides there is no vote")
  func unlabelled() throws {
    try withTemporaryFolder { folder in
      let (with, without) = (try Tiny.images(4, classes: 2, in: folder), try Tiny.images(4, in: folder))
      #expect(NearestNeighbours(bank: without, queries: with) == nil)
      #expect(NearestNeighbours(bank: with, queries: without) == nil)
      #expect(NearestNeighbours(bank: with, queries: with.subset([])) == nil)
      #expect(NearestNeighbours(bank: with, queries: with) != nil)
    }
  }

  @Test("Voters weigh exp(similarity / temperature), and only the nearest vote")
  func weights() throws {
    try withTemporaryFolder { folder in
      let images = try Tiny.images(6, classes: 2, in: folder)
      func vote(_ neighbours: Int, _ temperature: Float, _ similarities: [Float]) throws -> Int {
        let monitor = NearestNeighbours(
          bank: images, queries: images, neighbours: neighbours, temperature: temperature)
        return try #require(monitor).vote(similarities, [0, 1, 1, 0, 1, 0])
      }
      // Two voters at s - d outweigh one at s while d < t log 2.
      let similarities: [Float] = [0.9, 0.9 - 0.068, 0.9 - 0.068, -1, -1, -1]
      #expect(try vote(3, 0.1, similarities) == 1)
      #expect(try vote(3, 0.0967, similarities) == 0)
      #expect(try vote(1, 0.1, similarities) == 0)
      // More neighbours than the bank holds are all of them: here three far ones, 1 too many for class 1.
      #expect(try vote(200, 1, [0, 0.1, 0.1, 0, 0.1, 0]) == 1)
    }
  }
}
