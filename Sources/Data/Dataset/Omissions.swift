import Files
import Foundation

/// Something that files hold and the opened data set does not.
public struct Omission: Codable, Sendable, Equatable {
  /// Why things are left out.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A picture that no caption names, or that has none left.
    case imageWithoutCaption
    /// A caption whose picture is not there.
    case captionWithoutImage
    /// A caption without a visible character.
    case emptyCaption
    /// A caption given twice to one image, or a picture that equals an earlier one.
    case duplicate
    /// A picture that cannot be decoded.
    case undecodableImage
    /// A folder that was given and holds no picture.
    case folderWithoutPictures
    /// A broken line, an archive cut short, an archive member that cannot be placed.
    case damagedRecord

    /// The kind in words, for one (“caption without image”).
    public var words: String {
      switch self {
      case .imageWithoutCaption: return "image without caption"
      case .captionWithoutImage: return "caption without image"
      case .emptyCaption: return "empty caption"
      case .duplicate: return "duplicate"
      case .undecodableImage: return "undecodable image"
      case .folderWithoutPictures: return "folder without pictures"
      case .damagedRecord: return "damaged record"
      }
    }

    /// The field of ``DataOptions`` that says whether it is refused.
    var option: String {
      switch self {
      case .imageWithoutCaption, .captionWithoutImage: return "unpaired"
      case .emptyCaption: return "emptyCaptions"
      case .duplicate: return "duplicates"
      case .undecodableImage, .folderWithoutPictures: return "damagedImages"
      case .damagedRecord: return "damagedRecords"
      }
    }
  }

  /// Why it was left out.
  public let kind: Kind
  /// What it is: a picture's name, or file and line of a caption.
  public let name: String
  /// What was found.
  public let reason: String
}

/// All that was left out, in the order in which it was found.
public struct Omissions: Codable, Sendable, Equatable {
  /// The name of the file in a run folder that lists them.
  public static let fileName = "left-out.tsv"

  /// Each by name.
  public private(set) var entries: [Omission] = []
  /// What is to be known of the data though nothing of what is there was left out.
  public private(set) var remarks: [String] = []

  /// Nothing.
  public init() {}

  /// Number of omissions.
  public var count: Int { entries.count }

  /// Number of omissions of one kind.
  public func count(_ kind: Omission.Kind) -> Int { entries.count { $0.kind == kind } }

  /// The omissions of one kind.
  public func entries(_ kind: Omission.Kind) -> [Omission] { entries.filter { $0.kind == kind } }

  /// One line: how many of each kind, with the first one's name; nil if nothing was left out.
  public var summary: String? {
    let parts = Omission.Kind.allCases.compactMap { kind -> String? in
      let found = entries(kind)
      guard let first = found.first else { return nil }
      return "\(kind.words): \(found.count) (\(found.count == 1 ? "" : "first: ")\(first.name))"
    }
    return parts.isEmpty ? nil : "left out: " + parts.joined(separator: ", ")
  }

  mutating func append(_ omission: Omission) { entries.append(omission) }

  mutating func remark(_ text: String) { remarks.append(text) }

  /// Writes all of them to a folder as a table with tabs: kind, name, reason. Where there are none no file is left.
  /// - Throws: `FileError`.
  public func write(to folder: URL) throws {
    let file = folder.appending(path: Omissions.fileName)
    guard !entries.isEmpty else {
      unlink(file.path)
      return
    }
    let rows = [["kind", "name", "reason"]] + entries.map { [$0.kind.words, $0.name, $0.reason] }
    let text = rows.map { DelimitedText.line($0.map(PrintableText.line), .tsv) }.joined()
    try atomicWrite(Data(text.utf8), to: file)
  }
}
