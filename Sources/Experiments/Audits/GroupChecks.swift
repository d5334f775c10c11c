import Attack
import Data
import Files
import Foundation
import Kernels
import Synchronization
import Vision

/// What is to be known of two lists of inputs before any encoder is asked: whether an input is on both sides, and whether
/// the lists differ in what has nothing to do with an encoder.
public struct GroupChecks: Sendable {
  /// One list.
  public struct Side: Sendable {
    /// What it is called, such as "members".
    public let name: String
    /// Its pictures; nil for captions alone.
    public let data: Dataset?
    /// Its captions, of pictures the first of each; nil for pictures alone.
    public let captions: [String]?

    /// A list by its parts.
    public init(_ name: String, data: Dataset? = nil, captions: [String]? = nil) {
      (self.name, self.data, self.captions) = (name, data, captions)
    }

    /// A data set's pictures, with their first captions where those count.
    public init(_ name: String, _ data: Dataset, captions: Bool) {
      self.init(
        name, data: data,
        captions: captions ? data.captions?.map { $0.first ?? "" } : nil)
    }
  }

  /// Places of one input in the first list and in the second.
  public struct Pair: Sendable, Equatable {
    /// Its place in the first list.
    public let first: Int
    /// Its place in the second.
    public let second: Int
  }

  /// Pictures that are on both sides, pixel by pixel at their own size.
  public let equalPictures: [Pair]
  /// Pictures of which the other side has one with a ``PictureSketch`` that is near, but none that is equal.
  public let nearPictures: [Pair]
  /// Captions that are on both sides, byte by byte.
  public let equalCaptions: [Pair]
  /// Captions that are alike but for case, signs and white space, and are not equal.
  public let nearCaptions: [Pair]
  /// How the lists differ in size and packing, in words with figures.
  public let differences: [String]
  private let names: (first: String, second: String)

  /// Compares two lists. Every picture is decoded once more.
  /// - Throws: an error of reading pictures.
  public init(_ first: Side, _ second: Side) throws {
    names = (first.name, second.name)
    var (equal, near, differences): ([Pair], [Pair], [String]) = ([], [], [])
    if let one = first.data, let other = second.data {
      let places = Dictionary((0..<one.count).map { (one.identity(of: $0), $0) }) { first, _ in first }
      equal = (0..<other.count).compactMap { index in
        places[other.identity(of: index)].map { Pair(first: $0, second: index) }
      }
      let taken = (Set(equal.map(\.first)), Set(equal.map(\.second)))
      near = GroupChecks.near(try GroupChecks.sketches(of: one), try GroupChecks.sketches(of: other))
        .filter { !taken.0.contains($0.first) && !taken.1.contains($0.second) }
      differences = try GroupChecks.differences((first.name, one), (second.name, other))
    }
    (equalPictures, nearPictures, self.differences) = (equal, near, differences)
    let captions = (first.captions ?? [], second.captions ?? [])
    equalCaptions = GroupChecks.shared(captions.0, captions.1) { Data($0.utf8) }
    nearCaptions = GroupChecks.shared(captions.0, captions.1, by: GroupChecks.plain).filter {
      !captions.0[$0.first].isExactly(captions.1[$0.second])
    }
  }

  /// A caption without what a copyist may change: letters and digits in lower case, one space between words.
  private static func plain(_ caption: String) -> String {
    caption.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
  }

  private static func shared<Key: Hashable>(
    _ first: [String], _ second: [String], by key: (String) -> Key
  ) -> [Pair] {
    let places = Dictionary(first.enumerated().map { (key($1), $0) }) { first, _ in first }
    return second.enumerated().compactMap { index, caption in
      places[key(caption)].map { Pair(first: $0, second: index) }
    }
  }

  /// - Throws: the error of the first picture that cannot be decoded any more.
  private static func sketches(of data: Dataset) throws -> [PictureSketch] {
    let none = [PictureSketch?](repeating: nil, count: data.count)
    let found = Mutex<([PictureSketch?], (any Error)?)>((none, nil))
    parallelFor(data.count, grain: 8) { index in
      do {
        let sketch = PictureSketch(try data.picture(index))
        found.withLock { $0.0[index] = sketch }
      } catch {
        found.withLock { $0.1 = $0.1 ?? error }
      }
    }
    let (sketches, failure) = found.withLock { $0 }
    if let failure { throw failure }
    return sketches.compactMap { $0 }
  }

  /// For each picture of the second list the nearest of the first by its hash, where it is near enough; of equally near ones
  /// the first. Each is compared with each, by all threads.
  static func near(_ first: [PictureSketch], _ second: [PictureSketch]) -> [Pair] {
    let found = Mutex<[Int: Int]>([:])
    parallelFor(second.count, grain: 16) { index in
      var (nearest, distance) = (Int?.none, PerceptualHash.nearBits + 1)
      for place in first.indices {
        let bits = first[place].hash.distance(to: second[index].hash)
        if bits < distance && first[place].isNear(second[index]) { (nearest, distance) = (place, bits) }
      }
      if let nearest { found.withLock { $0[index] = nearest } }
    }
    return found.withLock { $0 }.sorted { $0.key < $1.key }.map { Pair(first: $0.value, second: $0.key) }
  }

