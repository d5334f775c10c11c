import Networks
import Testing

@testable import Vision

@Suite("Image encoders by name") struct ImageEncoderTests {
  @Test(
    "A name says architecture, width and stem, and is written back alike",
    arguments: ["resnet18-64", "vgg11-16", "resnet18-32-stem4", "resnet18-8-stem2"])
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
      "resnet18-stem2-8",
    ])
  func refused(name: String) {
    #expect(throws: ImageEncoderError.self) { try ImageEncoderConfiguration(name: name, imageSize: 32) }
  }

  @Test("VGG-11 refuses images that five halvings would make vanish")
  func smallImages() {
    #expect(throws: ImageEncoderError.self) { try ImageEncoderConfiguration(name: "vgg11-8", imageSize: 24) }
  }

  @Test("Each architecture builds an encoder of eight times its width", arguments: ImageArchitecture.allCases)
  func build(architecture: ImageArchitecture) throws {
    let (encoder, _) = try ParameterStore.build(.fresh(RandomStream(seed: 1, name: "weights"))) {
      try ImageEncoderConfiguration(architecture, width: 4).build($0)
    }
    #expect(encoder.embeddingWidth == 32)
  }
}
