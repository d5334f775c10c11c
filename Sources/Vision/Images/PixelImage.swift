import Foundation
import Kernels

/// An 8-bit colour image, its three colour planes one after the other: `[3, height, width]` bytes, red, green, blue,
/// each from the top row down.
public struct PixelImage: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// All pixels, 3 · height · width bytes.
  public let bytes: [UInt8]

  /// An image of the given planes, `[3, height, width]`.
  public init(height: Int, width: Int, bytes: [UInt8]) {
    precondition(
      height > 0 && width > 0 && bytes.count == 3 * height * width,
      "PixelImage: \(bytes.count) bytes do not make 3 planes of \(height)x\(width)")
    self.height = height
    self.width = width
    self.bytes = bytes
  }

  /// An image from pixels whose three colours stand together.
  init(height: Int, width: Int, interleaved: UnsafeBufferPointer<UInt8>) {
    let planar = [UInt8](unsafeUninitializedCapacity: 3 * height * width) { planes, count in
      deinterleave(interleaved, into: planes)
      count = 3 * height * width
    }
    self.init(height: height, width: width, bytes: planar)
  }

  /// The pixels with their three colours together, `[height, width, 3]`.
  public var interleaved: [UInt8] {
    let area = height * width
    return [UInt8](unsafeUninitializedCapacity: 3 * area) { pixels, count in
      for plane in 0..<3 {
        for position in 0..<area { pixels[3 * position + plane] = bytes[plane * area + position] }
      }
      count = 3 * area
    }
  }

  /// The square of side `size` that most of a picture fits in: the shorter side is scaled to `size` with an
  /// antialiased triangle filter (bit for bit Pillow's bilinear), and the middle of the longer side is kept.
  ///
  /// An image that is `size` by `size` already comes back unchanged.
  public func fitted(to size: Int) -> PixelImage {
    precondition(size > 0, "PixelImage.fitted: \(size) is no size")
    if height == size && width == size { return self }
    let fitted = [UInt8](unsafeUninitializedCapacity: 3 * size * size) { target, count in
      bytes.withUnsafeBufferPointer { fit($0, height: height, width: width, into: target, size: size) }
      count = 3 * size * size
    }
    return PixelImage(height: size, width: size, bytes: fitted)
  }
}

/// Scales the shorter side to `size` and keeps the middle of the longer, as torchvision's `Resize` and `CenterCrop`.
func fit(
  _ source: UnsafeBufferPointer<UInt8>, height: Int, width: Int,
  into target: UnsafeMutableBufferPointer<UInt8>, size: Int
) {
  let tall = height > width
  let long = size * max(height, width) / min(height, width)
  let margin = Int((Double(long - size) / 2).rounded(.toNearestOrEven))
  let rows = ResizedAxis(
    source: height, resized: tall ? long : size, kept: (tall ? margin : 0)..<(tall ? margin : 0) + size)
  let columns = ResizedAxis(
    source: width, resized: tall ? size : long, kept: (tall ? 0 : margin)..<(tall ? 0 : margin) + size)
  resize(source, planes: 3, rows: rows, columns: columns, filter: .triangle, into: target)
}
