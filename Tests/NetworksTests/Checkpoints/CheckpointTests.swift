import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Networks

struct CheckpointTests {
  private struct Description: Codable, Equatable {
    var encoder = "toy"
    var epoch = 3
  }

  private func store(seed: UInt64 = 1) throws -> ParameterStore {
    try ParameterStore.build(.fresh(RandomStream(seed: seed, name: "weights"))) { try ToyLayer($0) }.1
  }

  @Test("A network built from its checkpoint has the same bits")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let (store, place) = (try store(), folder.appending(path: "epoch-3"))
      try Checkpoint(store, Description()).write(to: place)
      let checkpoint = try Checkpoint<Description>(contentsOf: place)
      let (_, restored) = try ParameterStore.build(checkpoint.source) { try ToyLayer($0) }
      #expect(restored.weights.values.map(\.bitPattern) == store.weights.values.map(\.bitPattern))
      #expect(restored.runningStatistics.values == store.runningStatistics.values)
      #expect(checkpoint.description == Description())
    }
  }

  @Test("A checkpoint replaces an older one whole, and nothing else is left")
  func replaces() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "last")
      try Checkpoint(try store(), Description(epoch: 1)).write(to: place)
      try Data("x".utf8).write(to: place.appending(path: "stray"))
      try Checkpoint(try store(seed: 2), Description(epoch: 2)).write(to: place)
      #expect(try Checkpoint<Description>(contentsOf: place).description.epoch == 2)
      let files = try FileManager.default.contentsOfDirectory(atPath: place.path)
      #expect(files.sorted() == ["checkpoint.json", "weights.safetensors"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["last"])
    }
  }

  @Test("A kill between the two renames of a replacement loses nothing")
  func recovers() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "last")
      try Checkpoint(try store(), Description(epoch: 1)).write(to: place)
      try FileManager.default.moveItem(at: place, to: folder.appending(path: ".last.old"))
      #expect(try Checkpoint<Description>(contentsOf: place).description.epoch == 1)
      // Whoever reads changes nothing.
      #expect(try Paths.allNames(in: folder.path) == [".last.old"])
      try Checkpoint(try store(), Description(epoch: 2)).write(to: place)
      #expect(try Paths.allNames(in: folder.path) == ["last"])
    }
  }

  @Test("Reading leaves what lies beside a checkpoint, whatever its name")
  func readsOnly() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "last")
      try Checkpoint(try store(), Description()).write(to: place)
      try makeFolder(folder.appending(path: ".last.old"))
      _ = try Checkpoint<Description>(contentsOf: place)
      #expect(try Paths.allNames(in: folder.path) == [".last.old", "last"])
    }
  }

  @Test("A link in the place of the temporary folder, or of the folder, leads nothing elsewhere")
  func followsNoLink() throws {
    try withTemporaryFolder { folder in
      let (place, elsewhere) = (folder.appending(path: "last"), folder.appending(path: "mine"))
      try makeFolder(elsewhere)
      try Data("mine".utf8).write(to: elsewhere.appending(path: "weights.safetensors"))
      for name in [".last.tmp", "last"] {
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: name), withDestinationURL: elsewhere)
      }
      #expect(throws: FileError.self) { try Checkpoint(try store(), Description()).write(to: place) }
      try FileManager.default.removeItem(at: place)
      try Checkpoint(try store(), Description()).write(to: place)
      #expect(try Paths.allNames(in: elsewhere.path) == ["weights.safetensors"])
      #expect(try readFile(elsewhere.appending(path: "weights.safetensors")) == Data("mine".utf8))
    }
  }

  @Test("If writing fails the older checkpoint stays")
  func keepsOlder() throws {
    struct Stop: Error {}
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "last")
      try Checkpoint(try store(), Description(epoch: 1)).write(to: place)
      #expect(throws: Stop.self) {
        try replaceFolder(place) { temporary in
          try Data("half".utf8).write(to: temporary.appending(path: "weights.safetensors"))
          throw Stop()
        }
      }
      #expect(try Checkpoint<Description>(contentsOf: place).description.epoch == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["last"])
    }
  }

  @Test("A checkpoint of another architecture is refused, naming the weights file and the parameter")
  func mismatch() throws {
    try withTemporaryFolder { folder in
      try Checkpoint(try store(), Description()).write(to: folder.appending(path: "c"))
      let checkpoint = try Checkpoint<Description>(contentsOf: folder.appending(path: "c"))
      let file = folder.appending(path: "c/weights.safetensors").path
      #expect(
        throws: ParameterError.misshapen(name: "linear.weight", expected: [6, 3], found: [5, 3], file: file)
      ) { _ = try ParameterStore.build(checkpoint.source) { try ToyLayer($0, width: 6) } }
    }
  }

  @Test("A folder without a checkpoint names the file that is missing")
  func absent() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError.absent(file: folder.appending(path: "checkpoint.json").path)) {
        _ = try Checkpoint<Description>(contentsOf: folder)
      }
    }
  }
}
