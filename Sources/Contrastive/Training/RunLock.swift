import Files
import Foundation

/// A run folder that one process writes to: held until this value goes, or the process ends in whatever way.
///
/// The lock is on the folder itself, so that it leaves no file behind; whoever only reads does not ask for it.
final class RunLock {
  private let descriptor: Int32

  /// - Throws: ``PretrainingError/inUse(folder:)`` if a run goes on there, `FileError` if there is no such folder.
  init(_ folder: URL) throws {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.refused(
        file: folder.path, operation: "opening the folder", reason: String(cString: strerror(errno)))
    }
    // Some network file systems have no such locks; there a run goes on without.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw PretrainingError.inUse(folder: folder.path)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
