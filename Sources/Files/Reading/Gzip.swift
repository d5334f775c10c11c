internal import CZlib
import Foundation

/// Whether bytes begin as a gzip file does.
package func isGzip(_ data: Data) -> Bool { data.starts(with: [0x1F, 0x8B]) }

/// The contents of a gzip file (RFC 1952), all its members.
/// - Parameters:
///   - file: the name to use in errors.
///   - limit: the most bytes that it may unpack to.
/// - Throws: ``FileError``.
package func gunzip(_ data: Data, file: String, limit: Int = 1 << 28) throws -> [UInt8] {
  guard data.count <= UInt32.max else {
    throw FileError.tooLarge(file: file, found: data.count, limit: Int(UInt32.max))
  }
  var stream = z_stream()
  // 15 bits of window, 16 for gzip's header.
  guard
    inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { throw FileError.damaged(file: file, reason: "zlib does not start") }
  defer { inflateEnd(&stream) }
  var source = [UInt8](data)
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  try source.withUnsafeMutableBufferPointer { source in
    stream.next_in = source.baseAddress
    stream.avail_in = uInt(source.count)
    while true {
      let status = chunk.withUnsafeMutableBufferPointer { chunk in
        stream.next_out = chunk.baseAddress
        stream.avail_out = uInt(chunk.count)
        return inflate(&stream, Z_NO_FLUSH)
      }
      result.append(contentsOf: chunk[..<(chunk.count - Int(stream.avail_out))])
      if result.count > limit {
        throw FileError.damaged(file: file, reason: "it unpacks to more than \(limit) bytes")
      }
      switch status {
      case Z_STREAM_END:
        if stream.avail_in == 0 { return }
        guard inflateReset(&stream) == Z_OK else {
          throw FileError.damaged(file: file, reason: "a second part cannot be read")
        }
      case Z_OK: continue
      case Z_BUF_ERROR:
        throw FileError.damaged(file: file, reason: "it ends before its contents do")
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib's error \(status)"
        throw FileError.damaged(file: file, reason: reason)
      }
    }
  }
  return result
}
