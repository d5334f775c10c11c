import Files
import Foundation
import Networks
import Testing

@testable import Kernels

/// What `scripts/golden/views.py` recorded of torchvision's functional transforms.
private struct GoldenViews {
  /// The arguments that a result was computed with.
  struct Settings: Decodable {
    var factor: Float?
    var top: Int?
    var left: Int?
    var height: Int?
    var width: Int?
    var kernel: Int?
    var sigma: Float?
    var flip: Bool?
    var grayscale: Bool?
    var order: [String]?
    var brightness: Float?
    var contrast: Float?
    var saturation: Float?
    var hue: Float?
    var mean: [Float]?
    var deviation: [Float]?
  }

  let file: SafetensorsFile

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    file = try SafetensorsFile(tests.appending(path: "Golden/views.safetensors"))
  }

  /// The largest difference between our result and the recorded one.
  func difference(_ name: String) throws -> Float {
    let parts = name.split(separator: "/")
    let settings = try JSONDecoder().decode(
      Settings.self, from: Data((file.metadata[name] ?? "{}").utf8))
    let pixels = try file.integers("\(parts[0])/bytes").map { UInt8($0) }
    let imageShape = try #require(file.shape("\(parts[0])/bytes"))
    let size = ImageExtent(height: imageShape[1], width: imageShape[2])
    let expected = try file.tensor(name)
    let viewSize = ImageExtent(height: expected.shape[1], width: expected.shape[2])
    let normalisation = ColourNormalisation(
      mean: settings.mean ?? [0, 0, 0], deviation: settings.deviation ?? [1, 1, 1])
    let parameters = try parameters(of: String(parts[1]), settings, size)
    let values = augmentedViews(
      of: pixels, imageSize: size, viewSize: viewSize, viewsPerImage: 1, normalisation: normalisation
    ) { _ in parameters }.values
    // A recorded gray image has one channel, ours three equal ones.
    return largestDifference(Array(values.prefix(expected.count)), expected.values)
  }

  private func parameters(
    of kind: String, _ settings: Settings, _ size: ImageExtent
  ) throws -> ViewParameters {
    var result = ViewParameters(crop: whole(size))
    switch kind {
    case "resizedCrop", "chain":
      result.crop = .init(
        top: try #require(settings.top), left: try #require(settings.left),
        height: try #require(settings.height), width: try #require(settings.width))
      result.isFlipped = settings.flip ?? false
      result.isGrayscale = settings.grayscale ?? false
      result.adjustments = try (settings.order ?? []).map { try adjustment($0, settings) }
    case "gaussianBlur":
      result.blur = .init(
        taps: try #require(settings.kernel), deviation: try #require(settings.sigma))
    case "flip": result.isFlipped = true
    case "grayscale": result.isGrayscale = true
    case "normalise", "resize", "pixels": break
    default: result.adjustments = [try adjustment(kind, settings)]
    }
    return result
  }

  private func adjustment(_ kind: String, _ settings: Settings) throws -> ColourAdjustment {
    switch kind {
    case "brightness": .brightness(try #require(settings.brightness ?? settings.factor))
    case "contrast": .contrast(try #require(settings.contrast ?? settings.factor))
    case "saturation": .saturation(try #require(settings.saturation ?? settings.factor))
    case "hue": .hue(try #require(settings.hue ?? settings.factor))
    default: throw SettingsError(kind: kind)
    }
  }

  private struct SettingsError: Error {
    let kind: String
  }
}

@Suite("Views against torchvision")
struct GoldenViewsTests {
  @Test("Every recorded result of torchvision is met to 1e-5, in units of the normalised result")
  func recorded() throws {
    let golden = try GoldenViews()
    let names = golden.file.names.filter { !$0.hasSuffix("/bytes") }
    #expect(names.count > 40)
    for name in names {
      let difference = try golden.difference(name)
      #expect(difference < 1e-5, "\(name) differs by \(difference)")
    }
  }
}
