import Data

/// Pairs that nobody was pre-trained on, put together from the target's images and captions.
///
/// A classifier that finds members among them does not look at what belongs together: it knows the image, or the
/// wording. They are judged by the classifiers that were trained on the shadow's true pairs.
public enum SwappedCaptions: String, Sendable, CaseIterable {
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
  public enum Reference: String, Sendable, CaseIterable {
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

  /// The parts of such a name; nil for the name of anything else.
  public static func parts(
    ofName name: String
  ) -> (swap: SwappedCaptions, reference: Reference, attack: String)? {
    for swap in allCases {
      for reference in Reference.allCases {
        let start = SwappedCaptions.name(swap, reference, attack: "").dropLast()
        guard name.hasPrefix(start), name.hasSuffix(")") else { continue }
        return (swap, reference, String(name.dropFirst(start.count).dropLast()))
      }
    }
    return nil
  }

  /// The swapped pairs' features.
  func observations(
    of target: MembershipGroups<PairObservations>, captions: MembershipGroups<[String]>,
    configuration: FeatureConfiguration
  ) throws -> PairObservations {
    switch self {
    case .memberImage:
      return try SwappedCaptions.pairing(
        (target.members, captions.members), (target.nonmembers, captions.nonmembers), configuration)
    case .memberCaption:
      return try SwappedCaptions.pairing(
        (target.nonmembers, captions.nonmembers), (target.members, captions.members), configuration)
    case .bothMembers:
      return try SwappedCaptions.pairing(
        (target.members, captions.members), (target.members, captions.members), configuration)
    }
  }

  /// The images of one side with the captions of another, each with one that differs from its own where there is one.
  static func pairing(
    _ images: (observations: PairObservations, captions: [String]),
    _ others: (observations: PairObservations, captions: [String]), _ configuration: FeatureConfiguration
  ) throws -> PairObservations {
    let partners = partners(of: images.captions, among: others.captions)
    return try PairObservations(
      images: images.observations.images, captions: others.observations.captions?.selecting(partners),
      configuration: configuration, inputs: Array(partners.indices))
  }

  /// For each caption the place of another text: the next place's, or the first after it that differs.
  static func partners(of captions: [String], among others: [String]) -> [Int] {
    captions.indices.map { index in
      let places = (1...others.count).map { (index + $0) % others.count }
      return places.first { others[$0] != captions[index] } ?? places[0]
    }
  }
}
