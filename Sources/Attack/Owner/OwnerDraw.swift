import Data
import Files

/// Which half of an owner's works: one of them is published, the other kept secret.
public enum OwnerHalf: String, Codable, Sendable, CaseIterable {
  case published, secret
}

/// A work as it was drawn.
public struct DrawnWork: Codable, Sendable, Equatable {
  /// Its name in the data set.
  public let name: String
  /// The digest of the bytes that it is stored in; see `Dataset.storedDigest(of:)`.
  public let sha256: String
  /// The SHA-256 digest over its captions, each followed by a newline; nil for a work without.
  public let captions: String?
  /// The number of its unit, from 0.
  public let unit: Int
  /// The stratum of its unit; empty where there is one only.
  public let stratum: String
  /// Which half it fell into.
  public let half: OwnerHalf

  /// A work by its parts.
  public init(
    name: String, sha256: String, captions: String? = nil, unit: Int, stratum: String, half: OwnerHalf
  ) {
    (self.name, self.sha256, self.captions) = (name, sha256, captions)
    (self.unit, self.stratum, self.half) = (unit, stratum, half)
  }

  /// The digest of captions.
  public static func digest(of captions: [String]) -> String {
    var hash = SHA256()
    for caption in captions { hash.update("\(caption)\n".utf8) }
    return hash.hexDigest()
  }
}

/// An owner's draw of a published and a secret half, unit by unit, with all that the later test depends on.
///
/// The draw is one that anybody can repeat: in each stratum units are put into the order of the SHA-256 digests, in
/// hexadecimal, of the seed, a newline, the name of the unit's first work, a newline; the first half, or one more where
/// their number is odd, is published. Written as JSON with the keys sorted it is what the owner commits to: the commitment
/// is the SHA-256 digest of that file.
public struct OwnerDraw: Codable, Sendable, Equatable, Validated {
  /// What the file is, whatever its name.
  public static let formatName = "encodermi owner's draw"
  /// The version that is written and read.
  public static let currentVersion = 1

  /// ``formatName``.
  public let format: String
  /// ``currentVersion``.
  public let version: Int
  /// Where the works are, as `format:path` or a path.
  public let data: String
  /// How they are opened.
  public let options: DataOptions
  /// The seed of the draw.
  public let seed: UInt64
  /// 64 random hexadecimal digits, without which nobody who guesses the works can check a guess by the commitment.
  public let salt: String
  /// The most bits in which perceptual hashes of works differ that were made one unit; nil where near duplicates were not
  /// looked for.
  public let nearBits: Int?
  /// What the test will ask and compute.
  public let settings: OwnerSettings
  /// The works in the order of their data set.
  public let works: [DrawnWork]

  /// Draws the halves.
  /// - Parameters:
  ///   - names: of the works.
  ///   - digests: of the works, and of their captions where there are some.
  ///   - units: for each work the number of its unit.
  ///   - strata: for each work its stratum; a unit belongs to that of its first work.
  /// - Throws: ``OwnerError``, or `InvalidSetting`.
  public init(
    data: String, options: DataOptions, names: [String], digests: [(stored: String, captions: String?)],
    units: [Int], strata: [String], nearBits: Int?, settings: OwnerSettings, seed: UInt64, salt: String
  ) throws {
    precondition(
      names.count == digests.count && names.count == units.count && names.count == strata.count,
      "OwnerDraw: \(names.count) names, \(digests.count) digests, \(units.count) units, \(strata.count) strata"
    )
    var seen: Set<ExactText> = []
    for name in names where !seen.insert(ExactText(name)).inserted { throw OwnerError.sameName(name) }
    let all = Unit.all(names: names, units: units, strata: strata)
    let halves = Unit.halves(all, seed: seed)
    (format, version) = (OwnerDraw.formatName, OwnerDraw.currentVersion)
    (self.data, self.options, self.seed, self.salt) = (data, options, seed, salt)
    (self.nearBits, self.settings) = (nearBits, settings)
    works = names.indices.map { work in
      let unit = units[work]
      return DrawnWork(
        name: names[work], sha256: digests[work].stored, captions: digests[work].captions, unit: unit,
        stratum: all[unit].stratum, half: halves[unit])
    }
    try settings.validate()
    try requireTwo()
  }

  private func requireTwo() throws(OwnerError) {
    let counts = OwnerHalf.allCases.map { half in Set(works.filter { $0.half == half }.map(\.unit)).count }
    if counts.contains(where: { $0 < 2 }) {
      throw .tooFewUnits(published: counts[0], secret: counts[1], works: works.count)
    }
  }

