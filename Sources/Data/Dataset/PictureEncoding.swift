import Files
import Vision

/// How a picture is packed in its file, which says nothing of what it shows and may yet tell one collection from another.
public struct PictureEncoding: Hashable, Sendable {
  /// PNG or JPEG; nil for raw pixels.
  public let format: ImageFormat?
  /// Of a JPEG file, as ``JPEGQuality`` has it.
  public let quality: Int?

  /// Headers with notes and previews that come before the tables of a JPEG file are seldom longer.
  fileprivate static let headerBytes = 256 << 10
}

extension Dataset {
  /// How picture `index` is packed.
  /// - Throws: `FileError` where its file cannot be read any more.
  public func encoding(of index: Int) throws -> PictureEncoding {
    guard let header = try contents.pictures[position(index)].source.header(PictureEncoding.headerBytes)
    else { return PictureEncoding(format: nil, quality: nil) }
    let format = ImageFormat(content: header)
    return PictureEncoding(format: format, quality: format == .jpeg ? JPEGQuality.estimated(header) : nil)
  }
}

extension PictureSource {
  /// The first bytes of the picture's file, or of its range of one; nil for raw pixels.
  fileprivate func header(_ most: Int) throws(FileError) -> [UInt8]? {
    switch self {
    case .file(let path, _):
      let file = try ByteFile(path)
      return try file.read(0..<min(file.size, most))
    case .range(let range, let path, _):
      return try ByteFile(path).read(range.lowerBound..<min(range.upperBound, range.lowerBound + most))
    case .record: return nil
    }
  }
}
