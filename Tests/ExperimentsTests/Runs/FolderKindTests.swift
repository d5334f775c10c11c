import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite struct FolderKindTests {
  @Test(
    "A folder is told by the files in it",
    arguments: [
      ("pretraining.json", "{}", FolderKind.run), ("attack.json", "{}", .attack),
      ("checkpoint.json", #"{"kind": "vector", "encoder": 1}"#, .classifier),
      ("checkpoint.json", #"{"encoder": {}}"#, .encoder), ("checkpoint.json", "{", .checkpoint),
      ("picture.png", "", .other),
    ])
  func told(name: String, text: String, kind: FolderKind) throws {
    try withTemporaryFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: name))
      #expect(FolderKind(folder.path) == kind)
    }
  }

  @Test("Nothing and a file are told apart from folders")
  func noFolder() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      #expect(FolderKind(file.path) == .nothing)
      try Data().write(to: file)
      #expect(FolderKind(file.path) == .file)
    }
  }
}
