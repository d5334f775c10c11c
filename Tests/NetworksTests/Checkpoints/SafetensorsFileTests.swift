import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Networks

struct SafetensorsFileTests {
  /// A file of one tensor, "a", from its values' bytes.
  private func file<Raw>(_ code: String, _ values: [Raw]) throws -> SafetensorsFile {
    let data = values.withUnsafeBytes { Data($0) }
    let header =
      "{\"a\":{\"dtype\":\"\(code)\",\"shape\":[\(values.count)],\"data_offsets\":[0,\(data.count)]}}"
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    return try SafetensorsFile(length + Data(header.utf8) + data, file: "w.safetensors")
  }

  @Test("What is written is read back bit for bit, with its metadata and shapes")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "w.safetensors")
      let values: [Float] = [1, -0.0, .infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7FC0_1234), 0.1]
      let tensors = [
        "b.weight": Tensor(values, shape: [2, 3]), "a\"\\é": Tensor([7], shape: []),
        "empty": Tensor([], shape: [0, 4]),
      ]
      try SafetensorsFile.write(tensors, metadata: ["z": "line\nbreak", "a": "{\"x\":1}"], to: url)
      let file = try SafetensorsFile(url)
      #expect(file.names == ["a\"\\é", "b.weight", "empty"])
      #expect(file.metadata == ["z": "line\nbreak", "a": "{\"x\":1}"])
      let read = try file.tensors()
      #expect(read["b.weight"]?.values.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(read.mapValues(\.shape) == tensors.mapValues(\.shape))
    }
  }

  @Test("The bytes do not depend on the order in which tensors were added, and data begin at a multiple of 8")
  func deterministic() throws {
    try withTemporaryFolder { folder in
      var contents: Set<Data> = []
      for order in [Array(0..<20), Array((0..<20).reversed())] {
        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        for index in order {
          tensors["t\(index)"] = Tensor([Float(index)], shape: [1])
          metadata["m\(index)"] = "\(index)"
        }
        let url = folder.appending(path: "\(order[0]).safetensors")
        try SafetensorsFile.write(tensors, metadata: metadata, to: url)
        contents.insert(try readFile(url))
      }
      let bytes = try #require(contents.first)
      #expect(contents.count == 1)
      #expect((bytes.count - 20 * 4) % 8 == 0)
    }
  }

  @Test("Numbers of every kind become floats")
  func converts() throws {
    #expect(try file("F64", [1.5, -0.1, 1e300]).tensor("a").values == [1.5, -0.1, .infinity])
    #expect(try file("BF16", [UInt16(0x3FC0), 0xFF80]).tensor("a").values == [1.5, -.infinity])
    #expect(try file("I64", [Int64(-3), 1 << 24]).tensor("a").values == [-3, 16_777_216])
    #expect(try file("I32", [Int32.min]).tensor("a").values == [-2_147_483_648])
    #expect(try file("I16", [Int16(-5)]).tensor("a").values == [-5])
    #expect(try file("I8", [Int8(-5)]).tensor("a").values == [-5])
    #expect(try file("U8", [UInt8(255)]).tensor("a").values == [255])
    #expect(try file("BOOL", [UInt8(0), 1]).tensor("a").values == [0, 1])
  }

  @Test("Half precision: every number but NaN equals its float, as the definition in decimal gives it")
  func halfPrecision() throws {
    let bits = (0..<UInt16.max).filter { $0 & 0x7FFF <= 0x7C00 }
    let values = try file("F16", bits).tensor("a").values
    for (bits, value) in zip(bits, values) {
      let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
      let sign: Double = bits >> 15 == 1 ? -1 : 1
      let expected =
        exponent == 31
        ? sign * .infinity
        : sign
          * (exponent == 0
            ? fraction * 0x1p-24
            : (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1))
      #expect(value.bitPattern == Float(expected).bitPattern)
    }
    #expect(try file("F16", [UInt16(0x7E00)]).tensor("a").values[0].isNaN)
  }

  @Test("An integer that no float equals is refused as a float and read as an integer")
  func largeIntegers() throws {
    let file = try file("I64", [Int64(1 << 24 + 1), .min])
    #expect(throws: SafetensorsError.self) { _ = try file.tensor("a") }
    #expect(try file.integers("a") == [1 << 24 + 1, .min])
  }

  @Test("Floats are not integers, and a tensor that is not there is named")
  func wrongRequests() throws {
    let file = try file("F32", [Float(1)])
    #expect(throws: SafetensorsError.self) { _ = try file.integers("a") }
    #expect(throws: SafetensorsError.noTensor(file: "w.safetensors", name: "b")) { _ = try file.tensor("b") }
  }

  @Test("A file that is not there, a folder and a cut file are named")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "w.safetensors")
      #expect(throws: FileError.absent(file: url.path)) { _ = try SafetensorsFile(url) }
      #expect(throws: FileError.self) { _ = try SafetensorsFile(folder) }
      try SafetensorsFile.write(["a": Tensor(zeros: [10])], to: url)
      let whole = try readFile(url)
      try atomicWrite(whole.dropLast(), to: url)
      #expect(
        throws: SafetensorsError.truncated(file: url.path, expected: whole.count, found: whole.count - 1)
      ) { _ = try SafetensorsFile(url) }
    }
  }

  @Test("Mutated files are read or refused with an error that names the file")
  func fuzz() throws {
    let sample = try withTemporaryFolder { folder in
      let url = folder.appending(path: "w.safetensors")
      try SafetensorsFile.write(
        ["a.weight": Tensor([1, 2, 3, 4], shape: [2, 2]), "b": Tensor([5], shape: [])], metadata: ["k": "v"],
        to: url)
      return try readFile(url)
    }
    let integers = try file("I64", [Int64(1), 2])
    #expect(integers.names == ["a"])
    // Every kind of number in the place of the first.
    let text = String(decoding: sample, as: Unicode.ASCII.self)
    #expect(text.contains("F32"))
    let samples = ["F32", "F16", "I64", "F64", "U8 ", "BF1"].map { kind -> [UInt8] in
      var bytes = [UInt8](sample)
      if let place = sample.firstRange(of: Data("F32".utf8)) {
        bytes.replaceSubrange(place, with: Array(kind.utf8))
      }
      return bytes
    }
    try Fuzz.feed("safetensors", samples) { input, _ in
      do {
        let tensors = try SafetensorsFile(Data(input), file: "w.safetensors").tensors()
        let count = tensors.values.reduce(0) { $0 + $1.count }
        try Fuzz.require(count <= input.count, "\(count) numbers of \(input.count) bytes")
      } catch let error as SafetensorsError {
        try Fuzz.require(error.description.hasPrefix("w.safetensors"), error.description)
        return false
      }
      return true
    }
  }

  @Test("Two tensors whose names differ in Unicode normalisation alone are refused, not taken for one")
  func equalNames() throws {
    func entry(_ name: String, _ start: Int) -> String {
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(start),\(start + 4)]}"
    }
    let header = Array("{\(entry("\u{E9}", 0)),\(entry("e\u{301}", 4))}".utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    let data = Data(length + header + [UInt8](repeating: 0, count: 8))
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(data, file: "f") }
    #expect(error?.description.contains("another has an equal name") == true)
  }
}
