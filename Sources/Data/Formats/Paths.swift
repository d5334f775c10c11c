import Foundation
import Vision

/// The small questions that readers ask the file system.
enum Paths {
  static func isFolder(_ path: String) -> Bool {
    var folder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
  }

  static func isFile(_ path: String) -> Bool { exists(path) && !isFolder(path) }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func name(_ path: String) -> String { (path as NSString).lastPathComponent }

  static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  static func suffix(_ path: String) -> String { (path as NSString).pathExtension.lowercased() }

  /// The names in a folder in byte order, without hidden ones.
  static func names(in folder: String) throws(DataError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw .malformed(file: folder, reason: "the folder cannot be listed; check that it may be read")
    }
  }

  /// Whether a path in an archive or a list leads out of the folder that it is meant to lie in.
  static func escapes(_ path: String) -> Bool {
    path.hasPrefix("/") || path.split(separator: "/").contains("..")
  }
}

/// The lines of a text file, without line ends and empty lines.
func lines(of path: String) throws -> [String] {
  let text = String(decoding: try ByteFile(path).readAll(), as: UTF8.self)
  return text.split(whereSeparator: \.isNewline).map(String.init)
}
