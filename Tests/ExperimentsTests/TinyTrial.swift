import Attack
import Contrastive
import Data
import Experiments
import Foundation
import TestSupport
import Text
import Vision

/// Trials of a second: a ResNet-18 of 16 channels on pictures of 16 pixels.
struct TinyTrial {
  let folder: URL
  let images: Images
  let split: Split

  static let encoder = ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4, imageSize: 16)

  /// Calls `body` with 32 pictures, opened, in a folder of their own.
  static func with(classes: Int = 0, _ body: (TinyTrial) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "images")
      try TinyImages.write(32, classes: classes, to: place)
      let images = try Dataset.open(place.path).images()
      let split = try Split(count: images.count, sizes: SplitSizes(each: 6), seed: 0)
      try body(TinyTrial(folder: folder, images: images, split: split))
    }
  }

  /// Writes 32 pictures with a caption each, and opens them.
  static func pairs(in folder: URL) throws -> Images {
    let place = folder.appending(path: "pairs")
    try TinyImages.write(32, to: place)
    let lines = (0..<32).map { "\(String(format: "%03d.png", $0))\tmosaic number \($0)\n" }
    let table = place.appending(path: "captions.tsv")
    try Data(("image\tcaption\n" + lines.joined()).utf8).write(to: table)
    return try Dataset.open("tsv:\(table.path)", options: DataOptions(captions: true)).images()
  }

  /// SimCLR on the images, four steps an epoch.
  static func specification(seed: UInt64, epochs: Int = 2) -> EncoderSpecification {
    var settings = PretrainingConfiguration.simclrQuick
    settings.encoder = encoder
    settings.augmentation.outputSize = encoder.imageSize
    settings.head = ProjectionHeadConfiguration(hiddenWidths: [16], width: 8)
    (settings.epochs, settings.batch, settings.seed) = (epochs, 2, seed)
    return EncoderSpecification(settings)
  }

  static let attack = AttackConfiguration(views: 3, classifiers: .quick)

  /// A trial in a folder named by its seed.
  func trial(
    _ seed: UInt64, epochs: Int = 2, attack: AttackConfiguration = TinyTrial.attack
  ) -> Trial<AttackAudit> {
    Trial(
      name: "seed \(seed)", folder: "seed-\(seed)", split: split,
      target: TinyTrial.specification(seed: seed, epochs: epochs),
      shadow: TinyTrial.specification(seed: seed + 100, epochs: epochs), audit: AttackAudit(attack))
  }

  /// An experiment in a folder of that name.
  func experiment(_ trials: [Trial<AttackAudit>], _ name: String = "out") -> Experiment<AttackAudit> {
    Experiment(trials, on: images, in: folder.appending(path: name))
  }

  func bytes(_ path: String) throws -> Data { try Data(contentsOf: folder.appending(path: path)) }
}
