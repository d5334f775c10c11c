import Files
import Foundation
import Testing
import Vision

@Suite("Augmentation")
struct AugmentationTests {
  private func decode(_ json: String) throws -> Augmentation {
    try Configuration.decode(from: Data(json.utf8), file: "views.json", defaults: .moco)
  }

  @Test("Presets come back from JSON as they were", arguments: [Augmentation.moco, .simCLR, .centre])
  func roundTrip(preset: Augmentation) throws {
    let data = try Configuration.encode(preset)
    let read: Augmentation = try Configuration.decode(from: data, file: "views.json")
    #expect(read == preset)
    try preset.validate()
  }

  @Test("A blur comes back from JSON")
  func blurRoundTrip() throws {
    var augmentation = Augmentation.simCLR
    augmentation.blur = RandomBlur()
    let read: Augmentation = try Configuration.decode(
      from: Configuration.encode(augmentation), file: "views.json")
    #expect(read == augmentation)
  }

  @Test("SimCLR's augmentation is MoCo's with smaller crops")
  func presets() {
    var augmentation = Augmentation.simCLR
    #expect(augmentation.crop == .random(scale: 0.08...1, aspect: 0.75...4.0 / 3))
    augmentation.crop = Augmentation.moco.crop
    #expect(augmentation == .moco)
  }

  @Test("Keys that are left out have the default's values, a crop of the other case replaces it")
  func partial() throws {
    let augmentation = try decode(#"{"outputSize": 64, "crop": {"whole": {}}}"#)
    #expect(augmentation.outputSize == 64)
    #expect(augmentation.crop == .whole)
    #expect(augmentation.hue == 0.1)
  }

  @Test("An unknown key is an error that names it")
  func unknownKey() {
    #expect {
      try decode(#"{"outputsize": 64}"#)
    } throws: { "\($0)".contains("outputsize") }
  }

  @Test(
    "A value out of its range is an error that names the field",
    arguments: [
      ("outputSize", #"{"outputSize": 0}"#),
      ("crop.random.scale", #"{"crop": {"random": {"scale": [0, 1], "aspect": [1, 1]}}}"#),
      ("crop.random.scale", #"{"crop": {"random": {"scale": [0.5, 1.5], "aspect": [1, 1]}}}"#),
      ("crop.random.aspect", #"{"crop": {"random": {"scale": [0.5, 1], "aspect": [-1, 1]}}}"#),
      ("flipProbability", #"{"flipProbability": 1.1}"#), ("hue", #"{"hue": 0.6}"#),
      ("contrast", #"{"contrast": -0.1}"#), ("mean", #"{"mean": [0.5]}"#),
      ("deviation", #"{"deviation": [1, 0, 1]}"#),
      ("blur.taps", #"{"blur": {"probability": 0.5, "deviation": [0.1, 2], "taps": 4}}"#),
      ("blur.deviation", #"{"blur": {"probability": 0.5, "deviation": [0, 2], "taps": 3}}"#),
    ])
  func outOfRange(field: String, json: String) {
    #expect {
      try decode(json)
    } throws: { "\($0)".contains("\(field) is ") }
  }
}
