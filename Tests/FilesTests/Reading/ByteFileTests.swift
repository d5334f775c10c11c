import Files
import Foundation
import TestSupport
import Testing

@Suite("Reading files") struct ByteFileTests {
  @Test("Any range of a file is read, and one beyond its end names both ends")
  func ranges() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data(0..<100).write(to: file)
      let opened = try ByteFile(file.path)
      #expect(opened.size == 100)
      #expect(try opened.read(90..<93) == [90, 91, 92])
      #expect(try opened.read(5..<5) == [])
      #expect(try opened.readAll() == Array(0..<100))
      #expect(throws: FileError.endsEarly(file: file.path, expected: 101, found: 100)) {
        try opened.read(90..<101)
      }
    }
  }

  @Test("Folders and pipes are refused at once, with their names")
  func notRegular() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appending(path: "pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      for place in [folder, pipe] {
        let error = FileError.refused(
          file: place.path, operation: "reading", reason: "it is not a regular file")
        #expect(throws: error) { try readFile(place) }
      }
      #expect(throws: FileError.absent(file: "/nonexistent/f")) { try ByteFile("/nonexistent/f") }
    }
  }

  @Test("A file above the limit is refused unread")
  func limit() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data(count: 11).write(to: file)
      #expect(try readFile(file, limit: 11).count == 11)
      #expect(throws: FileError.tooLarge(file: file.path, found: 11, limit: 10)) {
        try readFile(file, limit: 10)
      }
    }
  }
}
