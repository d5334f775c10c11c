import Foundation

/// A folder that one process writes to: held until this value goes, or the process ends in whatever way.
///
/// The lock is on the folder itself, so that it leaves no file behind; whoever only reads does not ask for it.
public final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Locks a folder, at once or not at all.
  /// - Parameter inUse: what is thrown where somebody else holds it.
  /// - Throws: `inUse`, or ``FileError`` if there is no such folder.
  public init(_ folder: URL, inUse: @autoclosure () -> any Error) throws {
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.refused(
        file: folder.path, operation: "opening the folder", reason: String(cString: strerror(errno)))
    }
    // Some network file systems have no such locks; there a folder is used without.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { throw inUse() }
    // Whoever held it may have taken the folder away, or put another in its place, since it was opened.
    var (opened, named) = (stat(), stat())
    guard fstat(descriptor, &opened) == 0, stat(folder.path, &named) == 0, opened.st_dev == named.st_dev,
      opened.st_ino == named.st_ino
    else { throw inUse() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
