import Attack
import Data
import Encoders
import Files
import Foundation
import Vision

/// How an owner's works are made units and strata before they are drawn.
public struct OwnerPreparation: Sendable {
  /// What works share that belong together, or that lie in one stratum.
  public enum Key: Sendable, Equatable {
    /// Nothing.
    case none
    /// The folder that they lie in; works in none share nothing.
    case folder
    /// The folder of the top level that they lie in.
    case topFolder
    /// The value in a column of a table.
    case column(String, file: String)
  }

  /// What works of one unit share, beside near duplicates.
  public var units = Key.none
  /// What works of one stratum share.
  public var strata = Key.none
  /// The most bits in which perceptual hashes of near duplicates differ; nil to look for none.
  public var nearBits: Int? = PerceptualHash.nearBits

  /// Works are units of their own, but for near duplicates, in one stratum.
  public init() {}

  /// Draws the halves of works.
  /// - Parameter salt: 64 hexadecimal digits.
  /// - Throws: `OwnerError`, or an error of reading the works or a table.
  public func draw(
    _ works: Dataset, _ settings: OwnerSettings, seed: UInt64, salt: String = OwnerPreparation.salt()
  ) throws -> OwnerDraw {
    if settings.usesCaptions && works.captions == nil {
      throw OwnerError.noCaptions(location: works.location)
    }
    var options = works.options
    // The encoder's size is known when it is asked.
    options.imageSize = nil
    return try OwnerDraw(
      data: DataFormat.absolute(works.location), options: options,
      names: (0..<works.count).map { works.name(of: $0) },
      digests: (0..<works.count).map { index in
        (try works.storedDigest(of: index), works.captions.map { DrawnWork.digest(of: $0[index]) })
      }, units: try unitNumbers(works), strata: try keys(strata, works).map { $0 ?? "" }, nearBits: nearBits,
      settings: settings, seed: seed, salt: salt)
  }

  /// For each work the number of its unit.
  /// - Throws: an error of reading the works or a table.
  public func unitNumbers(_ works: Dataset) throws -> [Int] {
    let hashes = try nearBits == nil ? nil : works.perceptualHashes()
    return WorkUnits.joined(try keys(units, works), hashes: hashes, near: nearBits ?? 0)
  }

  private func keys(_ key: Key, _ works: Dataset) throws -> [String?] {
    let names = (0..<works.count).map { works.name(of: $0) }
    switch key {
    case .none: return names.map { _ in nil }
    case .folder: return names.map { $0.contains("/") ? Paths.folder(of: $0) : nil }
    case .topFolder: return names.map { name in name.firstIndex(of: "/").map { String(name[..<$0]) } }
    case .column(let column, let file):
      let table = try PictureColumn(column, of: file, image: works.options.imageColumn)
      return try names.map { try table.value(of: $0) }
    }
  }

  /// 256 bits of the system's randomness in hexadecimal.
  public static func salt() -> String {
    var source = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(source.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension Run {
  /// Scores of its own members and nonmembers by its own encoder, as ``OwnerTest`` scores works.
  /// - Parameter most: inputs of each group that are asked about, from the first; groups were drawn at random.
  /// - Throws: an error of the encoder, of reading images or of the features.
  public func ownerScores(
    _ settings: OwnerSettings, most: Int = 1000, report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> OwnerTest.ShadowScores {
    let encoder = try audited()
    let groups = try own.map { indices in
      try OwnerScores(of: Array(indices.prefix(most)), in: images, settings, by: encoder, report: report)
    }
    var scores: OwnerTest.ShadowScores = [:]
    for (set, members) in groups.members.byWork {
      scores[set] = MembershipGroups(members: members, nonmembers: groups.nonmembers.byWork[set] ?? [])
    }
    return scores
  }
}
