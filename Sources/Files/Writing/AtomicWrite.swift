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

/// Opens the temporary file, empty and locked, so that two writers of one file follow each other. Its name is fixed:
/// what a killed process left behind is overwritten by the next.
private func openLocked(_ temporary: String, for file: String) throws -> Int32 {
  while true {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.fromSystem(errno, file, "creating") }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        let code = errno
        close(descriptor)
        throw FileError.fromSystem(code, file, "locking")
      }
    }
    // Another writer may have renamed the file between our opening and locking it; then it is no longer ours.
    var opened = stat()
    var named = stat()
    if fstat(descriptor, &opened) == 0, stat(temporary, &named) == 0, opened.st_ino == named.st_ino {
      if ftruncate(descriptor, 0) == 0 { return descriptor }
      let code = errno
      close(descriptor)
      throw FileError.fromSystem(code, file, "creating")
    }
    close(descriptor)
  }
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
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  } catch {
    throw FileError.refused(
      file: folder.path, operation: "making the folder", reason: error.localizedDescription)
  }
}
