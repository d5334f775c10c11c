import Networks
import Testing

@testable import Kernels

/// Bytes of `images` random images; a quarter of the pixels are gray, black, white or a pure colour.
func randomPixels(_ size: ImageExtent, images: Int = 1, seed: UInt64 = 1) -> [UInt8] {
  var stream = RandomStream(seed: seed, name: "pixels")
  var result: [UInt8] = []
  for _ in 0..<images {
    var planes = [[UInt8]](repeating: [], count: 3)
    for _ in 0..<size.pixels {
      let isSpecial = stream.integer(below: 4) == 0
      let isGray = isSpecial && stream.integer(below: 2) == 0
      let gray = UInt8(stream.integer(below: 256))
      for channel in 0..<3 {
        let value = isSpecial ? 255 * stream.integer(below: 2) : stream.integer(below: 256)
        planes[channel].append(isGray ? gray : UInt8(value))
      }
    }
    result += planes.joined()
  }
  return result
}

/// One view of one image, not normalised.
func view(_ pixels: [UInt8], _ size: ImageExtent, _ parameters: ViewParameters, to viewSize: ImageExtent)
  -> [Float]
{
  augmentedViews(
    of: pixels, imageSize: size, viewSize: viewSize, viewsPerImage: 1, normalisation: .identity
  ) { _ in parameters }.values
}

/// The whole of an image, with the given changes and at its own size.
func adjusted(_ pixels: [UInt8], _ size: ImageExtent, _ adjustments: [ColourAdjustment]) -> [Float] {
  view(pixels, size, ViewParameters(crop: whole(size), adjustments: adjustments), to: size)
}

func whole(_ size: ImageExtent) -> ViewParameters.Crop {
  .init(top: 0, left: 0, height: size.height, width: size.width)
}

func largestDifference(_ values: [Float], _ expected: [Float]) -> Float {
  values.count == expected.count ? zip(values, expected).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

func naiveView(
  _ pixels: [UInt8], _ size: ImageExtent, _ parameters: ViewParameters, to viewSize: ImageExtent
) -> [Float] {
  var naive = NaiveView(pixels: pixels, size: size)
  naive.apply(parameters, viewSize: viewSize)
  return naive.planes.joined().map { Float($0) }
}
