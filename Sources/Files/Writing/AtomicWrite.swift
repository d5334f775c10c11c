import Foundation

/// Writes a file so that at any moment there is either all of the old one or all of the new one.
///
/// The bytes go to a temporary file beside it, are flushed to the disk, and the file takes its name.
/// - Throws: ``FileError``; then the old file, if any, is unchanged.
public func atomicWrite(_ data: Data, to file: URL) throws {
  try atomicWrite(to: file) { sink in try data.withUnsafeBytes { try sink.write($0) } }
}

/// Writes a file piece by piece, atomically.
/// - Parameters:
///   - previous: where the old file is kept, if anywhere.
///   - body: writes the pieces; if it throws, the old file stays.
/// - Throws: ``FileError``, or what `body` throws.
public func atomicWrite(
  to file: URL, previous: URL? = nil, _ body: (inout FileSink) throws -> Void
) throws {
  let temporary = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).tmp").path
  let descriptor = try openLocked(temporary, for: file.path)
  // Closing also gives up the lock, so it comes after the rename.
  defer { close(descriptor) }
  do {
    var sink = FileSink(descriptor: descriptor, file: file.path)
    try body(&sink)
    try sink.flush()
    guard fsync(descriptor) == 0 else { throw FileError.fromSystem(errno, file.path, "flushing") }
    // A second name for the old file, so that there is no moment without it under its own.
    if let previous, access(file.path, F_OK) == 0 {
      unlink(previous.path)
      // Without hard links the old file is for an instant under its second name only.
      guard link(file.path, previous.path) == 0 || rename(file.path, previous.path) == 0 else {
        throw FileError.fromSystem(errno, previous.path, "keeping the previous file")
      }
    }
    guard rename(temporary, file.path) == 0 else { throw FileError.fromSystem(errno, file.path, "renaming") }
  } catch {
    unlink(temporary)
    throw error
  }
  flushFolder(file.deletingLastPathComponent().path)
}

/// Where the bytes of a file go.
public struct FileSink {
  private let descriptor: Int32
  private let file: String
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  init(descriptor: Int32, file: String) {
    self.descriptor = descriptor
    self.file = file
  }

  /// Appends bytes.
  /// - Throws: ``FileError``.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count > FileSink.bufferSize { try flush() }
    if bytes.count >= FileSink.bufferSize { return try pass(bytes) }
    buffer.append(contentsOf: bytes)
  }

  /// Appends text as UTF-8.
  /// - Throws: ``FileError``.
  public mutating func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  mutating func flush() throws {
    try buffer.withUnsafeBytes { try pass($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func pass(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, start, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError.fromSystem(errno, file, "writing")
      }
      rest = rest.dropFirst(written)
    }
  }
}

/// Makes the temporary file, new and locked, so that two writers of one file follow each other. Its name is fixed: what a
/// killed process left behind is taken away by the next. Whatever else lies there, such as a link to a file elsewhere or a
/// pipe, is taken away too, and neither opened nor followed.
private func openLocked(_ temporary: String, for file: String) throws -> Int32 {
  while true {
    let created = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    if created >= 0 {
      do {
        try lock(created, for: file)
      } catch {
        close(created)
        throw error
      }
      // Another writer may have taken it for a leftover before it was locked.
      if isNamed(created, temporary) { return created }
      close(created)
      continue
    }
    guard errno == EEXIST else { throw FileError.fromSystem(errno, file, "creating") }
    try removeLeftover(temporary, of: file)
  }
}

/// Takes away what is in the place of a temporary file, once nobody writes to it any more.
private func removeLeftover(_ temporary: String, of file: String) throws {
  var named = stat()
  guard lstat(temporary, &named) == 0 else { return }
  guard named.st_mode & S_IFMT == S_IFREG else {
    guard unlink(temporary) == 0 || errno == ENOENT else {
      throw FileError.fromSystem(errno, temporary, "removing")
    }
    return
  }
  let descriptor = open(temporary, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
  guard descriptor >= 0 else {
    // It is gone, or another thing by now; the next round sees what.
    if errno == ENOENT || errno == ELOOP || errno == ENXIO { return }
    throw FileError.fromSystem(errno, temporary, "opening")
  }
  defer { close(descriptor) }
  try lock(descriptor, for: file)
  // Its writer may have renamed it meanwhile, and then it is the file itself.
  if isNamed(descriptor, temporary) { unlink(temporary) }
}

private func lock(_ descriptor: Int32, for file: String) throws {
  while flock(descriptor, LOCK_EX) != 0 {
    // Some network file systems have no such locks; there writers of one file must not meet.
    if errno == EOPNOTSUPP || errno == ENOLCK { return }
    guard errno == EINTR else { throw FileError.fromSystem(errno, file, "locking") }
  }
}

/// Whether a path names an open file, itself and not through a link.
private func isNamed(_ descriptor: Int32, _ path: String) -> Bool {
  var (opened, named) = (stat(), stat())
  return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
    && opened.st_dev == named.st_dev
}

/// Appends bytes to a regular file, which is made if there is none. A link is not followed.
/// - Throws: ``FileError``; then a part of the bytes may be there.
public func appendToFile(_ data: Data, _ file: URL) throws {
  let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
  let descriptor = open(file.path, flags, 0o644)
  guard descriptor >= 0 else { throw FileError.fromSystem(errno, file.path, "appending") }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    throw FileError.refused(file: file.path, operation: "appending", reason: "it is not a regular file")
  }
  var sink = FileSink(descriptor: descriptor, file: file.path)
  try data.withUnsafeBytes { try sink.write($0) }
  try sink.flush()
}

/// Makes a rename inside a folder last through a power cut, where the file system supports it.
func flushFolder(_ folder: String) {
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}

/// Makes a folder and those above it.
/// - Throws: ``FileError``.
public func makeFolder(_ folder: URL) throws {
  let path = folder.path
  if Paths.isFolder(path) { return }
  // To the system a path ends at a zero byte, so it would make another folder.
  guard !path.utf8.contains(0) else { throw FileError.absent(file: excerpt(path)) }
  if FileError.obstacle(to: path) != nil { throw FileError.inTheWay(path) }
  let above = Paths.folder(of: path)
  if !above.isExactly(path) && above != "." { try makeFolder(URL(filePath: above)) }
  // Another process may make it at the same time.
  guard mkdir(path, 0o755) == 0 || (errno == EEXIST && Paths.isFolder(path)) else {
    if errno == EEXIST || errno == ENOTDIR { throw FileError.inTheWay(path) }
    throw FileError.fromSystem(errno, path, "making the folder")
  }
}

/// Checks that a folder which is written to by rights of being inside another is there itself: through a link, files that
/// somebody else keeps would be replaced.
/// - Throws: ``FileError``.
public func requireOwnFolder(_ folder: URL) throws(FileError) {
  var status = stat()
  guard lstat(folder.path, &status) == 0 else { return }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    throw .refused(
      file: folder.path, operation: "writing",
      reason: status.st_mode & S_IFMT == S_IFLNK
        ? "it is a link to another place, in which nothing is replaced" : "it is no folder")
  }
}
