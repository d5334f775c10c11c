import Kernels

/// Brings scores to mean 0 and deviation 1.
public struct Standardisation: Codable, Sendable, Equatable {
  /// The mean that is taken away.
  public let mean: Float
  /// The deviation that is divided by.
  public let deviation: Float

  /// The mean and deviation of all values; deviation 1 where they are all equal.
  public init(of values: [Float]) {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0.0) { $0 + Double($1) } / count
    let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = (squares / count).squareRoot()
    self.mean = Float(mean)
    self.deviation = deviation > 1e-6 * (1e-3 + abs(mean)) ? Float(deviation) : 1
  }

  /// Standardised values.
  public func callAsFunction(_ values: [Float]) -> [Float] {
    let scale = 1 / deviation
    return values.map { ($0 - mean) * scale }
  }

  /// Each row of `width` values brought to mean 0 and deviation 1 by itself.
  static func byRow(_ values: [Float], width: Int) -> [Float] {
    stride(from: 0, to: values.count, by: width).flatMap { start -> [Float] in
      let row = Array(values[start..<(start + width)])
      return Standardisation(of: row)(row)
    }
  }
}

extension MembershipFeatures {
  /// The mean and deviation of each set's scores.
  var standardisations: [Standardisation] {
    configuration.ranges.map { Standardisation(of: Rows.columns(scores, $0).values) }
  }

  /// The scores with each set standardised by its own mean and deviation.
  func standardised(by standardisations: [Standardisation]) -> Tensor {
    let parts = zip(configuration.ranges, standardisations).map { range, standardisation in
      let part = Rows.columns(scores, range)
      return Tensor(standardisation(part.values), shape: part.shape)
    }
    return parts.dropFirst().reduce(parts[0]) { Rows.joined($0, $1) }
  }
}

extension ClassifierDescription {
  /// Notes the scale of the features a classifier is trained on.
  mutating func standardise(_ features: MembershipFeatures) {
    if features.configuration.kinds.count == 1 {
      standardisation = Standardisation(of: features.scores.values)
    } else {
      standardisations = features.standardisations
    }
  }

  /// The scores of features at unit scale; nil if no scale was noted.
  func standardised(_ features: MembershipFeatures) -> Tensor? {
    if let standardisations { return features.standardised(by: standardisations) }
    return standardisation.map { Tensor($0(features.scores.values), shape: features.scores.shape) }
  }
}
