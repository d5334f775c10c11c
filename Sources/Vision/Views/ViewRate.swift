import Foundation
import Kernels
import Networks

/// How fast views are made, for benchmarks.
public struct ViewRate: Sendable {
  /// Views a second of wall-clock time, with the threads in use.
  public let perSecond: Double
  /// Views a second of processor time: what one core makes, whatever else the machine does meanwhile.
  public let perCoreSecond: Double

  /// Makes views of noise images of `imageSize` for about `seconds`.
  public static func measure(
    _ augmentation: Augmentation = .moco, imageSize: ImageExtent = ImageExtent(height: 32, width: 32),
    seconds: Double = 1
  ) -> ViewRate {
    let (images, viewsPerImage) = (256, 2)
    var noise = RandomStream(seed: 0, name: "rate")
    let pixels = (0..<images * 3 * imageSize.pixels).map { _ in UInt8(truncatingIfNeeded: noise.next32()) }
    func round(_ index: Int) {
      let streams = RandomStream(seed: 0, name: "views").substream(index)
      _ = augmentation.views(viewsPerImage, of: pixels, size: imageSize) { streams.substream($0) }
    }
    round(0)
    let (wall, processor) = (clock(CLOCK_MONOTONIC), clock(CLOCK_PROCESS_CPUTIME_ID))
    var rounds = 0
    repeat {
      rounds += 1
      round(rounds)
    } while clock(CLOCK_MONOTONIC) - wall < seconds
    let views = Double(rounds * images * viewsPerImage)
    return ViewRate(
      perSecond: views / (clock(CLOCK_MONOTONIC) - wall),
      perCoreSecond: views / (clock(CLOCK_PROCESS_CPUTIME_ID) - processor))
  }

  private static func clock(_ identifier: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(identifier, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
