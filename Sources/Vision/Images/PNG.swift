internal import CPNG
import Files
import Foundation
import Kernels

/// Decodes a PNG file of any kind to 8-bit colour on white.
///
/// The stored numbers are taken as sRGB whatever gamma or colour profile the file states, as Pillow and torchvision take
/// them, so that pixels are what encoders were trained on. Transparency is mixed in those numbers, as browsers do (not
/// in linear light).
func decodePNG(_ bytes: [UInt8], name: String, pixelLimit: Int) throws(ImageError) -> PixelImage {
  // libpng keeps the address from one call to the next.
  try withoutColourNotes(bytes).withUnsafeBufferPointer { (file) throws(ImageError) -> PixelImage in
    try decode(file, name: name, pixelLimit: pixelLimit)
  }
}

private func decode(
  _ file: UnsafeBufferPointer<UInt8>, name: String, pixelLimit: Int
) throws(ImageError) -> PixelImage {
  var png = png_image()
  png.version = UInt32(PNG_IMAGE_VERSION)
  defer { png_image_free(&png) }
  guard png_image_begin_read_from_memory(&png, file.baseAddress, file.count) != 0 else {
    throw damaged(png, name)
  }
  let (width, height) = (Int(png.width), Int(png.height))
  try checkDimensions(width: width, height: height, name: name, format: .png, pixelLimit: pixelLimit)
  let transparent = png.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
  png.format = UInt32(PNG_FORMAT_FLAG_COLOR) | (transparent ? UInt32(PNG_FORMAT_FLAG_ALPHA) : 0)
  // Else 16-bit files without a gamma are taken for linear light and come out far too bright.
  png.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
  let channels = transparent ? 4 : 3
  var decoded = false
  let pixels = [UInt8](unsafeUninitializedCapacity: channels * width * height) { buffer, count in
    decoded = png_image_finish_read(&png, nil, buffer.baseAddress, 0, nil) != 0
    count = decoded ? channels * width * height : 0
  }
  guard decoded else { throw damaged(png, name) }
  return pixels.withUnsafeBufferPointer { pixels in
    guard transparent else { return PixelImage(height: height, width: width, interleaved: pixels) }
    let planes = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
      flattenOnWhite(pixels, into: target)
      count = 3 * width * height
    }
    return PixelImage(height: height, width: width, bytes: planes)
  }
}

/// The file without the chunks by which libpng would correct colours: gAMA, cHRM, iCCP and sRGB. A chunk is its content's
/// length in four bytes, a name of four, the content, and a check sum of four; they end where the pixels begin.
private func withoutColourNotes(_ bytes: [UInt8]) -> [UInt8] {
  let notes: [[UInt8]] = ["gAMA", "cHRM", "iCCP", "sRGB"].map { Array($0.utf8) }
  let signature = 8
  var (kept, position) = (Array(bytes.prefix(signature)), signature)
  while position + 12 <= bytes.count {
    let name = bytes[(position + 4)..<(position + 8)]
    let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
    if name.elementsEqual("IDAT".utf8) || length > bytes.count - position - 12 { break }
    let end = position + 12 + length
    if !notes.contains(where: { name.elementsEqual($0) }) { kept += bytes[position..<end] }
    position = end
  }
  return position == kept.count ? bytes : kept + bytes[position...]
}

private func damaged(_ png: png_image, _ name: String) -> ImageError {
  let text = withUnsafeBytes(of: png.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  return .corrupt(file: name, format: ImageFormat.png.rawValue, reason: text)
}

extension PixelImage {
  /// The image as a PNG file, 8-bit RGB.
  /// - Throws: ``ImageError`` naming `name` when the library refuses, as it does for more than 2^31 - 1 rows.
  public func encodedPNG(name: String = "image") throws(ImageError) -> [UInt8] {
    guard let width = UInt32(exactly: width), let height = UInt32(exactly: height) else {
      throw .notWritten(file: name, reason: "\(self.width)x\(self.height) pixels are too many for PNG")
    }
    var png = png_image()
    png.version = UInt32(PNG_IMAGE_VERSION)
    png.width = width
    png.height = height
    png.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&png) }
    let pixels = interleaved
    // A first call without memory would compress once only to measure; this bound holds for any content.
    var size = pixels.count + pixels.count / 500 + 16 * self.height + 4096
    var encoded = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&png, &encoded, &size, 0, pixels, 0, nil) != 0 else {
      throw .notWritten(file: name, reason: damaged(png, name).reason)
    }
    encoded.removeLast(encoded.count - size)
    return encoded
  }

  /// Writes the image as a PNG file, whole or not at all.
  /// - Throws: ``ImageError/notWritten(file:reason:)``.
  public func writePNG(to path: String) throws(ImageError) {
    let bytes = Data(try encodedPNG(name: path))
    do {
      try atomicWrite(bytes, to: URL(fileURLWithPath: path))
    } catch let error as FileError {
      throw .notWritten(file: path, reason: error.reason)
    } catch {
      throw .notWritten(file: path, reason: "\(error)")
    }
  }
}
