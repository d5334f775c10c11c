import Files
import Vision

/// Where one picture is and what it is called, before it is decoded.
enum PictureSource: Sendable {
  /// A PNG or JPEG file; the name is its path inside the data set.
  case file(path: String, name: String)
  /// A PNG or JPEG picture in some bytes of a larger file, as in an archive. The file is opened for each reading, as a
  /// picture of its own would be: a data set of thousands of archives then holds none of them open.
  case range(Range<Int>, path: String, name: String)
  /// A record of raw pixels.
  case record(RecordFile, Int)

  /// Names the picture for people: a path inside the data set, or file and record number.
  var name: String {
    switch self {
    case .file(_, let name), .range(_, _, let name): return name
    case .record(let file, let record): return "\(file.name):\(record)"
    }
  }

  /// The file that it is read from.
  var path: String {
    switch self {
    case .file(let path, _), .range(_, let path, _): return path
    case .record(let file, _): return file.path
    }
  }

  /// Decodes the picture at its own size.
  func decoded(pixelLimit: Int) throws(ImageError) -> PixelImage {
    switch self {
    case .file(let path, _): return try PixelImage(contentsOf: path, pixelLimit: pixelLimit)
    case .range(let bytes, let path, let name):
      let file: ByteFile
      do { file = try ByteFile(path) } catch { throw ImageError(error) }
      return try PixelImage(reading: bytes, of: file, name: "\(path) (\(name))", pixelLimit: pixelLimit)
    case .record(let file, let record): return try file.image(record)
    }
  }
}

/// What makes two pictures the same: their decoded pixels at their own size, whatever they are packed in.
public struct PictureIdentity: Hashable, Sendable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// XXH64 of the planes, `[3, height, width]`.
  let hash: UInt64

  func hasSize(of other: PictureIdentity) -> Bool { height == other.height && width == other.width }
}
