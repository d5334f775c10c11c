/// How the pixels under one resized pixel are weighted.
public enum ResizeFilter: Sendable, CaseIterable {
  /// A triangle as wide as two target pixels: bilinear with antialiasing, bit for bit as Pillow computes it.
  case triangle
  /// Each source pixel by the share of it that lies under the target pixel: the mean brightness is kept.
  case area
}

/// One direction of a resize: which part of the resized axis is wanted.
public struct ResizedAxis: Sendable {
  /// Pixels of the source along this axis.
  public let source: Int
  /// Pixels that the whole source would have after resizing.
  public let resized: Int
  /// The resized pixels that are computed; the rest is cropped away.
  public let kept: Range<Int>

  /// The axis of `source` pixels scaled to `resized` of which `kept` are wanted; all, if none are named.
  public init(source: Int, resized: Int, kept: Range<Int>? = nil) {
    let kept = kept ?? 0..<resized
    precondition(
      source > 0 && resized > 0 && kept.lowerBound >= 0 && kept.upperBound <= resized && !kept.isEmpty,
      "ResizedAxis: \(kept) of \(source) pixels scaled to \(resized)")
    self.source = source
    self.resized = resized
    self.kept = kept
  }
}

/// Fixed-point weights of one axis. They hold 22 fractional bits, so that a sum of 8-bit pixels fits 32 bits.
struct ResizeWeights {
  static let fractionBits: Int32 = 22
  static let half = Int32(1) << (fractionBits - 1)

  /// The source pixels that one target pixel covers.
  struct Tap {
    /// The first source pixel.
    var source: Int
    /// How many.
    var count: Int
    /// Where their weights begin.
    var start: Int
  }
  private(set) var taps: [Tap] = []
  private(set) var weights: [Int32] = []

  init(_ axis: ResizedAxis, filter: ResizeFilter) {
    let scale = Double(axis.source) / Double(axis.resized)
    let stretch = max(scale, 1)
    let shrink = 1 / stretch
    var exact: [Double] = []
    for target in axis.kept {
      let low: Int
      let high: Int
      exact.removeAll(keepingCapacity: true)
      switch filter {
      case .triangle:
        let center = (Double(target) + 0.5) * scale
        low = max(0, Int(center - stretch + 0.5))
        high = min(axis.source, Int(center + stretch + 0.5))
        for source in low..<high {
          exact.append(max(0, 1 - abs((Double(source) - center + 0.5) * shrink)))
        }
      case .area:
        let start = Double(target) * scale
        let end = Double(target + 1) * scale
        low = min(Int(start), axis.source - 1)
        high = max(low + 1, min(axis.source, Int(end.rounded(.up))))
        for source in low..<high {
          exact.append(max(0, min(end, Double(source + 1)) - max(start, Double(source))))
        }
      }
      let sum = exact.reduce(0, +)
      taps.append(Tap(source: low, count: high - low, start: weights.count))
      for weight in exact {
        weights.append(Int32(weight / sum * Double(1 << ResizeWeights.fractionBits) + 0.5))
      }
    }
  }

  /// All source pixels that any target pixel needs.
  var span: Range<Int> {
    guard let first = taps.first, let last = taps.last else { return 0..<0 }
    return first.source..<last.source + last.count
  }
}

/// Resizes planes of 8-bit pixels with a separable antialiased filter, first along rows, then along columns, rounding
/// to 8 bits after each.
///
/// Only the kept part is computed, in memory that grows with that part and not with the whole resized picture.
/// - Parameters:
///   - source: `[planes, rows.source, columns.source]`.
///   - target: `[planes, rows.kept.count, columns.kept.count]`.
public func resize(
  _ source: UnsafeBufferPointer<UInt8>, planes: Int, rows: ResizedAxis, columns: ResizedAxis,
  filter: ResizeFilter, into target: UnsafeMutableBufferPointer<UInt8>
) {
  let (height, width) = (rows.kept.count, columns.kept.count)
  precondition(
    source.count >= planes * rows.source * columns.source && target.count >= planes * height * width,
    "resize: \(source.count) bytes are not \(planes)x\(rows.source)x\(columns.source) or \(target.count) not "
      + "\(planes)x\(height)x\(width)")
  let across = ResizeWeights(columns, filter: filter)
  let down = ResizeWeights(rows, filter: filter)
  let needed = down.span
  guard let first = source.baseAddress, let place = target.baseAddress else { return }
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: needed.count * width) { narrow in
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: width) { sums in
      guard let narrow = narrow.baseAddress, let sums = sums.baseAddress else { return }
      for plane in 0..<planes {
        let top = first + (plane * rows.source + needed.lowerBound) * columns.source
        across.shrinkRows(top, rows: needed.count, stride: columns.source, into: narrow)
        down.mixRows(
          narrow, from: needed.lowerBound, width: width, sums: sums, into: place + plane * height * width)
      }
    }
  }
}

extension ResizeWeights {
  /// Filters along each row.
  fileprivate func shrinkRows(
    _ source: UnsafePointer<UInt8>, rows: Int, stride: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    let width = taps.count
    taps.withUnsafeBufferPointer { taps in
      weights.withUnsafeBufferPointer { weights in
        for row in 0..<rows {
          let line = source + row * stride
          for column in 0..<width {
            let tap = taps[column]
            var sum = ResizeWeights.half
            for step in 0..<tap.count {
              sum &+= weights[tap.start &+ step] &* Int32(truncatingIfNeeded: line[tap.source &+ step])
            }
            target[row * width + column] = clamped(sum)
          }
        }
      }
    }
  }

  /// Filters along columns: each target row is a weighted sum of whole rows, the first of which is `offset`.
  fileprivate func mixRows(
    _ source: UnsafePointer<UInt8>, from offset: Int, width: Int, sums: UnsafeMutablePointer<Int32>,
    into target: UnsafeMutablePointer<UInt8>
  ) {
    for (row, tap) in taps.enumerated() {
      sums.update(repeating: ResizeWeights.half, count: width)
      for step in 0..<tap.count {
        let weight = weights[tap.start + step]
        let line = source + (tap.source + step - offset) * width
        for column in 0..<width { sums[column] &+= weight &* Int32(truncatingIfNeeded: line[column]) }
      }
      let line = target + row * width
      for column in 0..<width { line[column] = clamped(sums[column]) }
    }
  }
}

@inline(__always)
private func clamped(_ sum: Int32) -> UInt8 {
  UInt8(truncatingIfNeeded: max(0, min(255, sum >> ResizeWeights.fractionBits)))
}
