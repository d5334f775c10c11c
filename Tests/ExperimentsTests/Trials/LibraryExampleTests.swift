import Attack
import Contrastive
import Data
import Experiments
import Report
import TestSupport
import Testing
import Vision

/// What somebody writes who depends on this package: the lines of the README, with sizes of a second.
@Suite struct LibraryExampleTests {
  @Test("Target, shadow and attack are a page of code, and end in a table")
  func example() throws {
    try withTemporaryFolder { folder in
      try TinyImages.write(32, to: folder.appending(path: "images"))

      let images = try Dataset.open(folder.appending(path: "images").path).images()
      let split = try Split(count: images.count, sizes: SplitSizes(each: 8), seed: 0)

      var settings = PretrainingConfiguration.simclrQuick
      settings.encoder = ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4)
      settings.epochs = 2
      let target = EncoderSpecification(settings)
      settings.seed = 1
      let shadow = EncoderSpecification(settings)

      let trial = Trial(
        split: split, target: target, shadow: shadow, audit: AttackAudit())
      let experiment = Experiment([trial], on: images, in: folder.appending(path: "runs"))
      var text = ""
      if let results = try experiment.run(isResuming: true) { text = results[0].text }

      #expect(text.contains("EncoderMI-V") && text.contains("control: blind"))
      #expect(text.contains("T = 2 epochs, N = 8 members, T/N = 0.25"))
    }
  }
}