  /// The halves that the seed gives, work by work.
  private var redrawn: [OwnerHalf] {
    let all = Unit.all(names: works.map(\.name), units: works.map(\.unit), strata: works.map(\.stratum))
    let halves = Unit.halves(all, seed: seed)
    return works.map { halves[$0.unit] }
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range or that the seed does not give.
  public func validate() throws(InvalidSetting) {
    try require(format == Self.formatName, "format", "“\(excerpt(format))”", Self.formatName)
    try require(
      version == Self.currentVersion, "version", version, "\(Self.currentVersion), the one that is read")
    let digits = Set("0123456789abcdef".utf8)
    func isDigest(_ text: String) -> Bool { text.utf8.count == 64 && text.utf8.allSatisfy(digits.contains) }
    try require(isDigest(salt), "salt", "“\(excerpt(salt))”", "64 hexadecimal digits")
    try options.validate(under: "options")
    try settings.validate(under: "settings")
    var next = 0
    for (index, work) in works.enumerated() {
      try require(
        isDigest(work.sha256), "works.\(index).sha256", "“\(excerpt(work.sha256))”", "64 hexadecimal digits")
      try require(
        (0...next).contains(work.unit), "works.\(index).unit", work.unit,
        "a number that came before, or \(next), the next one")
      next = max(next, work.unit + 1)
    }
    for (index, (work, half)) in zip(works, redrawn).enumerated() {
      try require(
        work.half == half, "works.\(index).half", work.half.rawValue,
        "\(half.rawValue), as the seed has it: a half, the seed or a unit was changed")
    }
  }

  /// The works of a half, in their order.
  public func works(_ half: OwnerHalf) -> [DrawnWork] { works.filter { $0.half == half } }

  /// The units in the order of their numbers.
  var units: [OwnerUnit] {
    let strata = Array(Set(works.map { ExactText($0.stratum) })).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: strata.enumerated().map { ($1, $0) })
    var units: [OwnerUnit] = []
    for (index, work) in works.enumerated() {
      if work.unit == units.count {
        units.append(
          OwnerUnit(
            name: work.name, works: [], isFirst: work.half == .published, stratum: work.stratum,
            stratumNumber: numbers[ExactText(work.stratum)] ?? 0))
      }
      units[work.unit].works.append(index)
    }
    return units
  }

  private struct Unit {
    let name: String
    let stratum: String

    /// Units by their numbers, which begin with 0 and leave none out.
    static func all(names: [String], units: [Int], strata: [String]) -> [Unit] {
      var all: [Unit] = []
      for work in names.indices where units[work] == all.count {
        all.append(Unit(name: names[work], stratum: strata[work]))
      }
      return all
    }

    static func halves(_ units: [Unit], seed: UInt64) -> [OwnerHalf] {
      var halves = [OwnerHalf](repeating: .secret, count: units.count)
      for (_, members) in Dictionary(grouping: units.indices, by: { ExactText(units[$0].stratum) }) {
        let keys = members.map { index -> (key: String, index: Int) in
          var hash = SHA256()
          hash.update("\(seed)\n\(units[index].name)\n".utf8)
          return (hash.hexDigest(), index)
        }
        for (_, index) in keys.sorted(by: { $0.key < $1.key }).prefix((members.count + 1) / 2) {
          halves[index] = .published
        }
      }
      return halves
    }
  }
}

/// Works that are judged as one.
struct OwnerUnit {
  /// The name of its first work.
  let name: String
  /// Its works by number.
  var works: [Int]
  /// Whether it belongs to the group that is to score higher.
  let isFirst: Bool
  let stratum: String
  let stratumNumber: Int
}

/// Why an owner's works cannot be drawn or tested.
public enum OwnerError: ExplainedError, Equatable {
  /// Two works of one name.
  case sameName(String)
  /// Halves without two units each.
  case tooFewUnits(published: Int, secret: Int, works: Int)
  /// Too few works or nonmembers to compare.
  case tooFewToCompare(works: Int, nonmembers: Int)
  /// The encoder, or the works, lack what every statistic is made of.
  case nothingToAsk(reasons: [String])
  /// Statistics of captions for works without.
  case noCaptions(location: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .sameName(let name):
      "two works are called \(excerpt(name)); rename one, since a list could not tell them apart"
    case .tooFewUnits(let published, let secret, let works):
      "\(works) works make \(published) published and \(secret) secret units, and a test needs at least 2 of each; give "
        + "more works, finer units, or larger strata"
    case .tooFewToCompare(let works, let nonmembers):
      "\(works) units of works and \(nonmembers) of nonmembers cannot be compared; give at least 2 of each"
    case .nothingToAsk(let reasons):
      "none of the statistics that were named can be computed: \(reasons.joined(separator: "; "))"
    case .noCaptions(let location):
      "the works in \(location) have no captions, which the statistic looks at; name a format of images with captions, as "
        + "in captions:FOLDER, or another --statistic"
    }
  }
}
