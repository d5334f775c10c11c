import Contrastive
import Data
import Encoders
import Foundation
import Networks
import TestSupport
import Testing
import Vision

@testable import Attack

/// Small pictures and captions with a target and a shadow that leak in one way.
enum FakeAudit {
  static let count = 320
  static let each = 80
  static let both: Set<Modality> = [.image, .text]

  private static let whole = Result { try made(count) }

  /// Pictures of 8 by 8 that carry their number in their mean colour.
  static func images() throws -> Images { try whole.get() }

  private static func made(_ count: Int) throws -> Images {
    try withTemporaryFolder { folder in
      for number in 0..<count {
        var random = RandomStream(seed: 3, name: "texture").substream(number)
        let bytes = [number % 8, number / 8 % 8, number / 64].flatMap { digit in
          (0..<64).map { _ in UInt8(20 + 24 * digit + random.integer(below: 13) - 6) }
        }
        try PixelImage(height: 8, width: 8, bytes: bytes)
          .writePNG(to: folder.appending(path: String(format: "%03d.png", number)).path)
      }
      return try Dataset.open(folder.path).images()
    }
  }

  static func captions() -> [[String]] {
    (0..<count).map { ["item \($0) alpha", "item \($0) beta gamma"] }
  }

  static func split() throws -> Split { try Split(count: count, sizes: SplitSizes(each: each), seed: 1) }

  /// Target and shadow with groups drawn at random.
  static func subjects(
    _ leak: FakeEncoder.Leak, target: Set<Modality> = both, shadow: Set<Modality> = both,
    captions: [[String]]? = captions(), hasTwin: Bool = true
  ) throws -> (target: Subject, shadow: Subject) {
    let (images, split) = (try images(), try split())
    func subject(
      _ groups: MembershipGroups<[Int]>, _ modalities: Set<Modality>, seed: UInt64
    ) throws -> Subject {
      let encoder = FakeEncoder(
        leak, members: groups.members, seed: seed, modalities: modalities, hasTwin: hasTwin)
      return Subject(
        encoder: encoder,
        audited: try AuditSubject(encoder, images: images, captions: captions, groups: groups))
    }
    return (try subject(split.target, target, seed: 1), try subject(split.shadow, shadow, seed: 2))
  }

  /// An encoder and what it is tested on.
  struct Subject {
    let encoder: FakeEncoder
    let audited: AuditSubject
  }

  /// Each variant has a random word more.
  static let captionViews: CaptionViews = { count, captions, random in
    captions.indices.map { index in
      (0..<count).map { variant in
        var stream = random(index).substream(variant)
        return "\(captions[index][0]) x\(stream.integer(below: 1_000_000_000))"
      }
    }
  }

  static func configuration(
    _ change: (inout AttackConfiguration) -> Void = { _ in }
  ) -> AttackConfiguration {
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (20, 6)
    (settings.vector.batch, settings.set.batch) = (20, 20)
    var configuration = AttackConfiguration(views: 4, variants: 4, classifiers: settings, seed: 5)
    configuration.weakSupervision.hiddenWidths = [32, 16]
    change(&configuration)
    return configuration
  }

  static func audit(_ change: (inout AttackConfiguration) -> Void = { _ in }) throws -> Audit {
    try Audit(configuration(change), captionViews: captionViews)
  }

  /// What one audit of a pair of subjects finds.
  static func findings(
    _ subjects: (target: Subject, shadow: Subject), levels: [CaptionKnowledge]? = nil,
    references: [AuditReference] = [], _ change: (inout AttackConfiguration) -> Void = { _ in },
    report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> [AuditFindings] {
    try audit(change).run(
      levels: levels, target: subjects.target.audited, shadow: subjects.shadow.audited,
      references: references,
      report: report)
  }

  /// Answers about the groups of both subjects, by these encoders.
  static func evidence(
    _ subjects: (target: Subject, shadow: Subject), others: [EncoderRole: any AuditedEncoder] = [:],
    keeping kept: EvidenceFolder? = nil, _ change: (inout AttackConfiguration) -> Void = { _ in }
  ) -> Evidence {
    let encoders: [EncoderRole: any AuditedEncoder] = [
      .target: subjects.target.encoder, .shadow: subjects.shadow.encoder,
    ]
    let holdings = Set(CaptionHolding.allCases)
    let template = TemplateCaptions(knowing: captions().flatMap { $0 })
    return Evidence(
      Questions(configuration(change), captionViews: captionViews),
      encoders: encoders.merging(others) { old, _ in old },
      groups: [
        .target: subjects.target.audited.populations(holdings, template: template),
        .shadow: subjects.shadow.audited.populations(holdings, template: template),
      ], keeping: kept)
  }

  /// A case of an audit over some evidence, with the shadow as reference beside others.
  static func audited(
    _ evidence: Evidence, _ knowledge: CaptionKnowledge, _ subjects: (target: Subject, shadow: Subject),
    others: [AuditCase.Reference] = [], _ change: (inout AttackConfiguration) -> Void = { _ in }
  ) -> AuditCase {
    AuditCase(
      evidence: evidence, configuration: configuration(change), knowledge: knowledge, learner: .shadow,
      tested: .target,
      references: [
        AuditCase.Reference(role: .shadow, seen: subjects.shadow.audited.memberPictures)
      ] + others)
  }
}

extension AuditFindings {
  /// The attack of a name.
  func attack(_ name: String) throws -> Finding {
    try #require(attacks.first { $0.name == name }, "there is no \(name) among \(attacks.map(\.name))")
  }

  /// EncoderMI's classifiers on some lists of feature sets.
  static func names(_ sets: [FeatureSet]...) -> [String] {
    sets.flatMap { set in InferenceClassifierKind.allCases.map { "\($0.name) (\(FeatureSet.name(of: set)))" }
    }
  }

  /// Expects that some attacks find nearly all members, and others none.
  func expect(
    found: [String], chance: [String], location: SourceLocation = #_sourceLocation
  ) throws {
    for name in found {
      let auc = try attack(name).metrics.auc
      #expect(auc.value > 0.95, "\(name): \(auc)", sourceLocation: location)
    }
    if !chance.isEmpty { expectChance(try chance.map(attack), location: location) }
  }
}

/// Expects areas of one half, within intervals that hold together at 99.9% by Bonferroni's inequality. Seeds are fixed and
/// there are some hundred areas: at 95% each, five would miss where nothing is wrong.
func expectChance(_ findings: [Finding], location: SourceLocation = #_sourceLocation) {
  #expect(!findings.isEmpty, sourceLocation: location)
  let confidence = 1 - 0.001 / Double(max(1, findings.count))
  for finding in findings {
    let auc = finding.scores.auc(confidence: confidence)
    #expect(auc.covers(0.5), "\(finding.name): \(auc)", sourceLocation: location)
  }
}
