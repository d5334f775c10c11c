/// Parts pixels whose three colours stand together into planes: `[height, width, 3]` to `[3, height, width]`.
public func deinterleave(
  _ pixels: UnsafeBufferPointer<UInt8>, into planes: UnsafeMutableBufferPointer<UInt8>
) {
  precondition(
    pixels.count % 3 == 0 && planes.count >= pixels.count,
    "deinterleave: \(pixels.count) bytes into \(planes.count)")
  let area = pixels.count / 3
  for position in 0..<area {
    planes[position] = pixels[3 * position]
    planes[area + position] = pixels[3 * position + 1]
    planes[2 * area + position] = pixels[3 * position + 2]
  }
}

/// Lays pixels with transparency on white: `[height, width, 4]` to `[3, height, width]`,
/// `alpha · colour + (255 - alpha) · 255`, over 255 and rounded.
public func flattenOnWhite(
  _ pixels: UnsafeBufferPointer<UInt8>, into planes: UnsafeMutableBufferPointer<UInt8>
) {
  let area = pixels.count / 4
  precondition(
    pixels.count % 4 == 0 && planes.count >= 3 * area,
    "flattenOnWhite: \(pixels.count) bytes into \(planes.count)")
  for position in 0..<area {
    let alpha = Int(pixels[4 * position + 3])
    for plane in 0..<3 {
      let colour = Int(pixels[4 * position + plane])
      planes[plane * area + position] = UInt8((alpha * colour + (255 - alpha) * 255 + 127) / 255)
    }
  }
}

/// Turns planes stored column by column into planes stored row by row.
public func transposePlanes(
  _ source: UnsafeBufferPointer<UInt8>, planes: Int, height: Int, width: Int,
  into target: UnsafeMutableBufferPointer<UInt8>
) {
  let area = height * width
  precondition(
    source.count >= planes * area && target.count >= planes * area,
    "transposePlanes: \(source.count) bytes into \(target.count) for \(planes) planes of \(height)x\(width)")
  for plane in 0..<planes {
    for row in 0..<height {
      for column in 0..<width {
        target[plane * area + row * width + column] = source[plane * area + column * height + row]
      }
    }
  }
}
