import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

struct NumpyFileTests {
  /// A file as numpy.save writes it, version 1.
  private func file(_ header: String, _ numbers: Data, version: UInt8 = 1) -> Data {
    let start = version == 1 ? 10 : 12
    let padding = String(repeating: " ", count: (64 - (start + header.utf8.count + 1) % 64) % 64)
    let text = Data((header + padding + "\n").utf8)
    let length = [UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + (version == 1 ? [] : [0, 0])
    return Data([0x93] + Array("NUMPY".utf8) + [version, 0] + length) + text + numbers
  }

  private func bytes(_ values: [some BitwiseCopyable]) -> Data { values.withUnsafeBytes { Data($0) } }

  @Test("What is written is what numpy.save writes, byte for byte, and is read back bit for bit")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "a.npy")
      let values: [Float] = [1, -0.0, .infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7FC0_1234), 0.1]
      for (shape, text) in [([2, 3], "(2, 3)"), ([6], "(6,)"), ([1, 6, 1], "(1, 6, 1)")] {
        try NumpyFile.write(Tensor(values, shape: shape), to: url)
        let written = try readFile(url)
        #expect(
          written
            == file("{'descr': '<f4', 'fortran_order': False, 'shape': \(text), }", bytes(values)))
        let read = try NumpyFile.read(url)
        #expect(read.shape == shape && read.values.map(\.bitPattern) == values.map(\.bitPattern))
      }
      try NumpyFile.write(Tensor([], shape: [0, 4]), to: url)
      #expect(try NumpyFile.read(url).shape == [0, 4])
    }
  }

  @Test("Half and double precision, later versions and other spellings of the header are read too")
  func kinds() throws {
    let half: [UInt16] = [0x3C00, 0xC000]
    let read = try NumpyFile.read(
      file("{\"shape\":(1,2),'fortran_order':False,'descr':'<f2'}", bytes(half), version: 3), file: "a")
    #expect(read.shape == [1, 2] && read.values == [1, -2])
    let double = try NumpyFile.read(
      file("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", bytes([0.5]), version: 2), file: "a")
    #expect(double.shape == [] && double.values == [0.5])
  }

  @Test("What is no array of floats is refused with the reason")
  func refused() throws {
    func error(_ header: String, _ count: Int = 24) -> NumpyError? {
      #expect(throws: NumpyError.self) { try NumpyFile.read(file(header, Data(count: count)), file: "a") }
    }
    func header(_ kind: String = "<f4", _ order: String = "False", _ shape: String = "(2, 3)") -> String {
      "{'descr': '\(kind)', 'fortran_order': \(order), 'shape': \(shape), }"
    }
    #expect(error(header("<i4")) == .otherKind(file: "a", found: "<i4"))
    #expect(error(header(">f4")) == .otherKind(file: "a", found: ">f4"))
    #expect(error(header("<f4", "True")) == .fortranOrder(file: "a"))
    #expect(error(header(), 20)?.description.contains("cut off") == true)
    #expect(error(header(), 28)?.description.contains("4 bytes follow") == true)
    let huge = header("<f4", "False", "(4611686018427387904, 4611686018427387904)")
    #expect(error(huge)?.description.contains("too large") == true)
    for shape in ["2", "(2, -3)", "(2 3)", "(2, 3", "[2, 3]", "(,)", "(99999999999999999999,)"] {
      #expect(error(header("<f4", "False", shape)) != nil)
    }
    #expect(error("{'descr': '<f4', 'fortran_order': False, }")?.description.contains("missing") == true)
    #expect(error(header() + "x")?.description.contains("follows") == true)
    #expect(throws: NumpyError.self) { try NumpyFile.read(Data("PK\u{3}\u{4}0123456789".utf8), file: "a") }
    #expect(throws: NumpyError.self) { try NumpyFile.read(Data(), file: "a") }
  }

  @Test("Damaged files are read or refused, and never take more memory than they have bytes")
  func fuzz() throws {
    let good = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Data(count: 24))
    let other = file("{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", Data(count: 8), version: 2)
    let found = try Fuzz.feed("npy", [[UInt8](good), [UInt8](other)], rounds: 400) { input, _ in
      try Fuzz.takes {
        let tensor = try NumpyFile.read(Data(input), file: "a")
        try Fuzz.require(2 * tensor.count <= input.count, "\(tensor.shape) of \(input.count) bytes")
      }
    }
    #expect(found.taken > 0)
  }
}
