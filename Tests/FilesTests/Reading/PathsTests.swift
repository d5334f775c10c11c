import Files
import Foundation
import TestSupport
import Testing

@Suite("Paths") struct PathsTests {
  @Test(
    "A path has a name, a folder and a suffix",
    arguments: [
      ("a/b/c.PNG", "c.PNG", "a/b", "png"), ("a", "a", ".", ""), ("/a", "a", "/", ""),
      ("a/b/", "b", "a", ""), ("/", "", "/", ""), ("//a//b.tar.gz", "b.tar.gz", "//a", "gz"),
      (".hidden", ".hidden", ".", ""), ("x.d/y", "y", "x.d", ""), ("a.", "a.", ".", ""),
    ])
  func parts(path: String, name: String, folder: String, suffix: String) {
    #expect(Paths.name(path) == name)
    #expect(Paths.folder(of: path) == folder)
    #expect(Paths.suffix(path) == suffix)
  }

  @Test(
    "A normalised path names the same place without empty parts and dots",
    arguments: [
      ("./a//b/./", "a/b"), ("a/../b", "a/../b"), ("/./a", "/a"), ("./", "."), ("", "."), ("/", "/"),
      (".a/b..", ".a/b.."),
    ])
  func normalised(path: String, expected: String) { #expect(Paths.normalised(path) == expected) }

  @Test("A path leads out if it is absolute or has a part of two dots, whatever marks follow the slash")
  func escapes() {
    for path in ["/a", "..", "a/../b", "/\u{301}a"] { #expect(Paths.escapes(path), "\(path)") }
    for path in ["a", "a..b/c", "...", "./a"] { #expect(!Paths.escapes(path), "\(path)") }
  }

  @Test(
    "Names come in byte order, hidden ones not at all, and one that is spelt with other code points is another"
  )
  func names() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "a", ".c", "\u{e9}", "e\u{301}", "Z"] {
        try Data().write(to: folder.appending(path: name))
      }
      let names = try Paths.names(in: folder.path)
      #expect(names.map { Array($0.utf8) } == ["Z", "a", "b", "e\u{301}", "\u{e9}"].map { Array($0.utf8) })
      #expect(Set(names).count == 4 && Set(names.map { ExactText($0) }).count == 5)
    }
  }

  @Test("A folder that cannot be listed is an error, not one without names")
  func unlistable() throws {
    #expect(throws: FileError.absent(file: "/nonexistent")) { try Paths.names(in: "/nonexistent") }
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try Data().write(to: file)
      #expect(throws: FileError.self) { try Paths.names(in: file.path) }
    }
  }

  @Test("A file is no folder, a pipe is neither, and a link is what it leads to")
  func kinds() throws {
    try withTemporaryFolder { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try Data().write(to: URL(filePath: path("file")))
      #expect(mkfifo(path("pipe"), 0o600) == 0)
      #expect(symlink(folder.path, path("link")) == 0 && symlink("nowhere", path("dangling")) == 0)
      #expect(Paths.isFile(path("file")) && !Paths.isFolder(path("file")))
      #expect(Paths.exists(path("pipe")) && !Paths.isFile(path("pipe")) && !Paths.isFolder(path("pipe")))
      #expect(Paths.isFolder(path("link")) && !Paths.isFile(path("link")))
      #expect(!Paths.exists(path("dangling")))
    }
  }

  @Test("A path with a zero byte leads nowhere, not to the place that its beginning names")
  func zeroByte() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x", to: "a")
    #expect(!Paths.exists(path + "\0b"))
    #expect(throws: FileError.absent(file: path + "\0b")) { try ByteFile(path + "\0b") }
  }

  @Test("A path with a zero byte names nothing, whatever the system would take it for")
  func zeroByteInFolders() throws {
    try withTemporaryFolder { folder in
      let path = folder.path + "\0/more"
      #expect(!Paths.exists(path) && !Paths.isFolder(path))
      #expect(throws: FileError.self) { try Paths.names(in: path) }
    }
  }
}
