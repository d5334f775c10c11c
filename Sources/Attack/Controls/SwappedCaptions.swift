import Data

/// Pairs that nobody was pre-trained on, put together from the target's images and captions.
///
/// A classifier that finds members among them does not look at what belongs together: it knows the image, or the
/// wording. They are judged by the classifiers that were trained on the shadow's true pairs.
public enum SwappedCaptions: String, Codable, Sendable, CaseIterable {
  /// A member's image with a nonmember's caption.
  case memberImage
  /// A nonmember's image with a member's caption.
  case memberCaption
  /// A member's image with another member's caption.
  case bothMembers

  /// Its name in tables.
  public var name: String {
    switch self {
    case .memberImage: return "member image, nonmember caption"
    case .memberCaption: return "nonmember image, member caption"
    case .bothMembers: return "member image, another member's caption"
    }
  }

  /// What swapped pairs are compared with.
  public enum Reference: String, Codable, Sendable, CaseIterable {
    /// Nonmembers' true pairs, which also belong together: swapped pairs may lie below them.
    case pairs
    /// Nonmembers' images with other nonmembers' captions: the areas lie at one half where nothing is remembered of the
    /// image or the caption alone.
    case mismatched

    /// Its name in tables.
    public var name: String { self == .pairs ? "nonmember pairs" : "mismatched nonmembers" }
  }

  /// The name of the control in results.
  static func name(_ swap: SwappedCaptions, _ reference: Reference, attack: String) -> String {
    "swapped: \(swap.name), against \(reference.name) (\(attack))"
  }

  /// Whose images are shown, and whose captions stand beside them.
  var groups: (images: Membership, captions: Membership) {
    switch self {
    case .memberImage: (.member, .nonmember)
    case .memberCaption: (.nonmember, .member)
    case .bothMembers: (.member, .member)
    }
  }
}

/// Swapped captions, judged by the attacks' classifiers of image-text features: they must not be taken for members.
struct SwappedCaptionsControl: Control {
  let family = ControlFamily.swapped

  /// Sets of an image or a caption alone may know a member by it, whatever it is paired with.
  private static let judging: Set<FeatureSet> = [.imageText, .pair]

  func obstacle(in audit: AuditCase) -> String? {
    let judges = InferenceClassifierKind.allCases.map(\.name) + [AttackTable.all]
    if let chosen = audit.configuration.attacks,
      !judges.contains(where: { judge in chosen.contains { AttackTable.isMeant(judge, by: $0) } })
    {
      return "no attack was chosen that could judge swapped pairs"
    }
    return audit.obstacle(to: [.pair])
  }

  private func sets(_ audit: AuditCase) -> [FeatureSet] {
    let judged = audit.configuration.sets.filter { SwappedCaptionsControl.judging.isSuperset(of: $0) }
    return FeatureSet.allCases.filter { set in judged.contains { $0.contains(set) } }
  }

  func needs(in audit: AuditCase) -> [Need] {
    guard let caption = audit.caption else { return [] }
    return Membership.allCases.flatMap { partner in
      sets(audit).map {
        audit.need(.similarities($0, CaptionUse(caption.holding, partner: partner)), of: .target)
      }
    }
  }

  func run(_ audit: AuditCase, attacks: [Finding]) throws -> [Finding] {
    try attacks.flatMap { attack -> [Finding] in
      guard let classifier = attack.classifier,
        SwappedCaptionsControl.judging.isSuperset(of: attack.sets)
      else { return [] }
      func scores(_ images: Membership, with captions: Membership?) throws -> [Float] {
        let features = try audit.features(attack.sets, of: .target, exchanged: captions)
        return try classifier.scores(features[images])
      }
      let references: [(SwappedCaptions.Reference, [Float])] = [
        (.pairs, try scores(.nonmember, with: nil)), (.mismatched, try scores(.nonmember, with: .nonmember)),
      ]
      return try SwappedCaptions.allCases.flatMap { swap in
        let swapped = try scores(swap.groups.images, with: swap.groups.captions)
        return try references.map { reference, scores in
          Finding(
            name: SwappedCaptions.name(swap, reference, attack: attack.name),
            attack: SwappedCaptions.name(swap, reference, attack: attack.name), sets: attack.sets,
            family: family, knowledge: audit.knowledge,
            outcome: AttackOutcome(
              target: try MembershipScores(
                MembershipGroups(members: swapped, nonmembers: scores), threshold: classifier.threshold)),
            swap: Swap(captions: swap, reference: reference, judge: attack.name))
        }
      }
    }
  }
}

/// Which pairs a finding swapped, what it compared them with, and which attack judged them.
public struct Swap: Codable, Sendable, Equatable {
  /// What was put together.
  public let captions: SwappedCaptions
  /// What it was compared with.
  public let reference: SwappedCaptions.Reference
  /// The attack whose classifier judged.
  public let judge: String

  /// A swap by its parts.
  public init(captions: SwappedCaptions, reference: SwappedCaptions.Reference, judge: String) {
    (self.captions, self.reference, self.judge) = (captions, reference, judge)
  }
}
