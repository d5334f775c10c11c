import Files
import Foundation
import TestSupport
import Testing

@Suite struct ReplaceFolderTests {
  @Test("While a folder is being filled nobody else begins anew, and what was filled is all there")
  func once() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "out")
      try replaceFolder(place) { temporary in
        try Data("a".utf8).write(to: temporary.appending(path: "first"))
        let refused = #expect(throws: FileError.self) {
          try replaceFolder(place) { _ in Issue.record("it began anew") }
        }
        #expect(refused?.description.contains("another process") == true)
        try Data("b".utf8).write(to: temporary.appending(path: "second"))
      }
      #expect(try Paths.names(in: place.path).sorted() == ["first", "second"])
      // What a process left behind that was killed is in nobody's way.
      let left = folder.appending(path: ".out.tmp/rest")
      try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
      try replaceFolder(place) { try Data("c".utf8).write(to: $0.appending(path: "third")) }
      #expect(try Paths.names(in: place.path) == ["third"] && Paths.names(in: folder.path) == ["out"])
    }
  }
}
