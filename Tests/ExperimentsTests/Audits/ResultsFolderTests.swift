import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("Folder of results") struct ResultsFolderTests {
  @Test("Free is what is not there or empty, hidden files counted; a file in its place is not")
  func free() throws {
    try withTemporaryFolder { folder in
      try ResultsFolder.requireFree(folder.appending(path: "new"))
      try ResultsFolder.requireFree(folder)
      let file = folder.appending(path: ".hidden")
      try Data().write(to: file)
      #expect(throws: RunError.self) { try ResultsFolder.requireFree(folder) }
      #expect(throws: RunError.self) { try ResultsFolder.requireFree(file) }
    }
  }
}
