@testable import Data
import Foundation
import TestSupport
import Vision

/// A folder of a test's own for pictures, tables and archives, removed in the end.
final class DataFolder {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String { try folder.write(bytes, to: name) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String { try folder.write(text, to: name) }

  /// Writes the tiny picture of that number as a PNG file.
  func picture(_ number: Int, _ name: String) throws { try write(DataFolder.png(number), to: name) }

  /// Writes the pictures 0, 1, 2, … under the given names.
  func pictures(_ names: String...) throws {
    for (number, name) in names.enumerated() { try picture(number, name) }
  }

  static func png(_ number: Int) throws -> [UInt8] { try TinyImages.image(number, size: 4).encodedPNG() }

  /// Opens what is at a place in the folder with its captions, `NAME` or `format:NAME`; the folder itself without a name.
  func open(_ name: String = "", _ options: DataOptions = DataOptions()) throws -> Dataset {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let format = parts.count == 2 ? parts[0] + ":" : ""
    let place = parts[parts.count - 1]
    var options = options
    options.captions = true
    return try Dataset.open(format + path + (place.isEmpty ? "" : "/" + place), options: options)
  }

  /// The error that opening ends with; nil if it is no ``DataError``.
  func failure(_ name: String = "", _ options: DataOptions = DataOptions()) -> DataError? {
    do {
      _ = try open(name, options)
      return nil
    } catch {
      return error as? DataError
    }
  }
}

extension Dataset {
  /// The names of the pictures.
  var names: [String] { (0..<count).map { name(of: $0) } }
  /// The part of each picture.
  var partOfEach: [String] { (0..<count).map { part(of: $0) } }
  /// The captions of a set that has some.
  var texts: [[String]] { captions ?? [] }
}

/// Tar archives as POSIX describes them, written member by member.
enum Tar {
  static let end = [UInt8](repeating: 0, count: 1024)

  static func member(_ name: String, _ content: [UInt8], kind: Character = "0") -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
    }
    put(name, at: 0)
    put("0000644\0", at: 100)
    put(String(format: "%011o", content.count), at: 124)
    put("        ", at: 148)
    put(String(kind), at: 156)
    put("ustar\0" + "00", at: 257)
    put(String(format: "%06o\0 ", header.reduce(0) { $0 + Int($1) }), at: 148)
    return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  static func member(_ name: String, _ text: String) -> [UInt8] { member(name, Array(text.utf8)) }
}

extension Images {
  /// Image `index` on its own.
  func image(_ index: Int) throws -> PixelImage {
    PixelImage(height: height, width: width, bytes: try pixels(of: [index]))
  }
}
