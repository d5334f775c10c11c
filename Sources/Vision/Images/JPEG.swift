internal import CJPEG

/// Decodes a JPEG file: baseline or progressive; grey, colour, or CMYK.
func decodeJPEG(_ bytes: [UInt8], name: String, pixelLimit: Int) throws(ImageError) -> PixelImage {
  func damaged(_ header: cjpeg_image) -> ImageError {
    let text = withUnsafeBytes(of: header.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return .corrupt(file: name, format: ImageFormat.jpeg.rawValue, reason: text)
  }
  var header = cjpeg_image()
  guard cjpeg_read_header(bytes, bytes.count, &header) == 0 else { throw damaged(header) }
  let (width, height) = (Int(header.width), Int(header.height))
  try checkDimensions(width: width, height: height, name: name, format: .jpeg, pixelLimit: pixelLimit)
  var decoded = false
  let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { buffer, count in
    decoded = cjpeg_read_pixels(bytes, bytes.count, buffer.baseAddress, &header) == 0
    count = decoded ? 3 * width * height : 0
  }
  guard decoded else { throw damaged(header) }
  return pixels.withUnsafeBufferPointer { PixelImage(height: height, width: width, interleaved: $0) }
}
