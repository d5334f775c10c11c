import Foundation

/// Fills a folder beside `folder`, then gives it that name in place of an older one.
///
/// If the process is killed between the two renames, the older folder is under its second name: ``wholeFolder(_:)`` finds it
/// there, and ``recoverFolder(_:)`` brings it back.
/// - Parameter fill: writes the files into the folder it is given; if it throws, the older folder stays.
/// - Throws: ``FileError``, which also says where another process is filling it; or what `fill` throws.
public func replaceFolder(_ folder: URL, _ fill: (URL) throws -> Void) throws {
  let temporary = neighbour(of: folder, "tmp")
  let inUse = FileError.refused(
    file: folder.path, operation: "writing", reason: "another process writes to it, wait until that has ended"
  )
  try makeFolder(folder.deletingLastPathComponent())
  // A link, or a file, is removed, and not what it leads to.
  if !isFolderItself(temporary) { try remove(temporary) }
  guard mkdir(temporary.path, 0o755) == 0 || errno == EEXIST else {
    throw FileError.fromSystem(errno, temporary.path, "making the folder")
  }
  // Whoever is at work holds it, from before anything is moved until all is in its place.
  let lock = try FolderLock(temporary, inUse: inUse)
  defer { withExtendedLifetime(lock) {} }
  recoverFolder(folder)
  // Left behind by a process that was killed.
  for name in try Paths.allNames(in: temporary.path) { try remove(temporary.appending(path: name)) }
  do {
    try fill(temporary)
    try exchange(temporary, folder)
  } catch {
    // The first error counts; what is left behind is removed by the next call.
    try? remove(temporary)
    throw error
  }
  flushFolder(folder.deletingLastPathComponent().path)
}

/// Finishes or takes back what a killed ``replaceFolder(_:_:)`` left half done; to be called before writing.
public func recoverFolder(_ folder: URL) {
  let aside = neighbour(of: folder, "old")
  guard access(aside.path, F_OK) == 0 else { return }
  if access(folder.path, F_OK) == 0 {
    // What is whole is in its place; the older folder only takes up space until it can be removed.
    try? remove(aside)
  } else {
    rename(aside.path, folder.path)
  }
}

/// Where the folder is that ``replaceFolder(_:_:)`` wrote: under its own name, or, where a kill between the two renames took
/// that away, under its second. Nothing is changed, so that whoever reads needs no right to write.
public func wholeFolder(_ folder: URL) -> URL {
  let aside = neighbour(of: folder, "old")
  return !Paths.exists(folder.path) && Paths.isFolder(aside.path) ? aside : folder
}

private func exchange(_ new: URL, _ old: URL) throws {
  // None or an empty one is replaced at once.
  if rename(new.path, old.path) == 0 { return }
  let code = errno
  guard code == ENOTEMPTY || code == EEXIST else {
    if code == ENOTDIR {
      throw FileError.refused(
        file: old.path, operation: "writing", reason: "a file, or a link to another place, is in its place")
    }
    throw FileError.fromSystem(code, old.path, "renaming")
  }
  let aside = neighbour(of: old, "old")
  guard rename(old.path, aside.path) == 0 else { throw FileError.fromSystem(errno, old.path, "renaming") }
  guard rename(new.path, old.path) == 0 else {
    let code = errno
    rename(aside.path, old.path)
    throw FileError.fromSystem(code, old.path, "renaming")
  }
  try remove(aside)
}

private func isFolderItself(_ item: URL) -> Bool {
  var status = stat()
  return lstat(item.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

private func neighbour(of folder: URL, _ ending: String) -> URL {
  folder.deletingLastPathComponent().appending(path: ".\(folder.lastPathComponent).\(ending)")
}

private func remove(_ item: URL) throws {
  do {
    try FileManager.default.removeItem(at: item)
  } catch CocoaError.fileNoSuchFile {
    return
  } catch {
    throw FileError.refused(file: item.path, operation: "removing", reason: FileError.words(of: error))
  }
}
