import Files
import Vision

/// A picture whose PNG or JPEG bytes stand inside a larger file, as in an archive of many pictures.
///
/// The file is opened for each reading, as a picture of its own would be: a data set of thousands of archives then
/// holds none of them open.
struct FileRange: Sendable {
  let path: String
  /// Which bytes.
  let bytes: Range<Int>
  /// What the picture is called within the data set.
  let name: String

  /// Decodes the picture just as one that has a file to itself.
  func image(pixelLimit: Int) throws(ImageError) -> PixelImage {
    let file: ByteFile
    do { file = try ByteFile(path) } catch { throw ImageError(error) }
    return try PixelImage(reading: bytes, of: file, name: "\(path) (\(name))", pixelLimit: pixelLimit)
  }
}
