import Files
import Foundation
import Kernels

/// A safetensors file opened for reading: its header is checked when it is opened, each tensor is read when it is
/// asked for.
public struct SafetensorsFile: Sendable {
  /// The file's path, as errors name it.
  public let file: String
  private let header: SafetensorsHeader
  private let dataStart: Int
  private let read: @Sendable (_ offset: Int, _ count: Int) throws -> Data

  /// Opens a file.
  /// - Throws: ``FileError`` or ``SafetensorsError``.
  public init(_ file: URL) throws {
    let opened = try ByteFile(file.path)
    try self.init(length: opened.size, file: file.path) { offset, count in
      var result = Data(count: count)
      do {
        try result.withUnsafeMutableBytes { try opened.read($0, at: offset) }
      } catch FileError.endsEarly(let file, let expected, let found) {
        // The file was shortened after it was opened.
        throw SafetensorsError.truncated(file: file, expected: expected, found: found)
      }
      return result
    }
  }

  /// Reads a file's contents from memory.
  /// - Throws: ``SafetensorsError``.
  public init(_ data: Data, file: String) throws {
    try self.init(length: data.count, file: file) { offset, count in
      let start = data.startIndex + offset
      return data[start..<start + count]
    }
  }

  private init(
    length: Int, file: String, read: @escaping @Sendable (_ offset: Int, _ count: Int) throws -> Data
  ) throws {
    guard length >= 10 else { throw SafetensorsError.truncated(file: file, expected: 10, found: length) }
    let headerLength = try read(0, 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard headerLength <= SafetensorsHeader.longest else {
      throw SafetensorsError.badHeader(
        file: file, reason: "a header of \(headerLength) bytes, \(SafetensorsHeader.longest) are allowed")
    }
    dataStart = 8 + Int(headerLength)
    guard dataStart <= length else {
      throw SafetensorsError.truncated(file: file, expected: dataStart, found: length)
    }
    header = try SafetensorsHeader(
      [UInt8](try read(8, Int(headerLength))), dataLength: length - dataStart, file: file)
    self.file = file
    self.read = read
  }

  /// The names of the tensors, sorted.
  public var names: [String] { header.entries.keys.sorted() }

  /// The strings that the file carries beside its tensors.
  public var metadata: [String: String] { header.metadata }

  /// The shape of a tensor, nil if there is none of that name.
  public func shape(_ name: String) -> [Int]? { header.entries[name]?.shape }

  /// A tensor, its numbers converted to 32-bit floats.
  /// - Throws: ``SafetensorsError`` if there is none, or it holds integers that no float equals; ``FileError``.
  public func tensor(_ name: String) throws -> Tensor {
    let (entry, bytes) = try contents(name)
    let values = bytes.withUnsafeBytes { floats($0, entry.kind, entry.count) }
    guard let values else {
      throw SafetensorsError.unreadable(
        file: file, tensor: name, reason: "it holds integers that 32-bit floats cannot represent")
    }
    return Tensor(values, shape: entry.shape)
  }

  /// The values of a tensor of integers in row-major order.
  /// - Throws: ``SafetensorsError`` if there is none or it does not hold integers; ``FileError``.
  public func integers(_ name: String) throws -> [Int] {
    let (entry, bytes) = try contents(name)
    let values = bytes.withUnsafeBytes { Networks.integers($0, entry.kind, entry.count) }
    guard let values else {
      throw SafetensorsError.unreadable(
        file: file, tensor: name, reason: "it holds \(entry.kind.rawValue), not integers")
    }
    return values
  }

  /// All tensors by name, converted to 32-bit floats.
  /// - Throws: as ``tensor(_:)``.
  public func tensors() throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for name in names { result[name] = try tensor(name) }
    return result
  }

  private func contents(_ name: String) throws -> (SafetensorsHeader.Entry, Data) {
    guard let entry = header.entries[name] else { throw SafetensorsError.noTensor(file: file, name: name) }
    return (entry, try read(dataStart + entry.range.lowerBound, entry.range.count))
  }
}
