import Foundation
import Testing

@testable import Networks

struct SafetensorsHeaderTests {
  private func open(_ header: String, data: Int) throws -> SafetensorsFile {
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes += Data(header.utf8) + Data(count: data)
    return try SafetensorsFile(bytes, file: "w.safetensors")
  }

  @Test("A header is read with padding, metadata, scalars and empty tensors")
  func accepts() throws {
    let file = try open(
      #"{"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]},"#
        + #""e":{"dtype":"I64","shape":[0,7],"data_offsets":[8,8]},"__metadata__":{"k":"v"}}   "#, data: 8)
    #expect(file.names == ["a", "b", "e"])
    #expect(file.shape("b") == [] && file.shape("e") == [0, 7] && file.shape("x") == nil)
    #expect(file.metadata == ["k": "v"])
    #expect(try file.tensor("e").values == [])
  }

  @Test(
    "A header that breaks the rules is refused",
    arguments: [
      ("[]", 0), (" {}", 0), ("{}", 1), ("{", 0), ("{}{}", 0),
      (#"{"a":1}"#, 0), (#"{"__metadata__":{"k":1}}"#, 0), (#"{"__metadata__":"k"}"#, 0),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        8
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4),
      (#"{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}"#, 1),
      (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, 4), (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
        6
      ),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        4
      ),
      (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0),
      (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4),
    ])
  func refuses(header: String, data: Int) {
    #expect(throws: SafetensorsError.self) { _ = try open(header, data: data) }
  }

  @Test("An overlap is told from a gap, and both name the tensor")
  func namesTensor() {
    let entry = #"{"dtype":"F32","shape":[1],"data_offsets":"#
    let (overlap, gap) = ("its data overlap another's", "a gap lies before its data")
    for (offsets, reason) in [("[2,6]", overlap), ("[6,10]", gap)] {
      #expect(throws: SafetensorsError.badEntry(file: "w.safetensors", tensor: "b", reason: reason)) {
        _ = try open("{\"a\":\(entry)[0,4]},\"b\":\(entry)\(offsets)}}", data: 10)
      }
    }
  }

  @Test("A header length beyond the file or the bound is refused before memory is taken")
  func headerLength() {
    for (length, data) in [(UInt64(100), 50), (.max, 50), (100_000_001, 50)] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(count: data)
      #expect(throws: SafetensorsError.self) { _ = try SafetensorsFile(bytes, file: "w") }
    }
    #expect(throws: SafetensorsError.truncated(file: "w", expected: 10, found: 3)) {
      _ = try SafetensorsFile(Data(count: 3), file: "w")
    }
  }

  @Test("A header beyond what any encoder needs is refused before it is read")
  func longHeader() {
    let length = withUnsafeBytes(of: UInt64(SafetensorsHeader.longest + 1).littleEndian) { Data($0) }
    #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(length + Data("{}".utf8), file: "w.safetensors")
    }
  }

  @Test("An error quotes a bounded part of a tensor's name")
  func longNames() throws {
    let name = String(repeating: "n", count: 100_000)
    let header = "{\"\(name)\": {\"dtype\": \"\(name)\"}}"
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(length + Data(header.utf8), file: "w.safetensors")
    }
    #expect((error?.description.count ?? 0) < 700)
  }

}
