import Attack
import Data
import Files
import Foundation

/// The folder of an owner's draw: `draw.json`, which is committed to; `commitment.txt`, its SHA-256 digest as `sha256sum`
/// prints it; and the two halves as lists that `sha256sum -c` checks in the folder of the works.
public struct OwnerFolder: Sendable {
  /// Where it lies.
  public let folder: URL
  /// The draw.
  public let draw: OwnerDraw
  /// The digest of `draw.json`.
  public let commitment: String

  /// The name of the file that is committed to.
  public static let drawName = "draw.json"
  /// The name of the file with the commitment.
  public static let commitmentName = "commitment.txt"
  /// The name of the file that says who was asked.
  public static let askedName = "asked.json"
  private static let limit = 1 << 30

  /// The name of a half's list.
  public static func listName(_ half: OwnerHalf) -> String { "\(half.rawValue).sha256" }

  /// Writes a draw to a folder, all or nothing.
  /// - Throws: ``RunError/occupied(_:)`` where the folder holds something, or `FileError`.
  public static func write(_ draw: OwnerDraw, to folder: URL) throws -> OwnerFolder {
    try requireFree(folder)
    let bytes = try Configuration.encode(draw)
    let commitment = digest(of: bytes)
    try replaceFolder(folder) { temporary in
      try atomicWrite(bytes, to: temporary.appending(path: drawName))
      try atomicWrite(
        Data(commitmentText(commitment).utf8), to: temporary.appending(path: commitmentName))
      for half in OwnerHalf.allCases {
        try atomicWrite(Data(list(draw, half).utf8), to: temporary.appending(path: listName(half)))
      }
    }
    return OwnerFolder(folder: folder, draw: draw, commitment: commitment)
  }

