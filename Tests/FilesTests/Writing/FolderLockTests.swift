import Files
import Foundation
import TestSupport
import Testing

@Suite("Folder locks") struct FolderLockTests {
  private struct InUse: Error, Equatable {}

  @Test("A folder is held once at a time, and free again when its lock goes; nothing is left in it")
  func once() throws {
    try withTemporaryFolder { folder in
      do {
        let lock = try FolderLock(folder, inUse: InUse())
        #expect(throws: InUse()) { try FolderLock(folder, inUse: InUse()) }
        withExtendedLifetime(lock) {}
      }
      _ = try FolderLock(folder, inUse: InUse())
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("What is no folder cannot be locked")
  func noFolder() {
    #expect(throws: FileError.self) { try FolderLock(URL(filePath: "/nonexistent"), inUse: InUse()) }
  }
}
