import Files
import Testing

@testable import Attack

@Suite struct ImageStatisticsTests {
  private func value(_ name: String, _ planes: [UInt8], _ height: Int, _ width: Int) throws -> Double {
    let statistics = ImageStatistics(planes: planes, height: height, width: width)
    return statistics.values[try #require(ImageStatistics.names.firstIndex(of: name))]
  }

  @Test("there is a name for each value")
  func names() {
    let statistics = ImageStatistics(planes: [UInt8](repeating: 7, count: 3 * 5 * 4), height: 5, width: 4)
    #expect(statistics.values.count == ImageStatistics.names.count)
    #expect(Set(ImageStatistics.names).count == ImageStatistics.names.count)
  }

  @Test("a white image: all in the last bin, white border, no gradient, equal neighbours")
  func white() throws {
    let planes = [UInt8](repeating: 255, count: 3 * 36)
    #expect(try value("green histogram 7", planes, 6, 6) == 1)
    #expect(try value("red mean", planes, 6, 6) == 1)
    #expect(try value("blue deviation", planes, 6, 6) == 0)
    #expect(try value("border whiteness", planes, 6, 6) == 1)
    #expect(try value("gradient magnitude 0", planes, 6, 6) == 1)
    #expect(try value("sharpness", planes, 6, 6) == 0)
    #expect(try value("equal neighbours", planes, 6, 6) == 1)
    #expect(abs(try value("level variety", planes, 6, 6)) < 1e-12)
  }

  @Test("a red image is saturated, a grey one is not")
  func saturation() throws {
    let red = [UInt8](repeating: 255, count: 16) + [UInt8](repeating: 0, count: 32)
    #expect(try value("saturation", red, 4, 4) == 1)
    #expect(try value("saturation", [UInt8](repeating: 80, count: 48), 4, 4) == 0)
  }

  @Test("a ramp from left to right has gradients to the right only")
  func ramp() throws {
    let plane = (0..<64).map { UInt8(($0 % 8) * 10) }
    #expect(try value("gradient direction 0", plane + plane + plane, 8, 8) == 1)
    // Central differences of 20 grey levels.
    #expect(try value("gradient magnitude 3", plane + plane + plane, 8, 8) == 1)
  }

  @Test("images of one pixel have statistics")
  func onePixel() {
    #expect(
      ImageStatistics(planes: [1, 2, 3], height: 1, width: 1).values.count == ImageStatistics.names.count)
  }
}
