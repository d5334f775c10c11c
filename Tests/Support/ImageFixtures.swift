import Foundation
import Vision

/// The committed pictures, and the formulas they were drawn by.
public enum ImageFixtures {
  /// Where they lie.
  public static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/images").path

  /// The path of one of them.
  public static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// The bytes of one of them.
  public static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// A picture of 12x9 whose pixel at column x, row y is `pixel(x, y)`.
  public static func picture(_ pixel: (Int, Int) -> [Int]) -> PixelImage {
    drawn(width: 12, height: 9) { x, y, c in pixel(x, y)[c] }
  }

  /// A picture whose value at column x, row y, channel c is `value(x, y, c)`.
  public static func drawn(width: Int, height: Int, _ value: (Int, Int, Int) -> Int) -> PixelImage {
    var bytes: [UInt8] = []
    for c in 0..<3 {
      for y in 0..<height { for x in 0..<width { bytes.append(UInt8(value(x, y, c))) } }
    }
    return PixelImage(height: height, width: width, bytes: bytes)
  }

  /// Three values of the coloured fixtures.
  public static func colour(_ x: Int, _ y: Int) -> [Int] { [x * 20, y * 28, (x * y * 3) % 256] }
  /// The value of the grey fixtures.
  public static func grey(_ x: Int, _ y: Int) -> Int { (x * 11 + y * 13) % 256 }
  /// The opacity of the translucent fixtures.
  public static func alpha(_ x: Int, _ y: Int) -> Int { [0, 85, 170, 255][(x + y) % 4] }
  /// A picture without smooth parts.
  public static func rough(_ x: Int, _ y: Int, _ c: Int) -> Int {
    (x * 37 + y * 91 + c * 53 + (x * y) % 17 * 11) % 256
  }

  /// A colour laid on white.
  public static func onWhite(_ colour: Int, _ alpha: Int) -> Int {
    Int((Double(colour * alpha + 255 * (255 - alpha)) / 255).rounded())
  }

  /// Planes of pixels that another program computed.
  public struct Planes: Decodable {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Columns after resizing.
    public var toWidth: Int?
    /// Rows after resizing.
    public var toHeight: Int?
    /// Red, green, blue, row by row.
    public var planes: [[UInt8]]
  }
}
