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

  @Test("A link in the place of the temporary file is taken away, and what it leads to stays as it is")
  func followsNoLink() throws {
    try withTemporaryFolder { folder in
      let (elsewhere, temporary) = (folder.appending(path: "mine"), folder.appending(path: ".a.bin.tmp"))
      try Data("mine".utf8).write(to: elsewhere)
      for target in [elsewhere.path, "/nonexistent/x", "/dev/zero"] {
        try FileManager.default.createSymbolicLink(atPath: temporary.path, withDestinationPath: target)
        try atomicWrite(Data("new".utf8), to: folder.appending(path: "a.bin"))
        #expect(try readFile(folder.appending(path: "a.bin")) == Data("new".utf8))
      }
      // A second name of a file is a link too.
      #expect(link(elsewhere.path, temporary.path) == 0)
      try atomicWrite(Data("new".utf8), to: folder.appending(path: "a.bin"))
      #expect(try readFile(elsewhere) == Data("mine".utf8))
      #expect(try Paths.allNames(in: folder.path) == ["a.bin", "mine"])
    }
  }

  @Test("A pipe in the place of the temporary file is taken away and not waited for")
  func waitsForNoPipe() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo(folder.appending(path: ".a.bin.tmp").path, 0o600) == 0)
      try atomicWrite(Data("new".utf8), to: folder.appending(path: "a.bin"))
      #expect(try readFile(folder.appending(path: "a.bin")) == Data("new".utf8))
    }
  }

  @Test("A link in the place of the file itself is replaced, and what it leads to stays as it is")
  func replacesLink() throws {
    try withTemporaryFolder { folder in
      let (file, elsewhere) = (folder.appending(path: "a.bin"), folder.appending(path: "mine"))
      try Data("mine".utf8).write(to: elsewhere)
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: elsewhere)
      try atomicWrite(Data("new".utf8), to: file)
      #expect(try readFile(elsewhere) == Data("mine".utf8))
    }
  }

  @Test("Bytes are appended to a regular file, and neither to what a link leads to nor to a pipe")
  func appends() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "log")
      for text in ["a", "b"] { try appendToFile(Data(text.utf8), file) }
      #expect(try readFile(file) == Data("ab".utf8))
      let link = folder.appending(path: "link")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      #expect(throws: FileError.self) { try appendToFile(Data("c".utf8), link) }
      let pipe = folder.appending(path: "pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      #expect(throws: FileError.self) { try appendToFile(Data("c".utf8), pipe) }
      #expect(try readFile(file) == Data("ab".utf8))
    }
  }

  @Test("A folder that cannot be made since a file is in its way names that file, in the system's words")
  func fileInTheWay() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "README.md")
      try Data().write(to: file)
      for place in [file, file.appending(path: "runs/a")] {
        let error = #expect(throws: FileError.self) { try makeFolder(place) }
        #expect(error?.description.contains("\(file.path) is a file") == true, "\(error?.description ?? "")")
      }
      try makeFolder(folder.appending(path: "a/b/c"))
      #expect(Paths.isFolder(folder.appending(path: "a/b/c").path))
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
