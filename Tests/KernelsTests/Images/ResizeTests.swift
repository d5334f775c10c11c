import Testing

@testable import Kernels

@Suite("Resize") struct ResizeTests {
  private func resized(
    _ pixels: [UInt8], planes: Int = 1, rows: ResizedAxis, columns: ResizedAxis, filter: ResizeFilter
  ) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: planes * rows.kept.count * columns.kept.count)
    target.withUnsafeMutableBufferPointer { target in
      pixels.withUnsafeBufferPointer {
        resize($0, planes: planes, rows: rows, columns: columns, filter: filter, into: target)
      }
    }
    return target
  }

  private func noise(_ count: Int) -> [UInt8] {
    (0..<count).map { (index: Int) -> UInt8 in UInt8((index * 7919 + index * index * 31) % 251) }
  }

  @Test("An image of one level keeps it at any size", arguments: ResizeFilter.allCases, [1, 3, 16, 50])
  func constant(filter: ResizeFilter, side: Int) {
    for level: UInt8 in [0, 1, 127, 254, 255] {
      let image = [UInt8](repeating: level, count: 23 * 17)
      let small = resized(
        image, rows: ResizedAxis(source: 23, resized: side), columns: ResizedAxis(source: 17, resized: side),
        filter: filter)
      #expect(small == [UInt8](repeating: level, count: side * side))
    }
  }

  @Test("The same size gives the same image", arguments: ResizeFilter.allCases)
  func identity(filter: ResizeFilter) {
    let image = noise(3 * 11 * 7)
    let same = resized(
      image, planes: 3, rows: ResizedAxis(source: 11, resized: 11),
      columns: ResizedAxis(source: 7, resized: 7),
      filter: filter)
    #expect(same == image)
  }

  @Test("Area halves a picture to the means of its 2x2 blocks")
  func halves() {
    let image: [UInt8] = [0, 4, 100, 200, 8, 12, 100, 200]
    let half = resized(
      image, rows: ResizedAxis(source: 2, resized: 1), columns: ResizedAxis(source: 4, resized: 2),
      filter: .area)
    #expect(half == [6, 150])
  }

  @Test("Area gives a pixel on the border to both sides by its shares")
  func shares() {
    // 3 pixels to 2: each target pixel is one and a half wide.
    let row = resized(
      [30, 90, 240], rows: ResizedAxis(source: 1, resized: 1), columns: ResizedAxis(source: 3, resized: 2),
      filter: .area)
    #expect(row == [50, 190])
  }

  @Test("Area keeps the mean within the rounding of each pass", arguments: [5, 12, 31, 64])
  func mean(side: Int) {
    let image = noise(60 * 44)
    let other = resized(
      image, rows: ResizedAxis(source: 60, resized: side), columns: ResizedAxis(source: 44, resized: side),
      filter: .area)
    let before = Double(image.reduce(0) { $0 + Int($1) }) / Double(image.count)
    let after = Double(other.reduce(0) { $0 + Int($1) }) / Double(other.count)
    #expect(abs(before - after) < 1)
  }

  @Test("A single bright column spreads as a triangle when shrunk by two")
  func triangle() {
    // The weights at scale 2 are 1/8, 3/8, 3/8, 1/8 around each target's centre.
    var row = [UInt8](repeating: 0, count: 16)
    row[7] = 240
    let half = resized(
      row, rows: ResizedAxis(source: 1, resized: 1), columns: ResizedAxis(source: 16, resized: 8),
      filter: .triangle)
    #expect(half == [0, 0, 0, 90, 30, 0, 0, 0])
  }

  @Test("The kept part is the same as cut out of the whole", arguments: ResizeFilter.allCases)
  func cropped(filter: ResizeFilter) {
    let image = noise(40 * 30)
    let whole = resized(
      image, rows: ResizedAxis(source: 40, resized: 20), columns: ResizedAxis(source: 30, resized: 45),
      filter: filter)
    let part = resized(
      image, rows: ResizedAxis(source: 40, resized: 20, kept: 3..<15),
      columns: ResizedAxis(source: 30, resized: 45, kept: 17..<40), filter: filter)
    let cut = (3..<15).flatMap { row in (17..<40).map { whole[row * 45 + $0] } }
    #expect(part == cut)
  }

  @Test(
    "Both passes equal a direct computation in exact arithmetic within one level", arguments: [7, 16, 33])
  func naive(side: Int) {
    let (height, width) = (29, 21)
    let image = noise(height * width)
    func weights(_ target: Int, _ source: Int) -> [Double] {
      let scale = Double(source) / Double(side)
      let reach = max(scale, 1)
      let center = (Double(target) + 0.5) * scale
      let raw = (0..<source).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
      let sum = raw.reduce(0, +)
      return raw.map { $0 / sum }
    }
    let result = resized(
      image, rows: ResizedAxis(source: height, resized: side),
      columns: ResizedAxis(source: width, resized: side),
      filter: .triangle)
    for row in 0..<side {
      let down = weights(row, height)
      for column in 0..<side {
        let across = weights(column, width)
        var sum = 0.0
        for y in 0..<height {
          for x in 0..<width { sum += down[y] * across[x] * Double(image[y * width + x]) }
        }
        #expect(abs(sum - Double(result[row * side + column])) <= 1)
      }
    }
  }

  @Test("A strip a million times as long as wide is fitted in little memory")
  func strip() {
    let row = [UInt8](repeating: 9, count: 1 << 20)
    let middle = resized(
      row, rows: ResizedAxis(source: 1, resized: 64),
      columns: ResizedAxis(source: 1 << 20, resized: 64 << 20, kept: (32 << 20)..<(32 << 20) + 64),
      filter: .triangle)
    #expect(middle == [UInt8](repeating: 9, count: 64 * 64))
  }

  @Test("Planes are parted, transposed and laid on white as written")
  func planes() {
    func made(_ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) -> [UInt8] {
      var result = [UInt8](repeating: 0, count: count)
      result.withUnsafeMutableBufferPointer { body($0) }
      return result
    }
    let parted = [1, 2, 3, 4, 5, 6].withUnsafeBufferPointer { source in
      made(6) { deinterleave(source, into: $0) }
    }
    #expect(parted == [1, 4, 2, 5, 3, 6])
    let rows = [1, 2, 3, 4, 5, 6].withUnsafeBufferPointer { source in
      made(6) { transposePlanes(source, planes: 1, height: 2, width: 3, into: $0) }
    }
    #expect(rows == [1, 3, 5, 2, 4, 6])
    let flat = [10, 20, 30, 0, 10, 20, 30, 255, 0, 100, 255, 51].withUnsafeBufferPointer { source in
      made(9) { flattenOnWhite(source, into: $0) }
    }
    #expect(flat == [255, 10, 204, 255, 20, 224, 255, 30, 255])
  }
}
