import Files
import Kernels
import Synchronization
import Vision

/// Works that resemble each other, such as those of one series, made one: what is drawn at random are such units.
public enum WorkUnits {
  /// Joins works that have a key in common or whose hashes are near, directly or through others.
  /// - Parameters:
  ///   - keys: for each work what it shares with others, such as its folder; nil for what it shares with none.
  ///   - hashes: one for each work; nil where near duplicates are not looked for.
  ///   - near: the most bits in which hashes of near duplicates differ.
  /// - Returns: for each work the number of its unit; units are numbered in the order of their first works.
  public static func joined(
    _ keys: [String?], hashes: [PerceptualHash]? = nil, near: Int = PerceptualHash.nearBits
  ) -> [Int] {
    precondition(
      hashes.map { $0.count == keys.count } ?? true,
      "WorkUnits: \(hashes?.count ?? 0) hashes for \(keys.count) works")
    var parents = Array(keys.indices)
    func root(_ work: Int) -> Int {
      var work = work
      while parents[work] != work {
        parents[work] = parents[parents[work]]
        work = parents[work]
      }
      return work
    }
    func join(_ a: Int, _ b: Int) {
      let (a, b) = (root(a), root(b))
      parents[max(a, b)] = min(a, b)
    }
    var first: [ExactText: Int] = [:]
    for (work, key) in keys.enumerated() {
      guard let key else { continue }
      if let other = first[ExactText(key)] { join(other, work) } else { first[ExactText(key)] = work }
    }
    if let hashes {
      for a in hashes.indices {
        for b in hashes.indices[..<a] where hashes[a].isNear(hashes[b], within: near) { join(a, b) }
      }
    }
    var numbers: [Int: Int] = [:]
    return keys.indices.map { work in
      let unit = root(work)
      if let number = numbers[unit] { return number }
      numbers[unit] = numbers.count
      return numbers.count - 1
    }
  }
}

extension Dataset {
  /// The perceptual hash of every picture, by all threads.
  /// - Throws: ``ImageError`` when a picture cannot be decoded any more.
  public func perceptualHashes() throws -> [PerceptualHash] {
    let found = Mutex<[Int: Result<PerceptualHash, any Error>]>([:])
    parallelFor(count, grain: 8) { index in
      let hash = Result { PerceptualHash(of: try picture(index)) }
      found.withLock { $0[index] = hash }
    }
    return try found.withLock { found in try (0..<count).compactMap { try found[$0]?.get() } }
  }
}

/// A column of a table that says something of each picture, such as the series that it belongs to.
public struct PictureColumn: Sendable {
  private let values: [ExactText: String]
  private let file: String

  /// Reads a column of a table of comma- or tab-separated values whose first line names the columns.
  /// - Parameters:
  ///   - name: the column's name, in whatever case.
  ///   - image: the column of the picture's path; nil for the first of ``DataColumns/image`` that is there.
  /// - Throws: ``DataError`` or `FileError`.
  public init(_ name: String, of file: String, image: String? = nil) throws {
    self.file = file
    var text = try DelimitedText(file, Paths.suffix(file) == "tsv" ? .tsv : .csv)
    guard let header = text.next() else {
      throw DataError.malformed(
        file: file, line: 1, reason: "the file is empty, expected a line of column names")
    }
    func field(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    let names = header.fields.map(field)
    func column(_ wanted: [String]) throws(DataError) -> Int {
      for name in wanted {
        if let found = names.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return found }
      }
      throw .missingColumn(file: file, wanted: wanted, found: names)
    }
    let (picture, value) = (try column(image.map { [$0] } ?? DataColumns.image), try column([name]))
    var values: [ExactText: String] = [:]
    while let row = text.next() {
      let reason =
        row.problem
        ?? (row.fields.count == names.count ? nil : "\(row.fields.count) fields, expected \(names.count)")
      if let reason { throw DataError.malformed(file: file, line: row.line, reason: reason) }
      let key = ExactText(Paths.normalised(field(row.fields[picture])))
      let found = field(row.fields[value])
      // A picture stands in several rows where it has several captions.
      if let other = values.updateValue(found, forKey: key), !other.isExactly(found) {
        throw DataError.malformed(
          file: file, line: row.line,
          reason: "\(excerpt(key.description)) has “\(excerpt(found))”, and “\(excerpt(other))” before")
      }
    }
    self.values = values
  }

  /// What the table says of a picture.
  /// - Throws: ``DataError`` where it says nothing.
  public func value(of picture: String) throws(DataError) -> String {
    guard let value = values[ExactText(Paths.normalised(picture))] else {
      throw .malformed(file: file, reason: "has no row for the picture \(excerpt(picture)); add one")
    }
    return value
  }
}
