/// Means and variances by channel of a batch, or of each of `groups` equal parts of it.
///
/// Parts stand in for the devices of a larger run, each of which would normalise its own share of a batch.
public struct BatchStatistics: Sendable {
  /// `[groups, padded channels]`.
  let mean: Tensor
  /// 1/sqrt(variance + epsilon), `[groups, padded channels]`.
  let inverseDeviation: Tensor
  let groups: Int
  /// Mean over the groups of their means, `[channels]`.
  public let batchMean: Tensor
  /// Mean over the groups of their unbiased variances, `[channels]`.
  public let batchVariance: Tensor

  /// The statistics of images `[batch, channels, height, width]`.
  public init(of images: Tensor, groups: Int, epsilon: Float) {
    let begin = Profile.begin()
    defer { Profile.end(begin, "batch norm statistics") }
    let pass = StatisticsPass(images, groups: groups, epsilon: epsilon)
    pass.planes.forEach(pass.plane)
    for block in 0..<pass.planes.blocks { pass.combine(block) }
    self = pass.statistics
  }

  init(
    mean: Tensor, inverseDeviation: Tensor, groups: Int, batchMean: Tensor, batchVariance: Tensor
  ) {
    (self.mean, self.inverseDeviation, self.groups) = (mean, inverseDeviation, groups)
    (self.batchMean, self.batchVariance) = (batchMean, batchVariance)
  }

  /// Fixed statistics, as in inference: `mean` and `variance` are `[channels]`.
  public init(mean: Tensor, variance: Tensor, epsilon: Float) {
    let padded = Planes.padded(mean)
    let inverse = Planes.padded(variance)
    for index in 0..<mean.count {
      inverse.pointer[index] = 1 / (inverse.pointer[index] + epsilon).squareRoot()
    }
    self.mean = padded.reshaped([1, padded.count])
    inverseDeviation = inverse.reshaped([1, padded.count])
    groups = 1
    (batchMean, batchVariance) = (mean, variance)
  }
}

/// The statistics of a batch in the making: first of each plane, then, block by block of channels, of all images.
///
/// Each plane's mean and squared deviations are taken while it lies in cache, and then combined: exact where a
/// difference of sums of squares would cancel, and the same for any number of threads and any order of the planes.
struct StatisticsPass {
  let planes: Planes
  private let images: Tensor
  private let groups: Int
  private let epsilon: Float
  private let partialMean: Tensor
  private let partialSquares: Tensor
  private let mean: Tensor
  private let inverse: Tensor
  private let averageMean: Tensor
  private let averageVariance: Tensor

  init(_ images: Tensor, groups: Int, epsilon: Float) {
    self.images = images.blocked()
    planes = Planes(self.images, "batch statistics")
    precondition(
      groups >= 1 && planes.images % groups == 0,
      "batch norm: \(planes.images) images do not divide into \(groups) groups")
    (self.groups, self.epsilon) = (groups, epsilon)
    let channels = planes.channels
    partialMean = Tensor(uninitialized: [planes.images, channels])
    partialSquares = Tensor(uninitialized: [planes.images, channels])
    mean = Tensor(uninitialized: [groups, channels])
    inverse = Tensor(uninitialized: [groups, channels])
    (averageMean, averageVariance) = (Tensor(zeros: [channels]), Tensor(zeros: [channels]))
  }

  /// The means and squared deviations of one plane.
  func plane(_ image: Int, _ block: Int, _ offset: Int) {
    let plane = images.pointer + offset
    var sum0 = Lanes.zero
    var sum1 = Lanes.zero
    let whole = planes.length & ~31
    var index = 0
    while index < whole {
      sum0 += plane.lanes(index)
      sum1 += plane.lanes(index + 16)
      index += 32
    }
    while index < planes.length {
      let count = min(16, planes.length - index)
      sum0 += count == 16 ? plane.lanes(index) : UnsafePointer(plane).lanes(index, count: count)
      index += 16
    }
    let means = partialMean.pointer + image * planes.channels
    Planes.storeSum((sum0 + sum1) * (1 / Float(planes.pixels)), means, block)
    let mean = Planes.constants(means, block)
    var squares0 = Lanes.zero
    var squares1 = Lanes.zero
    index = 0
    while index < whole {
      let (a, b) = (plane.lanes(index) - mean, plane.lanes(index + 16) - mean)
      squares0.addProduct(a, a)
      squares1.addProduct(b, b)
      index += 32
    }
    while index < planes.length {
      let count = min(16, planes.length - index)
      var a = (count == 16 ? plane.lanes(index) : UnsafePointer(plane).lanes(index, count: count)) - mean
      for lane in count..<16 { a[lane] = 0 }
      squares0.addProduct(a, a)
      index += 16
    }
    Planes.storeSum(squares0 + squares1, partialSquares.pointer + image * planes.channels, block)
  }

  /// What all planes of a block of channels are together.
  func combine(_ block: Int) {
    let channels = planes.channels
    let perGroup = planes.images / groups
    let count = Float(perGroup * planes.pixels)
    let unbiased = count > 1 ? 1 / (count - 1) : 0
    for start in stride(from: block * Layout.block, to: (block + 1) * Layout.block, by: 8) {
      for group in 0..<groups {
        var sum = SIMD8<Double>.zero
        func row(_ tensor: Tensor, _ image: Int) -> SIMD8<Double> {
          let pointer = tensor.pointer + (group * perGroup + image) * channels + start
          return SIMD8<Double>(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self))
        }
        for image in 0..<perGroup { sum += row(partialMean, image) }
        let center = sum / Double(perGroup)
        var squares = SIMD8<Double>.zero
        for image in 0..<perGroup {
          let difference = row(partialMean, image) - center
          squares += row(partialSquares, image) + difference * difference * Double(planes.pixels)
        }
        for lane in 0..<8 {
          let (m, s) = (Float(center[lane]), Float(squares[lane]))
          mean.pointer[group * channels + start + lane] = m
          inverse.pointer[group * channels + start + lane] = 1 / (s / count + epsilon).squareRoot()
          averageMean.pointer[start + lane] += m / Float(groups)
          averageVariance.pointer[start + lane] += s * unbiased / Float(groups)
        }
      }
    }
  }

  /// The statistics; whole where all blocks were combined.
  var statistics: BatchStatistics {
    let channels = images.shape[1]
    return BatchStatistics(
      mean: mean, inverseDeviation: inverse, groups: groups,
      batchMean: averageMean.window(0..<channels, shape: [channels]),
      batchVariance: averageVariance.window(0..<channels, shape: [channels]))
  }
}
