/// A layout of files that pairs are read from. A new one is one file with one value, and one line in ``all``.
public struct PairFormat: Sendable {
  /// What stands before the colon to choose it, as in `flickr8k:PATH`.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// Which of the ``Choice``s it heeds.
  public var heeds: Set<Choice> = [.imageColumn, .captionColumn]
  /// Whether the file, folder or pattern at a path looks like it.
  let recognises: @Sendable (_ path: String) -> Bool
  /// Finds pictures and captions; what the options do not refuse is left out there and named.
  let read: @Sendable (_ path: String, _ listing: inout PairListing) throws -> Void

  /// The fields of ``PairOptions`` that mean something in some formats only.
  public enum Choice: String, Sendable, CaseIterable {
    case language, imageColumn, captionColumn
  }

  /// Every format, in the order in which they are tried on a path.
  public static let all: [PairFormat] = [
    .captions, .emoji, .flickr8k, .csv, .tsv, .jsonLines, .webDataset,
  ]

  /// All formats by name and summary, for errors and help.
  static var listing: String { all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ") }

  /// The format that a source names, or that what is at its path looks like; nil if neither.
  public static func recognising(_ source: String) -> PairFormat? {
    let (named, path) = parse(source)
    return named ?? all.first { $0.recognises(path) }
  }

  /// Parts `name:PATH` into format and path; without a known name in front, the format is nil and all is path.
  public static func parse(_ source: String) -> (format: PairFormat?, path: String) {
    for format in all where source.hasPrefix(format.name + ":") {
      return (format, String(source.dropFirst(format.name.count + 1)))
    }
    return (nil, source)
  }
}
