import Files

/// The kinds of number that safetensors files hold and this project reads.
enum SafetensorsKind: String, CaseIterable, Sendable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  var bytes: Int {
    switch self {
    case .f64, .i64: return 8
    case .f32, .i32: return 4
    case .f16, .bf16, .i16: return 2
    case .i8, .u8, .bool: return 1
    }
  }
}

/// The header of a safetensors file: what stands where in the data that follow it.
///
/// Format: eight bytes with the header's length (little-endian), the header as a JSON object of
/// `{"name": {"dtype", "shape", "data_offsets": [begin, end]}}` with strings under `__metadata__`, then the data, which
/// the tensors fill without gap or overlap.
struct SafetensorsHeader: Sendable {
  struct Entry: Sendable {
    let kind: SafetensorsKind
    let shape: [Int]
    /// Bytes, counted from the start of the data.
    let range: Range<Int>
    var count: Int { shape.reduce(1, *) }
  }

  /// Bytes of a header: room for some 80,000 tensors, far more than any encoder has. The format's own implementation allows
  /// 100 MB, which take a minute and most of a gigabyte to read.
  static let longest = 1 << 23
  private(set) var entries: [String: Entry] = [:]
  private(set) var metadata: [String: String] = [:]

  /// Reads a header.
  /// - Parameters:
  ///   - bytes: the JSON text.
  ///   - dataLength: the number of bytes that follow it in the file.
  init(_ bytes: [UInt8], dataLength: Int, file: String) throws {
    func bad(_ reason: String) -> SafetensorsError { .badHeader(file: file, reason: reason) }
    guard bytes.first == UInt8(ascii: "{") else { throw bad("the header does not begin with a brace") }
    let json: JSONValue
    do { json = try JSONParser.parse(bytes) } catch {
      throw bad("at byte \(error.offset) of the header: \(error.reason)")
    }
    guard case .object(let members) = json else { throw bad("the header is not an object") }
    for member in members {
      if member.key == "__metadata__" {
        metadata = try SafetensorsHeader.metadata(member.value, bad)
      } else {
        // Names that differ in Unicode normalisation alone would be one key.
        let entry = try SafetensorsHeader.entry(member.value) {
          .badEntry(file: file, tensor: member.key, reason: $0)
        }
        guard entries.updateValue(entry, forKey: member.key) == nil else {
          throw SafetensorsError.badEntry(file: file, tensor: member.key, reason: "another has an equal name")
        }
      }
    }
    var end = 0
    for (name, entry) in entries.sorted(by: {
      ($0.value.range.lowerBound, $0.value.range.upperBound) < (
        $1.value.range.lowerBound, $1.value.range.upperBound
      )
    }) {
      guard entry.range.lowerBound == end else {
        let reason =
          entry.range.lowerBound < end ? "its data overlap another's" : "a gap lies before its data"
        throw SafetensorsError.badEntry(file: file, tensor: name, reason: reason)
      }
      end = entry.range.upperBound
    }
    guard end <= dataLength else {
      throw SafetensorsError.truncated(
        file: file, expected: 8 + bytes.count + end, found: 8 + bytes.count + dataLength)
    }
    guard end == dataLength else { throw bad("\(dataLength - end) bytes follow the last tensor") }
  }

  private static func metadata(
    _ json: JSONValue, _ bad: (String) -> SafetensorsError
  ) throws -> [String: String] {
    guard case .object(let members) = json else { throw bad("__metadata__ is not an object") }
    var result: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw bad("__metadata__ holds something other than a string under “\(excerpt(member.key))”")
      }
      result[member.key] = text
    }
    return result
  }

  private static func entry(_ json: JSONValue, _ bad: (String) -> SafetensorsError) throws -> Entry {
    guard case .object(let members) = json else { throw bad("its entry is not an object") }
    if let other = members.first(where: { !["dtype", "shape", "data_offsets"].contains($0.key) }) {
      throw bad("its entry holds the unknown key “\(excerpt(other.key))”")
    }
    guard case .string(let code)? = json["dtype"] else { throw bad("dtype is missing") }
    guard let kind = SafetensorsKind(rawValue: code) else {
      let known = SafetensorsKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw bad("dtype \(excerpt(code)) is not among \(known)")
    }
    guard let shape = integers(json["shape"]) else { throw bad("shape is not a list of sizes") }
    guard let offsets = integers(json["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw bad("data_offsets is not a pair of ascending offsets")
    }
    var bytes = kind.bytes
    var overflow = false
    for size in shape where !overflow { (bytes, overflow) = bytes.multipliedReportingOverflow(by: size) }
    guard !overflow, bytes == offsets[1] - offsets[0] else {
      throw bad("shape \(shape) of \(code) does not take the \(offsets[1] - offsets[0]) bytes it is given")
    }
    return Entry(kind: kind, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func integers(_ json: JSONValue?) -> [Int]? {
    guard case .array(let values)? = json, values.count <= 32 else { return nil }
    var result: [Int] = []
    for value in values {
      guard case .number(let digits) = value, let number = Int(digits), number >= 0 else { return nil }
      result.append(number)
    }
    return result
  }
}
