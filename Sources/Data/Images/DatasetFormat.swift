import Files

/// A layout of files that images are read from. A new one is one file with one value, and one line in ``all``.
public struct DatasetFormat: Sendable {
  /// What stands before the colon to choose it, as in `cifar10:PATH`.
  public let name: String
  /// What it is, in a line.
  public let summary: String
  /// Whether a folder looks like it.
  let recognises: @Sendable (_ folder: String) -> Bool
  /// Finds the images of a folder; the named parts only, or the usual ones.
  let list: @Sendable (_ folder: String, _ parts: [String]?) throws -> DatasetListing

  /// Every format, the specific ones first: the first that recognises a folder reads it.
  public static let all: [DatasetFormat] = [.cifar10, .stl10, .tinyImageNet, .folder]

  /// Parts `name:PATH` into format and path; without a known name in front, the format is nil and all is path.
  public static func parse(_ location: String) -> (format: DatasetFormat?, path: String) {
    for format in all where location.hasPrefix(format.name + ":") {
      return (format, String(location.dropFirst(format.name.count + 1)))
    }
    return (nil, location)
  }

  /// What stands before the colon of a location that names no known format: letters and digits, of no folder.
  static func unknownName(_ location: String) -> String? {
    guard let colon = location.firstIndex(of: ":"), parse(location).format == nil else { return nil }
    let name = location[..<colon]
    let isWord = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    return isWord && !Paths.exists(location) ? String(name) : nil
  }
}

/// Whether a file's name is that of a picture.
func isPicture(_ name: String) -> Bool { ["png", "jpg", "jpeg"].contains(Paths.suffix(name)) }
