import Files
import Foundation
import Kernels

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
    let names = tensors.keys.sorted()
    let header = header(names.map { ($0, tensors[$0]?.shape ?? []) }, metadata)
    try atomicWrite(to: file, previous: previous) { sink in
      try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try sink.write($0) }
      try sink.write(header)
      for name in names {
        guard let tensor = tensors[name] else { continue }
        // Floats lie in memory as the format wants them on every little-endian machine, as all supported ones are.
        try tensor.values.withUnsafeBytes { try sink.write($0) }
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
