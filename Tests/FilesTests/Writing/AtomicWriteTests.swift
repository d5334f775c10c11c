@testable import Files
import Foundation
import TestSupport
import Testing

struct AtomicWriteTests {
  private struct Stop: Error {}

  @Test("A file is written, replaced, and nothing else is left in its folder")
  func writes() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "a.bin")
      try atomicWrite(Data("old".utf8), to: file)
      let long = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0) })
      try atomicWrite(long, to: file)
      #expect(try readFile(file) == long)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
    }
  }

  @Test("If writing stops half-way the old file stays and the new one's pieces are gone")
  func keepsOldFile() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "a.bin")
      try atomicWrite(Data("old".utf8), to: file)
      #expect(throws: Stop.self) {
        try atomicWrite(to: file) { sink in
          try sink.write(String(repeating: "x", count: 200_000))
          throw Stop()
        }
      }
      #expect(try readFile(file) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
    }
  }

  @Test("What a killed process left behind does not enter the next file")
  func overwritesLeftovers() throws {
    try withTemporaryFolder { folder in
      try Data("a long leftover".utf8).write(to: folder.appending(path: ".a.bin.tmp"))
      try atomicWrite(Data("new".utf8), to: folder.appending(path: "a.bin"))
      #expect(try readFile(folder.appending(path: "a.bin")) == Data("new".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
    }
  }

  @Test("A full disk is an error that says so")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var sink = FileSink(descriptor: descriptor, file: "runs/w.safetensors")
    try sink.write("a few bytes wait in the buffer")
    #expect(throws: FileError.noSpace(file: "runs/w.safetensors")) { try sink.flush() }
    #expect(throws: FileError.noSpace(file: "runs/w.safetensors")) {
      try sink.write(String(repeating: "x", count: 200_000))
    }
  }

  @Test("A folder that is not there is named")
  func missingFolder() {
    #expect(throws: FileError.absent(file: "/nonexistent/a.bin")) {
      try atomicWrite(Data(), to: URL(filePath: "/nonexistent/a.bin"))
    }
  }

  @Test("The file before is kept under the name for the previous one")
  func keepsPrevious() throws {
    try withTemporaryFolder { folder in
      let (file, previous) = (folder.appending(path: "a"), folder.appending(path: "b"))
      for text in ["1", "2", "3"] {
        try atomicWrite(to: file, previous: previous) { try $0.write(text) }
      }
      #expect(try readFile(file) == Data("3".utf8))
      #expect(try readFile(previous) == Data("2".utf8))
    }
  }

  @Test("Writers of one file at the same time follow each other")
  func concurrentWriters() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "encodermi-\(UUID().uuidString)")
    try makeFolder(folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a.bin")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for _ in 0..<10 { try atomicWrite(Data(repeating: UInt8(writer), count: 100_000), to: file) }
        }
      }
      try await group.waitForAll()
    }
    let bytes = try readFile(file)
    #expect(bytes.count == 100_000 && Set(bytes).count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
  }
}
