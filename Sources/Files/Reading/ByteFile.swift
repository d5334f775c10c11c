import Foundation

/// A regular file open for reading at any place, by any thread.
public final class ByteFile: Sendable {
  /// Where it is.
  public let path: String
  /// Bytes.
  public let size: Int
  private let descriptor: Int32

  /// Opens the file at a path.
  /// - Throws: ``FileError``, also for what is no regular file.
  public init(_ path: String) throws(FileError) {
    // To the system a path ends at a zero byte, so it would open another file.
    guard !path.utf8.contains(0) else { throw .absent(file: path) }
    // Without O_NONBLOCK a named pipe would be waited on for ever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .fromSystem(errno, path, "opening") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .refused(file: path, operation: "reading", reason: "it is not a regular file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `target` with the bytes from `offset` on.
  /// - Throws: ``FileError``, ``FileError/endsEarly(file:expected:found:)`` where the file ends before.
  public func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < target.count {
      let got = pread(
        descriptor, target.baseAddress?.advanced(by: done), target.count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .fromSystem(errno, path, "reading") }
      guard got > 0 else {
        throw .endsEarly(file: path, expected: offset + target.count, found: offset + done)
      }
      done += got
    }
  }

  /// The bytes in a range.
  /// - Throws: as ``read(_:at:)``.
  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(FileError) {
        let target = UnsafeMutableRawBufferPointer(buffer)
        try read(UnsafeMutableRawBufferPointer(rebasing: target[..<range.count]), at: range.lowerBound)
        count = range.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The whole content.
  /// - Throws: as ``read(_:at:)``.
  public func readAll() throws(FileError) -> [UInt8] { try read(0..<size) }
}

/// The bytes of a regular file.
/// - Parameter limit: the most bytes that it may have.
/// - Throws: ``FileError``.
public func readFile(_ file: URL, limit: Int = 1 << 33) throws(FileError) -> Data {
  let opened = try ByteFile(file.path)
  guard opened.size <= limit else {
    throw .tooLarge(file: file.path, found: opened.size, limit: limit)
  }
  return Data(try opened.readAll())
}
