import Files
import Foundation
import Networks
import Testing

@testable import Vision

@Suite("Image encoders by name") struct ImageEncoderTests {
  @Test(
    "A name says architecture, width and stem, and is written back alike",
    arguments: [
      "resnet18-64", "vgg11-16", "resnet18-32-stem4", "resnet18-8-stem2", "vit-128x6-patch4",
      "vit-96x2-patch8-heads2",
      "vit-768x12-patch32-quick", "vit-64x1-patch16-heads1-quick-nonorm",
    ])
  func names(name: String) throws {
    #expect(try ImageEncoderConfiguration(name: name, imageSize: 32).name == name)
  }

  @Test("What is left out has the paper's value")
  func defaults() throws {
    let found = try ImageEncoderConfiguration(name: "resnet18", imageSize: 64)
    #expect(found == ImageEncoderConfiguration(.resnet18, width: 64, stemStride: 1, imageSize: 64))
  }

  @Test(
    "Names that say nothing are refused",
    arguments: [
      "", "resnet", "resnet18-", "resnet18-0", "resnet18-x", "resnet18-8-stem3", "vgg11-8-stem2",
      "resnet18-8-9",
      "resnet18-stem2-8", "vit", "vit-128", "vit-128x", "vit-128x6-patch5", "vit-128x6-heads3", "vit-128x0",
      "vit-128x6-stem2", "vit-128x6-patch4-patch4", "vit-0x6",
    ])
  func refused(name: String) {
    #expect(throws: ImageEncoderError.self) { try ImageEncoderConfiguration(name: name, imageSize: 32) }
  }

  @Test("A vision transformer left to itself has six layers, patches of 4 pixels and heads of 32 values")
  func transformerDefaults() throws {
    let found = try ImageEncoderConfiguration(name: "vit-128x6", imageSize: 32)
    #expect(found == ImageEncoderConfiguration(.vit, width: 128))
    #expect(found.transformer == VisionTransformerConfiguration(layers: 6, heads: 4, patch: 4))
  }

  @Test("A patch that does not divide the image is refused")
  func patchesThatDoNotFit() {
    #expect(throws: ImageEncoderError.self) {
      try ImageEncoderConfiguration(name: "vit-64x2-patch16", imageSize: 40)
    }
  }

  @Test("A description from before there were transformers is read, and written without them")
  func olderDescriptions() throws {
    let text = #"{"architecture":"resnet18","imageSize":32,"stemStride":1,"width":8}"#
    let read = try Configuration.decode(
      ImageEncoderConfiguration.self, from: Data(text.utf8), file: "encoder.json")
    #expect(read == ImageEncoderConfiguration(.resnet18, width: 8))
    #expect(!String(decoding: try Configuration.encode(read), as: UTF8.self).contains("transformer"))
  }

  @Test("A vision transformer's description is read back as it was written")
  func transformerDescriptions() throws {
    let written = try ImageEncoderConfiguration(name: "vit-64x3-patch8-heads1-quick", imageSize: 64)
    let data = try Configuration.encode(written)
    #expect(try Configuration.decode(from: data, file: "encoder.json") == written)
  }

  @Test("VGG-11 refuses images that five halvings would make vanish")
  func smallImages() {
    #expect(throws: ImageEncoderError.self) { try ImageEncoderConfiguration(name: "vgg11-8", imageSize: 24) }
  }

  @Test(
    "Each architecture builds an encoder of eight times its width, a transformer one of its width",
    arguments: ImageArchitecture.allCases)
  func build(architecture: ImageArchitecture) throws {
    let (encoder, _) = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try ImageEncoderConfiguration(architecture, width: 4).build($0)
    }
    #expect(encoder.embeddingWidth == (architecture == .vit ? 4 : 32))
  }

  @Test("A name with a width beyond all bounds is refused at once", arguments: ["x2-patch4", "x2"])
  func enormousWidth(ending: String) {
    #expect(throws: ImageEncoderError.self) {
      try ImageEncoderConfiguration(name: "vit-\(Int.max)\(ending)", imageSize: 32)
    }
    #expect(throws: ImageEncoderError.self) {
      try ImageEncoderConfiguration(name: "vit-9223372036854775783x2", imageSize: 32)
    }
    #expect(ImageEncoderConfiguration(.vit, width: .max).transformer != nil)
  }

}
