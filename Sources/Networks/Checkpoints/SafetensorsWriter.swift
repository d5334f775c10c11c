import Files
import Foundation
import Kernels

/// A tensor that is written part by part along its first dimension, so that it need not be in memory as a whole.
public struct PiecewiseTensor {
  /// Of the whole.
  public let shape: [Int]
  private let parts: [() throws -> Tensor]

  /// A tensor whose parts are made when they are asked for.
  /// - Parameter parts: one after the other; together they are the whole.
  public init(shape: [Int], parts: [() throws -> Tensor]) { (self.shape, self.parts) = (shape, parts) }

  /// A tensor that is there.
  public init(_ tensor: Tensor) { self.init(shape: tensor.shape, parts: [{ tensor }]) }

  /// Calls `body` with each part in order.
  /// - Throws: what making a part or `body` throws.
  public func forEachPart(_ body: (Tensor) throws -> Void) throws {
    var count = 0
    for make in parts {
      let part = try make()
      count += part.count
      try body(part)
    }
    precondition(
      count == shape.reduce(1, *),
      "PiecewiseTensor: parts of \(count) numbers make no tensor of shape \(shape)")
  }
}

extension SafetensorsFile {
  /// Writes tensors as 32-bit floats in safetensors format, atomically.
  ///
  /// The bytes depend on the contents alone: names and metadata are sorted, and the header is padded with spaces so
  /// that the data begin at a multiple of eight bytes.
  /// - Parameter previous: where an older file of that name is kept, if anywhere.
  /// - Throws: ``FileError``; then an older file of that name is unchanged.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to file: URL, previous: URL? = nil
  ) throws {
    try write(
      tensors.mapValues { PiecewiseTensor($0) }, metadata: metadata, to: file, previous: previous)
  }

  /// The same of tensors that are in memory part by part.
  /// - Throws: ``FileError``, or what making a part throws; then an older file of that name is unchanged.
  public static func write(
    _ tensors: [String: PiecewiseTensor], metadata: [String: String] = [:], to file: URL,
    previous: URL? = nil
  ) throws {
    let sorted = tensors.sorted { $0.key < $1.key }
    let header = header(sorted.map { ($0.key, $0.value.shape) }, metadata)
    try atomicWrite(to: file, previous: previous) { sink in
      try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try sink.write($0) }
      try sink.write(header)
      for (_, tensor) in sorted {
        // Floats lie in memory as the format wants them on every little-endian machine, as all supported ones are.
        try tensor.forEachPart { part in try part.values.withUnsafeBytes { try sink.write($0) } }
      }
    }
  }

  private static func header(_ shapes: [(name: String, shape: [Int])], _ metadata: [String: String]) -> String
  {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let strings = metadata.sorted { $0.key < $1.key }
      members.append(
        .init(
          key: "__metadata__", value: .object(strings.map { .init(key: $0.key, value: .string($0.value)) })))
    }
    var offset = 0
    for (name, shape) in shapes {
      precondition(name != "__metadata__", "SafetensorsFile.write: no tensor may be named __metadata__")
      let end = offset + 4 * shape.reduce(1, *)
      members.append(
        .init(
          key: name,
          value: .object([
            .init(key: "dtype", value: .string("F32")),
            .init(key: "shape", value: .array(shape.map { .number(String($0)) })),
            .init(key: "data_offsets", value: .array([.number(String(offset)), .number(String(end))])),
          ])))
      offset = end
    }
    let text = JSONValue.object(members).text
    return text + String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
  }
}