  /// One warning for each figure that alone tells the lists apart: the area under its ROC curve, whichever way round, lies
  /// above one half with its whole 95% interval.
  private static func differences(
    _ first: (name: String, data: Dataset), _ second: (name: String, data: Dataset)
  ) throws -> [String] {
    func packed(_ data: Dataset) throws -> [PictureEncoding] {
      try (0..<data.count).map { try data.encoding(of: $0) }
    }
    let packing = (try packed(first.data), try packed(second.data))
    func pixels(_ data: Dataset) -> [Double] {
      (0..<data.count).map { Double(data.identity(of: $0).height * data.identity(of: $0).width) }
    }
    func shape(_ data: Dataset) -> [Double] {
      (0..<data.count).map { Double(data.identity(of: $0).width) / Double(data.identity(of: $0).height) }
    }
    func share(_ packing: [PictureEncoding]) -> [Double] { packing.map { $0.format == .jpeg ? 1 : 0 } }
    func quality(_ packing: [PictureEncoding]) -> [Double] {
      packing.compactMap { $0.quality.map(Double.init) }
    }
    func percent(_ values: [Double]) -> String {
      String(format: "%.0f%%", 100 * values.reduce(0, +) / Double(max(1, values.count)))
    }
    func median(_ values: [Double]) -> String {
      let sorted = values.sorted()
      return String(format: "%.4g", sorted[sorted.count / 2])
    }
    let figures: [(what: String, values: ([Double], [Double]), words: ([Double]) -> String)] = [
      (
        "the number of pixels", (pixels(first.data), pixels(second.data)),
        { "a median of \(median($0)) pixels" }
      ),
      ("width over height", (shape(first.data), shape(second.data)), { "a median of \(median($0))" }),
      ("the file's format", (share(packing.0), share(packing.1)), { "\(percent($0)) JPEG" }),
      (
        "the quality of JPEG", (quality(packing.0), quality(packing.1)),
        { "a median quality of \(median($0))" }
      ),
    ]
    return try figures.compactMap { figure in
      let (one, other) = figure.values
      guard !one.isEmpty, !other.isEmpty, Set(one + other).count > 1 else { return nil }
      let groups = MembershipGroups(members: one, nonmembers: other)
      var area = try MembershipScores(groups, threshold: 0).auc()
      if area.value < 0.5 { area = Estimate(value: 1 - area.value, low: 1 - area.high, high: 1 - area.low) }
      guard area.isAbove(0.5) else { return nil }
      let interval = String(
        format: "%.1f%% [%.1f, %.1f]", 100 * area.value, 100 * area.low, 100 * area.high)
      return
        "\(figure.what) alone tells \(first.name) from \(second.name) with an AUC of \(interval): \(figure.words(one)) "
        + "beside \(figure.words(other)); an encoder may answer to that instead of membership"
    }
  }

  /// All that a reader must know, in sentences.
  /// - Parameters:
  ///   - first: names of the first list's pictures.
  ///   - second: of the second's.
  ///   - consequence: what becomes of inputs that are on both sides.
  public func warnings(_ first: Side, _ second: Side, consequence: String) -> [String] {
    func named(_ pairs: [Pair], _ name: (Side, Int) -> String) -> String {
      let shown = pairs.prefix(3).map { "\(name(first, $0.first)) and \(name(second, $0.second))" }
      return shown.joined(separator: "; ") + (pairs.count > 3 ? "; ..." : "")
    }
    func picture(_ side: Side, _ index: Int) -> String { side.data?.name(of: index) ?? "\(index)" }
    func caption(_ side: Side, _ index: Int) -> String { "“\(side.captions?[index] ?? "")”" }
    func count(_ pairs: [Pair], _ one: String) -> String {
      pairs.count == 1 ? "1 \(one) is" : "\(pairs.count) \(one)s are"
    }
    let both = "both in \(names.first) and in \(names.second)"
    var lines: [String] = []
    if !equalPictures.isEmpty {
      lines.append(
        "\(count(equalPictures, "picture")) \(both) (\(named(equalPictures, picture))); \(consequence)")
    }
    if !nearPictures.isEmpty {
      lines.append(
        "\(count(nearPictures, "picture")) nearly \(both), within \(PerceptualHash.nearBits) of 64 bits of a difference "
          + "hash (\(named(nearPictures, picture))); look at them: copies of one picture belong to one group")
    }
    if !equalCaptions.isEmpty {
      let ofPairs = first.data == nil ? consequence : "for attacks on captions alone they tell nothing"
      lines.append(
        "\(count(equalCaptions, "caption")) \(both) (\(named(equalCaptions, caption))); \(ofPairs)")
    }
    if !nearCaptions.isEmpty {
      lines.append(
        "\(count(nearCaptions, "caption")) \(both) but for case and signs (\(named(nearCaptions, caption)))")
    }
    return lines + differences
  }
}
