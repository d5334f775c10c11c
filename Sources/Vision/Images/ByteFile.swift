import Foundation

/// A regular file open for reading at any place, by any thread.
public final class ByteFile: Sendable {
  /// Where it is.
  public let path: String
  /// Bytes.
  public let size: Int
  private let descriptor: Int32

  /// Opens the file at a path.
  /// - Throws: ``ImageError/unreadable(file:reason:)``.
  public init(_ path: String) throws(ImageError) {
    // Without O_NONBLOCK a named pipe would be waited on for ever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: systemErrorText()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(file: path, reason: "not a regular file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `target` with the bytes from `offset` on.
  /// - Throws: ``ImageError/unreadable(file:reason:)``, also where the file ends before.
  public func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws(ImageError) {
    var done = 0
    while done < target.count {
      let got = pread(
        descriptor, target.baseAddress?.advanced(by: done), target.count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .unreadable(file: path, reason: systemErrorText()) }
      guard got > 0 else {
        throw .unreadable(
          file: path, reason: "it ends at byte \(offset + done), \(offset + target.count) were expected")
      }
      done += got
    }
  }

  /// The whole content.
  /// - Throws: ``ImageError/unreadable(file:reason:)``.
  public func readAll() throws(ImageError) -> [UInt8] { try read(0..<size) }

  /// The bytes in a range.
  /// - Throws: ``ImageError/unreadable(file:reason:)``, also where the file ends before.
  public func read(_ range: Range<Int>) throws(ImageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var failure: ImageError?
    bytes.withUnsafeMutableBytes { target in
      do throws(ImageError) { try read(target, at: range.lowerBound) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Writes `bytes` beside `path` and renames them into place, so that no reader ever sees half a file.
func writeAtomically(_ bytes: [UInt8], to path: String) throws(ImageError) {
  do {
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
  } catch {
    throw .notWritten(file: path, reason: error.localizedDescription)
  }
}
