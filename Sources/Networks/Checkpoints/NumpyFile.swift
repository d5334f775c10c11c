import Files
import Foundation
import Kernels

/// NumPy's `.npy`: one array a file.
///
/// Format: six bytes of magic, two of version, the header's length (two bytes in version 1, four in 2 and 3,
/// little-endian), the header as a Python dictionary of `descr`, `fortran_order` and `shape`, then the numbers.
public enum NumpyFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// A header holds a kind and a shape; NumPy's own are below 200 bytes.
  private static let longestHeader = 1 << 16

  /// Writes a tensor as 32-bit floats, little-endian, in row-major order, atomically.
  /// - Throws: ``FileError``; then an older file of that name is unchanged.
  public static func write(_ tensor: Tensor, to file: URL) throws {
    let sizes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The numbers begin at a multiple of 64 bytes.
    let length = magic.count + 4 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - length % 64) % 64) + "\n"
    let text = header
    try atomicWrite(to: file) { sink in
      let count = UInt16(text.utf8.count)
      let prefix = magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)]
      try prefix.withUnsafeBytes { try sink.write($0) }
      try sink.write(text)
      // Floats lie in memory as the format wants them on every little-endian machine, as all supported ones are.
      try tensor.values.withUnsafeBytes { try sink.write($0) }
    }
  }

  /// Reads an array of little-endian floats of 16, 32 or 64 bits in row-major order, as 32-bit floats.
  /// - Throws: ``FileError`` or ``NumpyError``.
  public static func read(_ file: URL) throws -> Tensor { try read(try readFile(file), file: file.path) }

  /// Reads a file's contents from memory. No more memory is taken than the numbers that are there need.
  /// - Throws: ``NumpyError``.
  public static func read(_ data: Data, file: String) throws -> Tensor {
    func bad(_ reason: String) -> NumpyError { .badHeader(file: file, reason: reason) }
    let head = [UInt8](data.prefix(12))
    guard head.count >= 10 else { throw NumpyError.truncated(file: file, expected: 10, found: data.count) }
    guard head.starts(with: magic) else { throw bad("it does not begin with \\x93NUMPY") }
    let isLong = head[6] != 1
    guard (1...3).contains(head[6]), !isLong || head.count == 12 else {
      throw bad("version \(head[6]) is none of 1, 2, 3")
    }
    let length = head[8..<(isLong ? 12 : 10)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= longestHeader else {
      throw bad("a header of \(length) bytes, \(longestHeader) are allowed")
    }
    let start = (isLong ? 12 : 10) + length
    guard data.count >= start else {
      throw NumpyError.truncated(file: file, expected: start, found: data.count)
    }
    let text = data.dropFirst(isLong ? 12 : 10).prefix(length)
    var parser = NumpyHeader(bytes: [UInt8](text))
    let header: NumpyHeader.Entries
    do { header = try parser.entries() } catch { throw bad(error.reason) }
    guard let kind = kinds[header.kind] else {
      throw NumpyError.otherKind(file: file, found: header.kind)
    }
    guard !header.isFortran else { throw NumpyError.fortranOrder(file: file) }
    var (bytes, overflow) = (kind.bytes, false)
    for size in header.shape where !overflow {
      (bytes, overflow) = bytes.multipliedReportingOverflow(by: size)
    }
    guard !overflow else { throw bad("the shape \(header.shape) is too large") }
    guard data.count - start == bytes else {
      guard data.count - start < bytes else {
        throw bad("\(data.count - start - bytes) bytes follow the numbers of the shape \(header.shape)")
      }
      throw NumpyError.truncated(file: file, expected: start + bytes, found: data.count)
    }
    let count = bytes / kind.bytes
    let values = data.dropFirst(start).withUnsafeBytes { floats($0, kind, count) }
    guard let values else { throw NumpyError.otherKind(file: file, found: header.kind) }
    return Tensor(values, shape: header.shape)
  }

  private static let kinds: [String: SafetensorsKind] = ["<f4": .f32, "<f8": .f64, "<f2": .f16]
}

/// Why a file cannot be read as an array of floats.
public enum NumpyError: ExplainedError, Equatable {
  /// The file ends before what its header says.
  case truncated(file: String, expected: Int, found: Int)
  /// The header breaks the format's rules.
  case badHeader(file: String, reason: String)
  /// The numbers are of another kind.
  case otherKind(file: String, found: String)
  /// Columns come before rows.
  case fortranOrder(file: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .truncated(let file, let expected, let found):
      "\(file): cut off: \(expected) bytes expected, \(found) found. Copy or write it again."
    case .badHeader(let file, let reason):
      "\(file): not a valid .npy file: \(reason). Check that it is one, or write it again with numpy.save."
    case .otherKind(let file, let found):
      "\(file): its numbers are of kind \(excerpt(found)), expected <f4 (or <f2, <f8). Convert them with "
        + ".astype(\"<f4\") before numpy.save."
    case .fortranOrder(let file):
      "\(file): its numbers are in column-major order. Save numpy.ascontiguousarray of it."
    }
  }
}

/// The dictionary at the head of a `.npy` file, and no more of Python than it needs.
private struct NumpyHeader {
  struct Entries {
    var kind: String
    var isFortran: Bool
    var shape: [Int]
  }

  struct Fault: Error { let reason: String }

  let bytes: [UInt8]
  private var place = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func entries() throws(Fault) -> Entries {
    var (kind, isFortran, shape): (String?, Bool?, [Int]?) = (nil, nil, nil)
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where kind == nil: kind = try string()
      case "fortran_order" where isFortran == nil: isFortran = try truth()
      case "shape" where shape == nil: shape = try sizes()
      default: throw Fault(reason: "the key \(excerpt(key)) is unknown, or stands there twice")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard place == bytes.count else { throw Fault(reason: "something follows the header's dictionary") }
    guard let kind, let isFortran, let shape else {
      throw Fault(reason: "one of descr, fortran_order, shape is missing")
    }
    return Entries(kind: kind, isFortran: isFortran, shape: shape)
  }

  private mutating func skipSpace() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
  }

  private mutating func take(_ text: String) -> Bool {
    skipSpace()
    guard bytes[place...].starts(with: text.utf8) else { return false }
    place += text.utf8.count
    return true
  }

  private mutating func expect(_ text: String) throws(Fault) {
    if !take(text) { throw Fault(reason: "“\(text)” is missing at byte \(place) of the header") }
  }

  private mutating func string() throws(Fault) -> String {
    let quote = take("'") ? "'" : "\""
    if quote == "\"" { try expect(quote) }
    guard let end = bytes[place...].firstIndex(of: quote.utf8.first ?? 0) else {
      throw Fault(reason: "a string does not end")
    }
    defer { place = end + 1 }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  private mutating func truth() throws(Fault) -> Bool {
    if take("True") { return true }
    try expect("False")
    return false
  }

  private mutating func sizes() throws(Fault) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = bytes[place...].prefix { (0x30...0x39).contains($0) }
      guard let size = Int(String(decoding: digits, as: UTF8.self)), sizes.count < 32 else {
        throw Fault(reason: "shape is not a list of sizes")
      }
      place += digits.count
      sizes.append(size)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
