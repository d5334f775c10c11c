import Foundation

/// A picture that lines and areas are drawn on, smoothed at their edges by the share of each pixel that they cover.
struct RasterCanvas {
  /// A colour, red, green and blue from 0 to 1.
  struct Colour: Equatable {
    let red: Double
    let green: Double
    let blue: Double

    /// A colour as `0xRRGGBB`.
    init(_ code: Int) {
      (red, green, blue) = (
        Double(code >> 16 & 0xFF) / 255, Double(code >> 8 & 0xFF) / 255, Double(code & 0xFF) / 255
      )
    }
  }

  typealias Point = (x: Double, y: Double)

  let width: Int
  let height: Int
  private var pixels: [Double]

  /// A picture of one colour.
  init(width: Int, height: Int, ground: Colour) {
    (self.width, self.height) = (width, height)
    pixels = (0..<width * height).flatMap { _ in [ground.red, ground.green, ground.blue] }
  }

  /// Rows from the top, each pixel red, green and blue.
  var bytes: [UInt8] { pixels.map { UInt8((255 * min(1, max(0, $0))).rounded()) } }

  /// The share of each pixel in some part of the picture that a shape covers.
  private struct Mask {
    let columns: Range<Int>
    let rows: Range<Int>
    var shares: [Double]

    init?(_ box: (low: Point, high: Point), in canvas: RasterCanvas) {
      func range(_ low: Double, _ high: Double, _ end: Int) -> Range<Int> {
        let first = Int(max(0, min(Double(end), low.rounded(.down) - 1)))
        return first..<max(first, Int(max(0, min(Double(end), high.rounded(.up) + 1))))
      }
      columns = range(box.low.x, box.high.x, canvas.width)
      rows = range(box.low.y, box.high.y, canvas.height)
      guard !columns.isEmpty, !rows.isEmpty else { return nil }
      shares = [Double](repeating: 0, count: columns.count * rows.count)
    }
  }

  private static func box(_ points: [Point], reach: Double) -> (low: Point, high: Point) {
    let (x, y) = (points.map(\.x), points.map(\.y))
    return (
      ((x.min() ?? 0) - reach, (y.min() ?? 0) - reach), ((x.max() ?? 0) + reach, (y.max() ?? 0) + reach)
    )
  }

