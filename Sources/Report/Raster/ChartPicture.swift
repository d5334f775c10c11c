import Foundation
import Vision

/// A chart as pixels, for programs and papers that take no SVG: what ``Chart/style`` says of its classes on a light ground, with
/// text in strokes.
extension Chart {
  /// The chart as a PNG file.
  /// - Parameter scale: pixels of a unit.
  /// - Throws: `ImageError` where the library refuses.
  public func png(scale: Double = 2) throws -> [UInt8] {
    let canvas = raster(scale: scale)
    let pixels = canvas.bytes
    let planes = (0..<3).flatMap { channel in
      stride(from: channel, to: pixels.count, by: 3).map { pixels[$0] }
    }
    return try PixelImage(height: canvas.height, width: canvas.width, bytes: planes).encodedPNG(name: name)
  }

  func raster(scale: Double) -> RasterCanvas {
    var painter = ChartPainter(
      canvas: RasterCanvas(
        width: Int((size.width * scale).rounded(.up)), height: Int((size.height * scale).rounded(.up)),
        ground: ChartPainter.ground), scale: scale)
    for element in content { painter.draw(element) }
    return painter.canvas
  }
}

/// Draws the elements that charts are made of.
private struct ChartPainter {
  var canvas: RasterCanvas
  let scale: Double

  static let ground = RasterCanvas.Colour(0xFF_FFFF)
  private static let ink = RasterCanvas.Colour(0x1C_2024)
  private static let soft = RasterCanvas.Colour(0x5C_6670)
  private static let grid = RasterCanvas.Colour(0xD5_DAE0)
  private static let first = RasterCanvas.Colour(0x0B_5CAD)
  private static let second = RasterCanvas.Colour(0xB3_430F)

  mutating func draw(_ element: Markup) {
    guard case .element(let name, let attributes, let children) = element else { return }
    let values = Dictionary(attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let classes = Set((values["class"] ?? "").split(separator: " ").map(String.init))
    func number(_ key: String) -> Double { values[key].flatMap(Double.init) ?? 0 }
    func point(_ x: String, _ y: String) -> RasterCanvas.Point { (scale * number(x), scale * number(y)) }
    switch name {
    case "line": stroke([point("x1", "y1"), point("x2", "y2")], classes)
    case "path": path(values["d"] ?? "", classes)
    case "circle":
      let isHollow = classes.contains("hollow")
      let radius = scale * number("r")
      canvas.disc(
        point("cx", "cy"), radius: radius + (isHollow ? 0.75 * scale : 0),
        isHollow ? ChartPainter.second : ChartPainter.first)
      if isHollow { canvas.disc(point("cx", "cy"), radius: radius - 0.75 * scale, ChartPainter.ground) }
    case "rect":
      let (x, y) = point("x", "y")
      let (right, bottom) = (x + scale * number("width"), y + scale * number("height"))
      let corners: [RasterCanvas.Point] = [(x, y), (right, y), (right, bottom), (x, bottom)]
      if classes.contains("second") {
        canvas.fill(corners, ChartPainter.ground)
        canvas.stroke(corners + [(x, y)], ChartPainter.second, thickness: 1.2 * scale)
      } else {
        canvas.fill(corners, ChartPainter.first, opacity: values["fill-opacity"].flatMap(Double.init) ?? 1)
      }
    case "text":
      let text = children.compactMap { child -> String? in
        if case .text(let text) = child { return text }
        return nil
      }.joined()
      write(text, at: point("x", "y"), classes)
    default: for child in children { draw(child) }
    }
  }

  private mutating func path(_ data: String, _ classes: Set<String>) {
    let points = data.split { "MLZ".contains($0) }.compactMap { part -> RasterCanvas.Point? in
      let numbers = part.split(separator: " ").compactMap { Double($0) }
      return numbers.count == 2 ? (scale * numbers[0], scale * numbers[1]) : nil
    }
    if classes.contains("band") {
      canvas.fill(points, ChartPainter.first, opacity: 0.16)
    } else {
      stroke(points, classes)
    }
  }

  private mutating func stroke(_ points: [RasterCanvas.Point], _ classes: Set<String>) {
    let styles: [(name: String, colour: RasterCanvas.Colour, width: Double, dashes: [Double])] = [
      ("grid", ChartPainter.grid, 1, []), ("axis", ChartPainter.soft, 1, []),
      ("chance", ChartPainter.soft, 1.5, [2, 3]), ("first", ChartPainter.first, 2, []),
      ("second", ChartPainter.second, 1.5, []), ("threshold", ChartPainter.ink, 1.5, [4, 3]),
      ("mixed", ChartPainter.ink, 1.5, [8, 3, 2, 3]),
    ]
    let style = styles.first { classes.contains($0.name) }
    var dashes = style?.dashes ?? []
    if classes.contains("dashed") { dashes = [7, 3] }
    if classes.contains("dotted") { dashes = [2, 2] }
    canvas.stroke(
      points, style?.colour ?? ChartPainter.ink, thickness: scale * (style?.width ?? 1.5),
      dashes: dashes.map { scale * $0 })
  }

  /// Capitals are as high as those of the font of 11 units that stands in SVG.
  private mutating func write(_ text: String, at place: RasterCanvas.Point, _ classes: Set<String>) {
    let unit = 8 / StrokeFont.height * scale * 0.97
    let length = StrokeFont.width(text) * unit * ChartPainter.narrowing
    var left = place.x
    if classes.contains("end") { left -= length }
    if classes.contains("middle") { left -= length / 2 }
    var lines: [[RasterCanvas.Point]] = []
    for glyph in StrokeFont.glyphs(text) {
      lines += glyph.strokes.map { stroke in
        stroke.map { point in (left + point.x * unit * ChartPainter.narrowing, place.y - point.y * unit) }
      }
      left += (glyph.width + StrokeFont.gap) * unit * ChartPainter.narrowing
    }
    let weight = classes.contains("strong") ? 1.6 : 1.1
    // What crosses a text ends a little before it.
    for line in lines { canvas.stroke(line, ChartPainter.ground, thickness: (weight + 2.4) * scale) }
    let colour = classes.contains("soft") ? ChartPainter.soft : ChartPainter.ink
    for line in lines { canvas.stroke(line, colour, thickness: weight * scale) }
  }

  /// How much narrower than high a unit of the font is drawn.
  private static let narrowing = 0.84
}
