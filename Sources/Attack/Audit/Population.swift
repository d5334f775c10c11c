import Data

/// In, or not in, the pre-training data.
public enum Membership: String, Codable, Sendable, CaseIterable {
  case member, nonmember
}

extension MembershipGroups {
  /// What belongs to the members, or to the nonmembers.
  public subscript(membership: Membership) -> Value {
    get { membership == .member ? members : nonmembers }
    set { if membership == .member { members = newValue } else { nonmembers = newValue } }
  }
}

/// Whose inputs are meant.
public enum AuditGroup: String, Codable, Sendable, CaseIterable {
  /// The target's members and nonmembers, whom nobody but the evaluation tells apart.
  case target
  /// The shadow's members and nonmembers, whom the auditor knows.
  case shadow
}

/// Which encoder is meant.
public enum EncoderRole: Hashable, Sendable {
  /// The encoder under audit.
  case target
  /// The auditor's own.
  case shadow
  /// An encoder of the target's shape that has learned nothing.
  case untrainedTarget
  /// An encoder of the shadow's shape that has learned nothing.
  case untrainedShadow
  /// A further encoder, which tells how hard an input is for one that did not see it.
  case reference(Int)

  /// Its name in results; references count from 1.
  public var name: String {
    switch self {
    case .target: "target"
    case .shadow: "shadow"
    case .untrainedTarget: "untrainedTarget"
    case .untrainedShadow: "untrainedShadow"
    case .reference(let number): "reference\(number + 1)"
    }
  }
}

/// Which caption of an image an auditor holds.
public enum CaptionHolding: String, Codable, Sendable, CaseIterable {
  /// The one that members were pre-trained with.
  case exact
  /// Another one.
  case other
  /// One that a template makes of a few words of another; see ``TemplateCaptions``.
  case template
}

/// Inputs of one kind that are asked about: images, captions, or both side by side.
public struct Population: Sendable {
  /// The data set that the images are of; nil for captions alone.
  public let images: Images?
  /// For each input its image in the data set; an image may come with several captions. Empty for captions alone.
  public let indices: [Int]
  /// For each holding the caption of each input.
  public let captions: [CaptionHolding: [String]]
  /// The number of inputs.
  public let count: Int

  /// Images of a data set, with captions where they have some.
  public init(
    _ images: Images, _ indices: [Int], captions: [CaptionHolding: [String]] = [:]
  ) {
    precondition(
      captions.values.allSatisfy { $0.count == indices.count },
      "Population: \(captions.values.map(\.count)) captions for \(indices.count) images")
    (self.images, self.indices, self.captions, count) = (images, indices, captions, indices.count)
  }

  /// Captions alone.
  public init(captions: [String]) {
    (images, indices, self.captions, count) = (nil, [], [.exact: captions], captions.count)
  }

  /// Some of the inputs.
  func part(_ range: Range<Int>) -> Population {
    let captions = captions.mapValues { Array($0[range]) }
    guard let images else { return Population(captions: captions[.exact] ?? []) }
    return Population(images, Array(indices[range]), captions: captions)
  }

  /// For each input the name of its class; nil where its data set does not tell it.
  public var classNames: [String?] {
    let names = images?.dataset.classNames
    return indices.map { index in
      images?.dataset.label(of: index).flatMap { label in names.map { $0[label] } }
    }
  }

  /// For each input what tells its picture from others; nil for captions alone.
  var pictures: [PictureIdentity?] {
    guard let images else { return Array(repeating: nil, count: count) }
    return indices.map { images.dataset.identity(of: $0) }
  }

  /// How errors name an input.
  func name(of input: Int) -> String {
    images.map { $0.name(of: indices[input]) } ?? captions[.exact].map { "“\($0[input])”" } ?? "\(input)"
  }
}
