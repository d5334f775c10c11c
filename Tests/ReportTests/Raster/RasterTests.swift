import Foundation
import Testing

@testable import Report

@Suite struct RasterTests {
  private let black = RasterCanvas.Colour(0), white = RasterCanvas.Colour(0xFF_FFFF)

  /// How dark a pixel is, from 0 to 255.
  private func darkness(_ canvas: RasterCanvas, _ x: Int, _ y: Int) -> Int {
    255 - Int(canvas.bytes[3 * (y * canvas.width + x)])
  }

  /// Darkness over the whole picture, in whole pixels.
  private func area(_ canvas: RasterCanvas) -> Double {
    stride(from: 0, to: canvas.bytes.count, by: 3).reduce(0) {
      $0 + Double(255 - Int(canvas.bytes[$1])) / 255
    }
  }

  @Test("a line covers its pixels, and half of those that it lies half on")
  func line() {
    var canvas = RasterCanvas(width: 20, height: 10, ground: white)
    canvas.stroke([(2, 5), (18, 5)], black, thickness: 2)
    #expect([3, 4, 5, 6].map { darkness(canvas, 10, $0) } == [0, 255, 255, 0])
    canvas = RasterCanvas(width: 20, height: 10, ground: white)
    canvas.stroke([(2, 5.5), (18, 5.5)], black, thickness: 2)
    #expect([4, 5, 6].map { darkness(canvas, 10, $0) } == [127, 255, 127])
  }

  @Test("a dashed line has its gaps, also around a corner")
  func dashes() {
    var canvas = RasterCanvas(width: 40, height: 10, ground: white)
    canvas.stroke([(0, 5), (20, 5), (40, 5)], black, thickness: 2, dashes: [6, 4])
    #expect((0..<40).map { darkness(canvas, $0, 4) == 255 } == (0..<40).map { $0 % 10 < 6 })
  }

  @Test("an area is as large as the shape that is filled")
  func areas() {
    var canvas = RasterCanvas(width: 40, height: 40, ground: white)
    canvas.fill([(3.5, 3.25), (30.5, 3.25), (30.5, 20.25), (3.5, 20.25)], black)
    #expect(abs(area(canvas) - 27 * 17) < 2)
    canvas = RasterCanvas(width: 40, height: 40, ground: white)
    canvas.fill([(2, 38), (38, 38), (20, 2)], black)
    #expect(abs(area(canvas) - 36 * 36 / 2) < 4)
    canvas = RasterCanvas(width: 40, height: 40, ground: white)
    canvas.disc((20, 20), radius: 12, black)
    #expect(abs(area(canvas) - .pi * 144) < 5)
  }

  @Test("every printable character of ASCII has strokes of its own, letters with marks those of the letter")
  func font() {
    let characters = (33..<127).map { Character(UnicodeScalar($0)) }
    let frame = StrokeFont.glyphs("\u{4E00}")[0]
    for character in characters {
      let glyph = StrokeFont.glyphs(String(character))[0]
      #expect(!glyph.strokes.isEmpty && glyph != frame, "\(character)")
      #expect(
        glyph.strokes.allSatisfy { $0.count > 1 && $0.allSatisfy { (-2...7).contains($0.y) } }, "\(character)"
      )
      #expect(
        !characters.contains { $0 != character && StrokeFont.glyphs(String($0))[0] == glyph }, "\(character)")
    }
    #expect(StrokeFont.glyphs("é") == StrokeFont.glyphs("e"))
    #expect(StrokeFont.width("") == 0)
  }

  @Test("a chart as PNG has its size twice over, and begins as such a file does")
  func png() throws {
    let chart = try #require(try SampleAudit().record().charts().first)
    let png = try chart.png()
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    func number(_ place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == 720 && number(20) == Int((2 * chart.size.height).rounded(.up)))
  }
}
