import Contrastive
import Data
import Encoders
import Files
import Foundation
import Networks
import Testing
import Text
import Vision

@testable import Attack

/// No setting of an audit is without effect.
@Suite(.serialized) struct SettingEffectTests {
  private typealias Change = @Sendable (inout AttackConfiguration) -> Void

  /// Settings by their keys, each with attacks that it matters to and a change.
  private static let changes: [(key: String, attacks: [String], change: Change)] = [
    ("views", ["EncoderMI-T"], { $0.views = 4 }),
    ("variants", ["EncoderMI-T"], { $0.variants = 4 }),
    ("similarity", ["EncoderMI-T"], { $0.similarity = .euclidean }),
    ("layer", ["EncoderMI-T"], { $0.layer = .projection }),
    ("seed", ["EncoderMI-T"], { $0.seed = 6 }),
    ("sets", ["EncoderMI-T"], { $0.sets = [[.pair]] }),
    ("knowledge", ["EncoderMI-T"], { $0.knowledge = .other }),
    ("templateWords", ["EncoderMI-T"], { ($0.knowledge, $0.templateWords) = (.template, 1) }),
    ("augmentation", ["EncoderMI-T"], { $0.augmentation = .centre }),
    ("attacks", ["EncoderMI-T"], { $0.attacks = ["CSA"] }),
    ("controls", ["EncoderMI-T"], { $0.controls = [.blind] }),
    ("nearEmbeddings", ["EncoderMI-T"], { $0.nearEmbeddings = 0.1 }),
    ("norm", ["LpLA (image)"], { $0.norm = 3 }),
    ("classifiers.vector.epochs", ["EncoderMI-V"], { $0.classifiers.vector.epochs = 3 }),
    ("classifiers.vector.batch", ["EncoderMI-V"], { $0.classifiers.vector.batch = 7 }),
    ("classifiers.vector.learningRate", ["EncoderMI-V"], { $0.classifiers.vector.learningRate = 0.01 }),
    ("classifiers.vector.weightDecay", ["EncoderMI-V"], { $0.classifiers.vector.weightDecay = 0.5 }),
    ("classifiers.standardisesVector", ["EncoderMI-V"], { $0.classifiers.standardisesVector.toggle() }),
    ("classifiers.set.epochs", ["EncoderMI-S"], { $0.classifiers.set.epochs = 3 }),
    ("classifiers.set.batch", ["EncoderMI-S"], { $0.classifiers.set.batch = 7 }),
    ("classifiers.set.learningRate", ["EncoderMI-S"], { $0.classifiers.set.learningRate = 0.01 }),
    ("classifiers.set.weightDecay", ["EncoderMI-S"], { $0.classifiers.set.weightDecay = 0.5 }),
    ("classifiers.setArchitecture", ["EncoderMI-S"], { $0.classifiers.setArchitecture = .paper }),
    ("weakSupervision.deviations", ["WSA"], { $0.weakSupervision.deviations = 0.2 }),
    ("weakSupervision.hiddenWidths", ["WSA"], { $0.weakSupervision.hiddenWidths = [8] }),
    ("weakSupervision.epochs", ["WSA"], { $0.weakSupervision.epochs = 1 }),
    ("weakSupervision.patience", ["WSA"], { $0.weakSupervision.patience = 1 }),
    ("weakSupervision.batch", ["WSA"], { $0.weakSupervision.batch = 3 }),
    ("weakSupervision.learningRate", ["WSA"], { $0.weakSupervision.learningRate = 0.05 }),
    ("weakSupervision.heldOut", ["WSA"], { $0.weakSupervision.heldOut = 0.5 }),
    ("knownNonmembers.bank", ["gradient statistic (pair)"], { $0.knownNonmembers.bank = 0.5 }),
    ("knownNonmembers.mostInBank", ["gradient statistic (pair)"], { $0.knownNonmembers.mostInBank = 3 }),
    ("knownNonmembers.held", ["gradient statistic (pair)"], { $0.knownNonmembers.held = 0.5 }),
    ("knownNonmembers.logitScales", ["gradient statistic (pair)"], { $0.knownNonmembers.logitScales = [3] }),
    ("knownNonmembers.offset", ["RMIA (pair)"], { $0.knownNonmembers.offset = 1 }),
    ("knownNonmembers.ratio", ["RMIA (pair)"], { $0.knownNonmembers.ratio = 1 }),
    ("downstream.hiddenWidths", ["Baseline A"], { $0.downstream.hiddenWidths = [4] }),
    ("downstream.dropout", ["Baseline A"], { $0.downstream.dropout = 0 }),
    ("downstream.epochs", ["Baseline A"], { $0.downstream.epochs = 3 }),
    ("downstream.batch", ["Baseline A"], { $0.downstream.batch = 5 }),
    ("downstream.learningRate", ["Baseline A"], { $0.downstream.learningRate = 0.02 }),
    ("adversarial.radius", ["Baseline C"], { $0.adversarial.radius = 0.002 }),
    ("adversarial.step", ["Baseline C"], { $0.adversarial.step = 0.1 }),
    ("adversarial.steps", ["Baseline C"], { $0.adversarial.steps = 1 }),
    ("adversarial.targets", ["Baseline C"], { $0.adversarial.targets = 1 }),
    ("adversarial.isWhiteBox", ["Baseline C"], { $0.adversarial.isWhiteBox = true }),
    ("captionVariants.dropProbability", ["EncoderMI-T"], { $0.captionVariants.dropProbability = 0 }),
    ("captionVariants.dropRate", ["EncoderMI-T"], { $0.captionVariants.dropRate = 0.8...0.9 }),
    ("captionVariants.orderProbability", ["EncoderMI-T"], { $0.captionVariants.orderProbability = 1 }),
    (
      "captionVariants.orderWindow", ["EncoderMI-T"],
      { ($0.captionVariants.orderProbability, $0.captionVariants.orderWindow) = (1, 2) }
    ),
    ("captionVariants.templateProbability", ["EncoderMI-T"], { $0.captionVariants.templateProbability = 1 }),
    (
      "captionVariants.templates", ["EncoderMI-T"],
      { ($0.captionVariants.templateProbability, $0.captionVariants.templates) = (1, ["see {}"]) }
    ),
    ("captionVariants.caseProbability", ["EncoderMI-T"], { $0.captionVariants.caseProbability = 1 }),
    (
      "captionVariants.punctuationProbability", ["EncoderMI-T"],
      { $0.captionVariants.punctuationProbability = 1 }
    ),
    ("captionVariants.spaceProbability", ["EncoderMI-T"], { $0.captionVariants.spaceProbability = 1 }),
  ]

