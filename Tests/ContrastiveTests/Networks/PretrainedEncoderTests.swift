import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Vision

@testable import Contrastive

@Suite(.serialized) struct PretrainedEncoderTests {
  private func description() -> EncoderDescription {
    EncoderDescription(
      encoder: Tiny.encoder, head: ProjectionHeadConfiguration(hiddenWidths: [16], width: 8),
      augmentation: Tiny.configuration(Tiny.simclr).augmentation, algorithm: "simclr", epoch: 5, members: 10,
      temperature: 0.5)
  }

  private func encoder(seed: UInt64 = 1) throws -> PretrainedEncoder {
    try PretrainedEncoder(description(), .fresh(RandomStream(seed: seed, name: "weights")))
  }

  private func checkpoint(_ description: EncoderDescription, to folder: URL) throws {
    let (_, store) = try Tiny.network()
    try Checkpoint(store, description).write(to: folder)
  }

  @Test("A checkpoint of another width is refused with its file, the tensor and both shapes")
  func otherWidth() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "encoder")
      var other = description()
      other.encoder.width = 32
      try checkpoint(other, to: place)
      let error = try #require(throws: ParameterError.self) { try PretrainedEncoder(contentsOf: place) }
      let file = place.appending(path: "weights.safetensors").path
      #expect(
        error
          == .misshapen(
            name: "encoder.conv1.weight", expected: [32, 3, 3, 3], found: [16, 3, 3, 3], file: file))
      for part in [file, "encoder.conv1.weight", "[32, 3, 3, 3]", "[16, 3, 3, 3]"] {
        #expect(error.description.contains(part))
      }
    }
  }

  @Test("A checkpoint of another architecture or another head is refused by a tensor's name")
  func otherArchitecture() throws {
    try withTemporaryFolder { folder in
      var (vgg, head) = (description(), description())
      vgg.encoder = ImageEncoderConfiguration(.vgg11, width: 16, imageSize: 32)
      head.head.hiddenWidths = []
      for (name, other) in [("vgg", vgg), ("head", head)] {
        try checkpoint(other, to: folder.appending(path: name))
        #expect(throws: ParameterError.self) {
          try PretrainedEncoder(contentsOf: folder.appending(path: name))
        }
      }
    }
  }

  @Test(
    "A description out of range is refused and named",
    arguments: [("\"width\" : 16", "\"width\" : 0"), ("\"members\" : 10", "\"members\" : 0")])
  func outOfRange(_ change: (from: String, to: String)) throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "encoder")
      try checkpoint(description(), to: place)
      let file = place.appending(path: "checkpoint.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.contains(change.from))
      try Data(text.replacingOccurrences(of: change.from, with: change.to).utf8).write(to: file)
      let error = try #require(throws: ConfigurationError.self) { try PretrainedEncoder(contentsOf: place) }
      #expect(error.description.contains(file.path))
    }
  }

  @Test("A checkpoint that is read back gives the same embeddings, bit for bit")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "encoder")
      try checkpoint(description(), to: place)
      let (network, store) = try Tiny.network()
      let original = PretrainedEncoder(description(), network: network, store: store)
      let views = Tiny.views(3, "views")
      #expect(
        try PretrainedEncoder(contentsOf: place).embeddings(of: views, layer: .embedding).values
          == original.embeddings(of: views, layer: .embedding).values)
    }
  }

  @Test("The projection is the head's output, of its width; the embedding is what it is made of")
  func layers() throws {
    let encoder = try encoder()
    let views = Tiny.views(3, "views")
    #expect(encoder.embeddings(of: views, layer: .embedding).shape == [3, 128])
    #expect(encoder.embeddings(of: views, layer: .projection).shape == [3, 8])
  }

  @Test("An untrained twin has the same shape and other weights, which follow from its seed")
  func untrained() throws {
    let encoder = try encoder()
    let views = Tiny.views(3, "views")
    let twins = try [4, 4, 5].map { try encoder.untrained(seed: $0) }
    let found = twins.map { $0.embeddings(of: views, layer: .embedding).values }
    #expect(found[0] == found[1])
    #expect(found[0] != found[2])
    #expect(found[0] != encoder.embeddings(of: views, layer: .embedding).values)
    #expect(found[0].count == 3 * 128)
    #expect((twins[0].description.epoch, encoder.description.epoch) == (0, 5))
  }

  @Test("An embedding does not depend on what else is in the batch")
  func batches() throws {
    let encoder = try encoder()
    let views = Tiny.views(7, "views")
    for layer in EmbeddingLayer.allCases {
      let all = rows(encoder.embeddings(of: views, layer: layer))
      for (index, row) in all.enumerated() {
        let alone = encoder.embeddings(of: views.rows(index..<index + 1), layer: layer).values
        #expect(largestDifference(alone, row) < 1e-5 * max(1, row.map(abs).max() ?? 0))
      }
    }
  }

  @Test("Whole images are embedded in order, in parts, without randomness")
  func wholeImages() throws {
    try withTemporaryFolder { folder in
      let images = try Tiny.images(5, in: folder)
      let encoder = try encoder()
      let all = try encoder.embeddings(of: images).flatMap { rows($0) }
      #expect(all.count == 5)
      let backwards = try encoder.embeddings(of: images.subset([4, 3, 2, 1, 0])).flatMap { rows($0) }
      for (a, b) in zip(all, backwards.reversed()) { #expect(largestDifference(a, b) < 1e-5) }
    }
  }
}