  private mutating func blend(_ mask: Mask, _ colour: Colour, opacity: Double) {
    for (row, y) in mask.rows.enumerated() {
      for (column, x) in mask.columns.enumerated() {
        let share = mask.shares[row * mask.columns.count + column] * opacity
        guard share > 0 else { continue }
        let place = 3 * (y * width + x)
        for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
          pixels[place + channel] += share * (value - pixels[place + channel])
        }
      }
    }
  }

  /// Draws a line through points.
  /// - Parameters:
  ///   - thickness: in pixels.
  ///   - dashes: lengths of strokes and gaps in turn; none for a line without gaps, whose ends and corners are round.
  mutating func stroke(_ points: [Point], _ colour: Colour, thickness: Double, dashes: [Double] = []) {
    let pieces =
      dashes.isEmpty ? zip(points, points.dropFirst()).map { [$0, $1] } : RasterCanvas.cut(points, dashes)
    // A point alone is a dot.
    let lines = points.count == 1 ? [[points[0], points[0]]] : pieces
    guard var mask = Mask(RasterCanvas.box(points, reach: thickness), in: self) else { return }
    for line in lines {
      RasterCanvas.cover(&mask, line[0], line[1], thickness: thickness, isRound: dashes.isEmpty)
    }
    blend(mask, colour, opacity: 1)
  }

  /// The strokes of a dashed line.
  private static func cut(_ points: [Point], _ dashes: [Double]) -> [[Point]] {
    var (pieces, part, left) = ([[Point]](), 0, dashes[0])
    for (from, to) in zip(points, points.dropFirst()) {
      let length = hypot(to.x - from.x, to.y - from.y)
      var done = 0.0
      while done < length {
        let step = min(left, length - done)
        func point(_ distance: Double) -> Point {
          (
            from.x + (to.x - from.x) * distance / length, from.y + (to.y - from.y) * distance / length
          )
        }
        if part % 2 == 0 { pieces.append([point(done), point(done + step)]) }
        done += step
        left -= step
        if left <= 1e-9 {
          part += 1
          left = dashes[part % dashes.count]
        }
      }
    }
    return pieces
  }

  private static func cover(_ mask: inout Mask, _ from: Point, _ to: Point, thickness: Double, isRound: Bool)
  {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let length = hypot(dx, dy)
    let reach = thickness / 2 + 1
    let (lowX, highX) = (min(from.x, to.x) - reach, max(from.x, to.x) + reach)
    let (lowY, highY) = (min(from.y, to.y) - reach, max(from.y, to.y) + reach)
    for (row, y) in mask.rows.enumerated() where Double(y) + 1 > lowY && Double(y) < highY {
      for (column, x) in mask.columns.enumerated() where Double(x) + 1 > lowX && Double(x) < highX {
        let (px, py) = (Double(x) + 0.5 - from.x, Double(y) + 0.5 - from.y)
        let along = length > 0 ? (px * dx + py * dy) / length : 0
        let share: Double
        if isRound {
          let nearest = min(max(along, 0), length)
          let (nx, ny) = length > 0 ? (dx / length * nearest, dy / length * nearest) : (0, 0)
          share = thickness / 2 + 0.5 - hypot(px - nx, py - ny)
        } else {
          let across = length > 0 ? abs(px * dy - py * dx) / length : hypot(px, py)
          share = min(thickness / 2 + 0.5 - across, along + 0.5, length - along + 0.5)
        }
        let place = row * mask.columns.count + column
        mask.shares[place] = max(mask.shares[place], min(1, min(thickness, max(0, share))))
      }
    }
  }

  /// Fills the area within a line that is closed from its last point to its first.
  mutating func fill(_ points: [Point], _ colour: Colour, opacity: Double = 1) {
    guard points.count > 2, var mask = Mask(RasterCanvas.box(points, reach: 0), in: self) else { return }
    let lines = 4
    let edges = zip(points, points.dropFirst() + points.prefix(1))
    for (row, y) in mask.rows.enumerated() {
      for line in 0..<lines {
        let height = Double(y) + (Double(line) + 0.5) / Double(lines)
        var crossings: [Double] = []
        for (from, to) in edges where (from.y <= height) != (to.y <= height) {
          crossings.append(from.x + (height - from.y) / (to.y - from.y) * (to.x - from.x))
        }
        crossings.sort()
        // Between an odd crossing and the next lies the inside.
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          for (column, x) in mask.columns.enumerated() {
            let covered = min(crossings[pair + 1], Double(x) + 1) - max(crossings[pair], Double(x))
            if covered > 0 { mask.shares[row * mask.columns.count + column] += covered / Double(lines) }
          }
        }
      }
    }
    mask.shares = mask.shares.map { min(1, $0) }
    blend(mask, colour, opacity: opacity)
  }

  /// Fills a circle.
  mutating func disc(_ centre: Point, radius: Double, _ colour: Colour) {
    stroke([centre], colour, thickness: 2 * radius)
  }

  /// Puts a picture into a rectangle, each pixel of it as a square.
  mutating func place(_ picture: [UInt8], rows: Int, columns: Int, from: Point, to: Point) {
    for y in max(0, Int(from.y.rounded()))..<max(0, min(height, Int(to.y.rounded()))) {
      for x in max(0, Int(from.x.rounded()))..<max(0, min(width, Int(to.x.rounded()))) {
        let row = min(rows - 1, max(0, Int((Double(y) + 0.5 - from.y) / (to.y - from.y) * Double(rows))))
        let column = min(
          columns - 1, max(0, Int((Double(x) + 0.5 - from.x) / (to.x - from.x) * Double(columns))))
        for channel in 0..<3 {
          pixels[3 * (y * width + x) + channel] =
            Double(picture[3 * (row * columns + column) + channel]) / 255
        }
      }
    }
  }
}