  /// Checks that a draw can be written to a folder: a draw that was committed to is never replaced.
  /// - Throws: ``RunError/occupied(_:)`` or `FileError`.
  public static func requireFree(_ folder: URL) throws {
    guard Paths.exists(folder.path) else { return }
    guard Paths.isFolder(folder.path) else { throw RunError.occupied(folder.path) }
    // Hidden files count too.
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw FileError.refused(
        file: folder.path, operation: "listing the folder", reason: error.localizedDescription)
    }
    if !names.isEmpty { throw RunError.occupied(folder.path) }
  }

  /// Opens a folder and checks that nothing in it was changed since it was written: the draw is what was committed to, its
  /// halves are those that its seed gives, and the lists are those of the draw.
  /// - Parameter dated: the commitment as it was handed to somebody who dated it; nil to rely on the folder's own.
  /// - Throws: ``OwnerFolderError``, `ConfigurationError` or `FileError`.
  public static func open(_ folder: URL, dated: String? = nil) throws -> OwnerFolder {
    let file = folder.appending(path: drawName)
    let bytes = try readFile(file, limit: limit)
    let found = digest(of: bytes)
    if let dated, !found.isExactly(dated.lowercased()) {
      throw OwnerFolderError.otherCommitment(file: file.path, expected: dated, found: found)
    }
    let noted = folder.appending(path: commitmentName)
    let text = String(decoding: try readFile(noted, limit: 1 << 16), as: UTF8.self)
    guard text.isExactly(commitmentText(found)) else {
      throw OwnerFolderError.otherCommitment(
        file: file.path, expected: String(text.prefix { !$0.isWhitespace }), found: found)
    }
    let draw: OwnerDraw = try Configuration.decode(from: bytes, file: file.path)
    for half in OwnerHalf.allCases {
      let list = folder.appending(path: listName(half))
      guard try readFile(list, limit: limit).elementsEqual(Self.list(draw, half).utf8) else {
        throw OwnerFolderError.changedList(file: list.path, half: half)
      }
    }
    return OwnerFolder(folder: folder, draw: draw, commitment: found)
  }

  /// The works as they were drawn, at the size that an encoder takes.
  /// - Parameters:
  ///   - imageSize: height and width in pixels.
  ///   - moved: where the works are now, if not where they were.
  /// - Returns: the images, and for each drawn work its index among them.
  /// - Throws: ``OwnerFolderError`` where a work is missing or changed, or an error of opening the data.
  public func works(imageSize: Int, data moved: String? = nil) throws -> (images: Images, places: [Int]) {
    var options = draw.options
    options.imageSize = imageSize
    let location = moved ?? draw.data
    let data = try Dataset.open(location, options: options)
    let byName = Dictionary((0..<data.count).map { (ExactText(data.name(of: $0)), $0) }) { first, _ in first }
    let captions = data.captions
    let places = try draw.works.map { work in
      guard let place = byName[ExactText(work.name)] else {
        throw OwnerFolderError.missingWork(work.name, location: location)
      }
      guard try data.storedDigest(of: place) == work.sha256 else {
        throw OwnerFolderError.changedWork(work.name, location: location, what: "its bytes")
      }
      let found = captions.map { DrawnWork.digest(of: $0[place]) }
      guard found == work.captions else {
        throw OwnerFolderError.changedWork(work.name, location: location, what: "its captions")
      }
      return place
    }
    return (try data.images(), places)
  }

  /// An encoder that the works were shown to.
  public struct Asked: Codable, Sendable, Equatable {
    /// Its name.
    public let encoder: String
    /// Its fingerprint.
    public let fingerprint: String

    /// An encoder by its name and fingerprint.
    public init(encoder: String, fingerprint: String) {
      (self.encoder, self.fingerprint) = (encoder, fingerprint)
    }
  }

  /// The encoders that the secret half was shown to so far, in their order.
  /// - Throws: `ConfigurationError` or `FileError`.
  public func asked() throws -> [Asked] {
    let file = folder.appending(path: OwnerFolder.askedName)
    return Paths.exists(file.path) ? try Configuration.read(from: file) : []
  }

  /// Notes that an encoder was asked.
  /// - Returns: those that were asked before, but for itself.
  /// - Throws: `ConfigurationError` or `FileError`.
  public func note(_ encoder: Asked) throws -> [Asked] {
    let before = try asked()
    if !before.contains(encoder) {
      try Configuration.write(before + [encoder], to: folder.appending(path: OwnerFolder.askedName))
    }
    return before.filter { $0 != encoder }
  }

  private static func digest(of bytes: Data) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexDigest()
  }

  private static func commitmentText(_ digest: String) -> String { "\(digest)  \(drawName)\n" }

  /// The works of a half as `sha256sum` lists files: names with a backslash or a line end have them escaped, and a backslash
  /// in front of their line.
  private static func list(_ draw: OwnerDraw, _ half: OwnerHalf) -> String {
    draw.works(half).map { work in
      let name = work.name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        .replacing("\r", with: "\\r")
      return "\(name.utf8.elementsEqual(work.name.utf8) ? "" : "\\")\(work.sha256)  \(name)\n"
    }.joined()
  }
}

/// Why an owner's folder or works are not those that were committed to.
public enum OwnerFolderError: ExplainedError, Equatable {
  /// The draw is another than that which was committed to.
  case otherCommitment(file: String, expected: String, found: String)
  /// A list is another than the draw's.
  case changedList(file: String, half: OwnerHalf)
  /// A work is not there.
  case missingWork(String, location: String)
  /// A work is another one.
  case changedWork(String, location: String, what: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .otherCommitment(let file, let expected, let found):
      "\(file) is not what was committed to: its SHA-256 digest is \(found), committed was \(excerpt(expected)). A list, a "
        + "half, a unit or the seed was changed; take the folder as it was written"
    case .changedList(let file, let half):
      "\(file) is not the list of the \(half.rawValue) half of the draw beside it; take the folder as it was written"
    case .missingWork(let name, let location):
      "\(location) has no work \(excerpt(name)), which was drawn; give the folder with the very same works"
    case .changedWork(let name, let location, let what):
      "\(location): the work \(excerpt(name)) is not the one that was drawn (\(what) changed); give the very same works"
    }
  }
}
