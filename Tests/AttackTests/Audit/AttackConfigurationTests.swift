import Files
import Foundation
import Testing

@testable import Attack

@Suite struct AttackConfigurationTests {
  @Test("a configuration reads back from JSON as it was, and a key it does not know is an error")
  func roundTrip() throws {
    var configuration = AttackConfiguration(
      views: 6, variants: 3, sets: [[.imageText, .pair], [.textText]], knowledge: .template,
      augmentation: .moco, attacks: ["CSA", "EncoderMI-T"], controls: [.swapped], seed: 9)
    configuration.captionVariants.dropProbability = 0.5
    configuration.weakSupervision.patience = 2
    let data = try Configuration.encode(configuration)
    #expect(try Configuration.decode(AttackConfiguration.self, from: data, file: "a") == configuration)
    let typo = String(decoding: data, as: UTF8.self).replacingOccurrences(
      of: "\"patience\"", with: "\"patients\"")
    #expect(throws: ConfigurationError.self) {
      try Configuration.decode(AttackConfiguration.self, from: Data(typo.utf8), file: "a")
    }
  }

  @Test("keys that are left out take their defaults")
  func defaults() throws {
    let found = try Configuration.decode(
      from: Data(#"{"knowledge": "other", "views": 5}"#.utf8), file: "a", defaults: AttackConfiguration())
    #expect(found == AttackConfiguration(views: 5, knowledge: .other))
  }

  @Test("each setting out of range is refused by name")
  func invalid() {
    let changes: [(String, (inout AttackConfiguration) -> Void)] = [
      ("views", { $0.views = 1 }), ("variants", { $0.variants = 1001 }), ("sets", { $0.sets = [] }),
      ("sets.1", { $0.sets = [[.pair], []] }), ("sets.0", { $0.sets = [[.pair, .pair]] }),
      ("captionVariants.orderWindow", { $0.captionVariants.orderWindow = 1 }),
      (
        "augmentation",
        {
          $0.augmentation = .moco
          $0.augmentation?.outputSize = 0
        }
      ),
      ("attacks", { $0.attacks = [] }), ("attacks", { $0.attacks = ["CSA", "EncoderMI-X"] }),
      ("templateWords", { $0.templateWords = 0 }), ("norm", { $0.norm = 0.5 }),
      ("classifiers.set.epochs", { $0.classifiers.set.epochs = 0 }),
      ("downstream.images", { $0.downstream.images = 1 }),
      ("downstream.hiddenWidths", { $0.downstream.hiddenWidths = [] }),
      ("downstream.dropout", { $0.downstream.dropout = 1 }),
      ("downstream.epochs", { $0.downstream.epochs = 0 }), ("downstream.batch", { $0.downstream.batch = 0 }),
      ("downstream.learningRate", { $0.downstream.learningRate = 0 }),
      ("adversarial.radius", { $0.adversarial.radius = 0 }),
      ("adversarial.step", { $0.adversarial.step = .nan }),
      ("adversarial.steps", { $0.adversarial.steps = 0 }),
      ("adversarial.targets", { $0.adversarial.targets = 0 }),
      ("weakSupervision.heldOut", { $0.weakSupervision.heldOut = 0.6 }),
      ("weakSupervision.hiddenWidths", { $0.weakSupervision.hiddenWidths = [] }),
      ("weakSupervision.epochs", { $0.weakSupervision.epochs = 0 }),
      ("weakSupervision.patience", { $0.weakSupervision.patience = 0 }),
      ("weakSupervision.batch", { $0.weakSupervision.batch = 0 }),
      ("weakSupervision.learningRate", { $0.weakSupervision.learningRate = .infinity }),
      ("weakSupervision.deviations", { $0.weakSupervision.deviations = .nan }),
    ]
    for (path, change) in changes {
      var configuration = AttackConfiguration()
      change(&configuration)
      let error = #expect(throws: InvalidSetting.self) { try configuration.validate() }
      #expect(error?.path == path)
    }
  }

  @Test("attacks are named as in their table, or all at once; one that does not exist is refused by name")
  func attackNames() throws {
    for name in AttackTable.names + [AttackTable.all] {
      try AttackConfiguration(attacks: [name]).validate()
    }
    let error = #expect(throws: InvalidSetting.self) {
      try AttackConfiguration(attacks: ["CSA", "CSB"]).validate()
    }
    #expect(error?.description.contains("CSB") == true)
    #expect(error?.description.contains("EncoderMI-V") == true)
  }
}