  /// Changes that mean something only beside others, which are made in what they are compared with too.
  private static let beside: [String: Change] = [
    "templateWords": { $0.knowledge = .template },
    "weakSupervision.patience": {
      ($0.weakSupervision.epochs, $0.weakSupervision.patience, $0.weakSupervision.heldOut) = (40, 40, 0.4)
      ($0.weakSupervision.learningRate, $0.weakSupervision.batch) = (0.03, 2)
    },
    "captionVariants.orderWindow": { $0.captionVariants.orderProbability = 1 },
    "captionVariants.templates": { $0.captionVariants.templateProbability = 1 },
  ]

  /// Which labelled images are taken is decided before an audit, and one key can only be left out.
  private static let elsewhere = [
    "downstream.data", "downstream.images", "captionVariants.otherCaptionProbability",
  ]

  /// The keys of all settings: those of objects within each other with dots between them.
  private func keys(_ json: JSONValue, below path: String = "") -> [String] {
    guard case .object(let members) = json else { return [path] }
    return members.flatMap { keys($0.value, below: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  @Test("There is a change here for every setting")
  func complete() throws {
    var configuration = AttackConfiguration()
    (configuration.knowledge, configuration.augmentation) = (.exact, .centre)
    (configuration.attacks, configuration.nearEmbeddings) = (["CSA"], 0.5)
    configuration.downstream.data = "folder:x"
    let all = try keys(JSONParser.parse(Configuration.encode(configuration))).map {
      $0.hasPrefix("augmentation.") ? "augmentation" : $0
    }
    #expect(Set(all) == Set(SettingEffectTests.changes.map(\.key) + SettingEffectTests.elsewhere))
  }

  @Test("A change of any setting changes what is asked or found")
  func effect() throws {
    var known: [Data: [String]] = [:]
    for (key, attacks, change) in SettingEffectTests.changes {
      var usual = FakeAudit.configuration {
        ($0.views, $0.variants, $0.attacks, $0.controls) = (3, 3, attacks, [])
        ($0.classifiers.vector.epochs, $0.classifiers.set.epochs) = (2, 2)
        ($0.downstream.epochs, $0.downstream.batch, $0.downstream.hiddenWidths) = (2, 16, [8])
        $0.adversarial.steps = 3
      }
      SettingEffectTests.beside[key]?(&usual)
      var changed = usual
      change(&changed)
      #expect(changed != usual, "\(key) is as it was")
      // What a setting allows for need not happen with each seed.
      var isSeen = false
      for seed in UInt64(5)..<15 where !isSeen {
        if key != "seed" { (usual.seed, changed.seed) = (seed, seed) }
        let settings = try Configuration.encode(usual)
        let before = try known[settings] ?? seen(usual)
        known[settings] = before
        isSeen = try seen(changed) != before
      }
      #expect(isSeen, "\(key) has no effect")
    }
  }

  /// All that an audit of a few inputs finds.
  private func seen(_ configuration: AttackConfiguration) throws -> [String] {
    let images = try FakeAudit.images()
    func groups(_ start: Int) -> MembershipGroups<[Int]> {
      MembershipGroups(members: Array(start..<start + 20), nonmembers: Array(start + 20..<start + 40))
    }
    let names = configuration.attacks ?? []
    let isOfPixels = names.contains { $0.hasPrefix("Baseline") }
    func subject(_ start: Int, seed: UInt64) throws -> AuditSubject {
      let groups = groups(start)
      let encoder: any AuditedEncoder =
        isOfPixels
        ? LinearEncoder(remembered: Pictures([], size: 8), seed: seed)
        : FakeEncoder(.leaning, members: groups.members, seed: seed)
      return try AuditSubject(
        encoder, images: images, captions: isOfPixels ? nil : captions, groups: groups, hasGivenGroups: true)
    }
    let labelled = Array(100..<160)
    let found = try Audit(configuration).run(
      target: subject(0, seed: 1), shadow: subject(40, seed: 2),
      downstream: DownstreamSet(images, indices: labelled, labels: labelled.map { $0 % 8 / 3 }))[0]
    let findings = found.attacks + found.controls
    return findings.map { "\($0.name) \($0.scores.groups) \($0.scores.threshold)" } + found.notes
      + ["\(found.knowledge) \(found.questions[.target]?.total ?? 0)"]
  }

  /// Of several words, so that they can be left out and exchanged.
  private let captions = (0..<FakeAudit.count).map { number in
    ["item \(number) is a red, round one", "item \(number) shows something large and blue"]
  }
}
