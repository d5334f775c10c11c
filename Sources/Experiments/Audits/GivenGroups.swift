import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation

/// Lists of an auditor's own: inputs that are known, or believed, to be members and nonmembers, checked against each other.
public struct GivenGroups: Sendable {
  /// The pictures of both lists as one set of images; nil for captions alone.
  public let images: Images?
  /// Indices into the images; empty for captions alone.
  public let indices: MembershipGroups<[Int]>
  /// The captions of both lists; nil for images alone, the first of each for pairs.
  public let captions: MembershipGroups<[String]>?
  /// What the checks found.
  public let warnings: [String]

  private static let consequence = "they are left out of both, since it is not known which they are"

  /// Pictures of two lists, with their captions where these count. A picture that is in both is left out of both.
  /// - Parameter size: pixels along each side that they are brought to.
  /// - Throws: ``RunError/nothingLeft(_:)`` where a list has no picture of its own, or an error of reading pictures.
  public init(members: Dataset, nonmembers: Dataset, captions: Bool, size: Int) throws {
    let sides = (
      GroupChecks.Side("members", members, captions: captions),
      GroupChecks.Side("nonmembers", nonmembers, captions: captions)
    )
    let checks = try GroupChecks(sides.0, sides.1)
    func identities(_ data: Dataset) -> [PictureIdentity] {
      (0..<data.count).map { data.identity(of: $0) }
    }
    let shared = Set(identities(members)).intersection(identities(nonmembers))
    // Places that were opened one by one may hold a picture each; a list holds it once.
    func own(_ data: Dataset) -> [Int] {
      var taken = shared
      return identities(data).indices.filter { taken.insert(data.identity(of: $0)).inserted }
    }
    let joined = Dataset.joined([members, nonmembers])
    let images = try joined.images(at: size)
    let indices = MembershipGroups(
      members: own(members), nonmembers: own(nonmembers).map { members.count + $0 })
    (self.images, self.indices) = (images, indices)
    self.captions =
      captions
      ? indices.map { indices in indices.map { images.dataset.captions?[$0].first ?? "" } } : nil
    warnings = checks.warnings(sides.0, sides.1, consequence: GivenGroups.consequence)
    try requireInputs()
  }

  /// Captions alone. One that is in both lists is left out of both.
  /// - Throws: ``RunError/nothingLeft(_:)`` where a list has no caption of its own.
  public init(members: [String], nonmembers: [String]) throws {
    let sides = (
      GroupChecks.Side("members", captions: members), GroupChecks.Side("nonmembers", captions: nonmembers)
    )
    let checks = try GroupChecks(sides.0, sides.1)
    let shared = Set(checks.equalCaptions.map { Data(members[$0.first].utf8) })
    func own(_ captions: [String]) -> [String] { captions.filter { !shared.contains(Data($0.utf8)) } }
    (images, indices) = (nil, MembershipGroups(members: [], nonmembers: []))
    captions = MembershipGroups(members: own(members), nonmembers: own(nonmembers))
    warnings = checks.warnings(sides.0, sides.1, consequence: GivenGroups.consequence)
    try requireInputs()
  }

  private func requireInputs() throws {
    let counts = populations.map(\.count)
    if counts.members == 0 { throw RunError.nothingLeft("members") }
    if counts.nonmembers == 0 { throw RunError.nothingLeft("nonmembers") }
  }

  /// The inputs as an audit asks about them.
  public var populations: MembershipGroups<Population> {
    guard let images else {
      return (captions ?? MembershipGroups(members: [], nonmembers: [])).map { Population(captions: $0) }
    }
    guard let captions else { return indices.map { Population(images, $0) } }
    return indices.zip(captions).map { Population(images, $0, captions: [.exact: $1]) }
  }

  /// What inputs are called in results.
  var names: MembershipGroups<[String]> {
    guard let images else { return captions ?? MembershipGroups(members: [], nonmembers: []) }
    return indices.map { $0.map { images.name(of: $0) } }
  }

  /// A digest over pictures and captions.
  var fingerprint: String {
    if let images { return images.fingerprint }
    var hash = SHA256()
    for caption in captions?.pooled ?? [] {
      hash.update(littleEndian: UInt64(caption.utf8.count))
      hash.update(caption.utf8)
    }
    return hash.hexDigest()
  }
}

/// An encoder under audit with lists of the auditor's own, for an attack by a shadow.
public struct GivenTarget: AuditSource {
  /// Where the encoder is.
  public let path: String
  /// What is said of the data.
  public let description: RunDescription
  private let given: GivenGroups
  private let open: @Sendable () throws -> any AuditedEncoder

  /// An encoder and lists.
  /// - Parameter open: opens the encoder.
  public init(
    _ path: String, _ groups: GivenGroups, open: @escaping @Sendable () throws -> any AuditedEncoder
  ) {
    (self.path, self.open, given) = (path, open, groups)
    description =
      groups.images.map { RunDescription($0, role: .target) } ?? RunDescription(captionsFor: .target)
  }

  /// The pictures of both lists.
  public var pictures: Images? { given.images }
  /// Lists of captions alone.
  public var listedCaptions: MembershipGroups<[String]>? { given.images == nil ? given.captions : nil }
  /// That of both lists.
  public var fingerprint: String { given.fingerprint }
  /// What the checks of the lists found.
  public var warnings: [String] { given.warnings }
  /// Whether captions are asked about.
  public var usesCaptions: Bool { given.captions != nil }
  /// The lists; the shadow's groups are the shadow's own.
  public func groups(_ role: AuditGroup) -> MembershipGroups<[Int]> {
    role == .target ? given.indices : MembershipGroups(members: [], nonmembers: [])
  }
  /// The lists.
  public var own: MembershipGroups<[Int]> { given.indices }
  /// Nobody drew them.
  public var splitSeed: UInt64? { nil }
  /// It is unknown.
  public var seed: UInt64? { nil }
  /// An encoder with the lists; captions of pictures count where they are asked about.
  public func subject(_ encoder: any AuditedEncoder, _ role: AuditGroup) throws -> AuditSubject {
    guard let images = given.images else {
      return AuditSubject(encoder, captions: given.captions ?? MembershipGroups(members: [], nonmembers: []))
    }
    return try AuditSubject(
      encoder, images: images, captions: usesCaptions ? images.dataset.captions : nil, groups: groups(role),
      hasGivenGroups: true)
  }
  /// The encoder.
  public func audited() throws -> any AuditedEncoder { try open() }
  /// It is unknown.
  public func utility() throws -> EncoderRecord.Utility? { nil }
}
