import Files
import Foundation

/// A layout of files that data are read from. A new one is one file with one value, and one line in ``all``.
public struct DataFormat: Sendable {
  /// What stands before the colon to choose it, as in `cifar10:PATH`.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// Whether its pictures have captions.
  public var hasCaptions = false
  /// Which of the ``Choice``s it heeds.
  public var heeds: Set<Choice> = []
  /// Whether it heeds ``DataOptions/parts`` itself, because the files of other parts need not be read.
  var choosesParts = false
  /// Its archives, each of which can be read by itself; nil where all is read at once.
  var archives: Archives?
  /// Whether the file, folder or pattern at a path looks like it.
  let recognises: @Sendable (_ path: String) -> Bool
  /// Finds pictures with their classes, parts and captions; what the options do not refuse is left out and named.
  let read: @Sendable (_ path: String, _ listing: inout DataListing) throws -> Void

  /// Files of a data set of which each holds pictures with all that is told of them.
  struct Archives: Sendable {
    typealias Archive = (path: String, name: String)
    /// The archives at a path in order, and what each is called in the names of its pictures.
    let list: @Sendable (_ path: String) throws -> [Archive]
    /// Finds the pictures of one of them.
    let read: @Sendable (_ archive: Archive, _ listing: inout DataListing) throws -> Void
  }

  /// The fields of ``DataOptions`` that mean something in some formats only.
  public enum Choice: String, Sendable, CaseIterable {
    case language, imageColumn, captionColumn, partColumn, labelColumn
  }

  /// Every format, the specific ones first: the first that recognises a path reads it. Those without captions precede
  /// those with.
  public static let all: [DataFormat] = [
    .cifar10, .stl10, .tinyImageNet, .folder, .captions, .emoji, .flickr8k, .csv, .tsv, .jsonLines,
    .webDataset,
  ]

  /// The formats by name and summary, for errors and help.
  static func listing(withCaptions: Bool? = nil) -> String {
    all.filter { withCaptions == nil || $0.hasCaptions == withCaptions }
      .map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")
  }

  /// Parts `name:PATH` into format and path; without a known name in front, the format is nil and all is path.
  public static func parse(_ location: String) -> (format: DataFormat?, path: String) {
    for format in all where location.utf8.starts(with: "\(format.name):".utf8) {
      return (format, String(location.dropFirst(format.name.count + 1)))
    }
    return (nil, location)
  }

  /// The format that a location names, or that what is at its path looks like; nil if neither.
  /// - Parameter captions: whether only formats with captions are looked at where none is named.
  public static func recognising(_ location: String, captions: Bool) -> DataFormat? {
    let (named, path) = parse(location)
    return named ?? all.first { ($0.hasCaptions || !captions) && $0.recognises(path) }
  }

  /// The location with an absolute path, which means the same from any folder.
  public static func absolute(_ location: String) -> String {
    let (format, path) = parse(location)
    let absolute = URL(filePath: path).standardizedFileURL.path
    return format.map { "\($0.name):\(absolute)" } ?? absolute
  }

  /// The format that reads a location.
  /// - Throws: ``DataError`` that says why there is none.
  static func choose(_ location: String, captions: Bool) throws(DataError) -> (DataFormat, path: String) {
    if let name = unknownName(location) { throw .unknownFormat(name: name, location: location) }
    let path = parse(location).path
    guard let format = recognising(location, captions: captions) else {
      guard Paths.exists(path) else { throw .notFound(path: path) }
      if captions, let other = recognising(location, captions: false) {
        throw .noCaptions(path: path, format: other.name)
      }
      throw .unknownLayout(path: path)
    }
    if captions && !format.hasCaptions { throw .noCaptions(path: path, format: format.name) }
    // All formats without captions are folders; those with tell for themselves what is missing.
    guard format.hasCaptions || Paths.isFolder(path) else { throw .notFound(path: path) }
    return (format, path)
  }

  /// What stands before the colon of a location that names no known format: letters and digits, of no folder.
  private static func unknownName(_ location: String) -> String? {
    guard let colon = location.firstIndex(of: ":"), parse(location).format == nil else { return nil }
    let name = location[..<colon]
    let isWord = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    return isWord && !Paths.exists(location) ? String(name) : nil
  }
}
