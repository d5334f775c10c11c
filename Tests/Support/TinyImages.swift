import Files
import Foundation
import Networks
import Vision

/// Small pictures for whole runs in seconds: mosaics of sixteen random colours, each picture with its own.
public enum TinyImages {
  /// The picture of that number.
  public static func image(_ index: Int, size: Int = 16) -> PixelImage {
    var random = RandomStream(seed: 7, name: "tiny images").substream(index)
    let colours = (0..<48).map { _ in UInt8(truncatingIfNeeded: random.next32()) }
    var bytes: [UInt8] = []
    for plane in 0..<3 {
      for row in 0..<size {
        for column in 0..<size {
          bytes.append(colours[16 * plane + 4 * (4 * row / size) + 4 * column / size])
        }
      }
    }
    return PixelImage(height: size, width: size, bytes: bytes)
  }

  /// Writes the first `count` pictures as PNG files, in turn to sub-folders `class0`, `class1` where there are classes.
  public static func write(_ count: Int, size: Int = 16, classes: Int = 0, to folder: URL) throws {
    for index in 0..<count {
      let place = classes > 0 ? folder.appending(path: "class\(index % classes)") : folder
      try makeFolder(place)
      try image(index, size: size).writePNG(to: place.appending(path: String(format: "%03d.png", index)).path)
    }
  }
}
