import Files

/// The picture formats that are read, told apart by a file's first bytes.
public enum ImageFormat: String, Sendable, CaseIterable {
  case png = "PNG"
  case jpeg = "JPEG"

  private var signature: [UInt8] {
    switch self {
    case .png: return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    case .jpeg: return [0xFF, 0xD8, 0xFF]
    }
  }

  /// The format of a file that begins with `bytes`; nil for any other.
  public init?(content bytes: some Collection<UInt8>) {
    guard let format = ImageFormat.allCases.first(where: { bytes.starts(with: $0.signature) }) else {
      return nil
    }
    self = format
  }
}

extension PixelImage {
  /// The most pixels that a picture may claim, unless the caller sets another bound.
  public static let defaultPixelLimit = 64 << 20

  /// Decodes a PNG or JPEG file held in memory; the content tells which.
  ///
  /// Grey becomes equal red, green and blue; transparency is laid on white; 16 bits are scaled to 8; CMYK is
  /// multiplied out. Orientation notes of cameras are not followed.
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - pixelLimit: more pixels than this are refused from the header alone.
  /// - Throws: ``ImageError``.
  public init(
    decoding bytes: [UInt8], name: String, pixelLimit: Int = PixelImage.defaultPixelLimit
  ) throws(ImageError) {
    switch ImageFormat(content: bytes) {
    case .png: self = try decodePNG(bytes, name: name, pixelLimit: pixelLimit)
    case .jpeg: self = try decodeJPEG(bytes, name: name, pixelLimit: pixelLimit)
    case nil: throw .unknownFormat(file: name)
    }
  }

  /// Reads a PNG or JPEG file.
  /// - Throws: ``ImageError``.
  public init(
    contentsOf path: String, pixelLimit: Int = PixelImage.defaultPixelLimit
  ) throws(ImageError) {
    let file: ByteFile
    do { file = try ByteFile(path) } catch { throw ImageError(error) }
    try self.init(reading: 0..<file.size, of: file, name: path, pixelLimit: pixelLimit)
  }

  /// Reads a PNG or JPEG picture that stands in a range of a file.
  package init(reading range: Range<Int>, of file: ByteFile, name: String, pixelLimit: Int) throws(ImageError)
  {
    // No picture within the limit is larger than its raw 16-bit pixels with transparency and some metadata.
    let largest = pixelLimit.multipliedReportingOverflow(by: 8).partialValue &+ (64 << 20)
    guard range.count <= max(largest, 64 << 20) else {
      throw .unreadable(file: name, reason: "\(range.count) bytes are more than any allowed picture has")
    }
    let bytes: [UInt8]
    do { bytes = try file.read(range) } catch { throw ImageError(error) }
    try self.init(decoding: bytes, name: name, pixelLimit: pixelLimit)
  }
}

/// Refuses dimensions beyond the limit.
func checkDimensions(width: Int, height: Int, name: String, format: ImageFormat, pixelLimit: Int)
  throws(ImageError)
{
  guard width > 0, height > 0 else {
    throw .corrupt(file: name, format: format.rawValue, reason: "\(width)x\(height) pixels")
  }
  let (area, overflow) = width.multipliedReportingOverflow(by: height)
  guard !overflow, area <= pixelLimit else {
    throw .tooLarge(file: name, width: width, height: height, limit: pixelLimit)
  }
}
