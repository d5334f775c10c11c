import Foundation
import Kernels

/// What a file of golden values says about a network, and the numbers that are computed instead of stored.
public struct GoldenNetwork {
  /// A parameter and what it begins with.
  public struct Parameter: Decodable {
    enum Initial: Decodable {
      case formula
      case stored
      case number(Float)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Float.self) {
          self = .number(number)
        } else if try container.decode(String.self) == "formula" {
          self = .formula
        } else {
          self = .stored
        }
      }
    }
    /// Its name.
    public var name: String
    var shape: [Int]
    var initial: Initial
  }

  /// The sizes and constants that a network was run with.
  public struct Settings: Decodable {
    /// Images in a step.
    public var batch: Int
    /// Of the images in pixels.
    public var side: Int
    /// Channels of the first stage.
    public var width: Int
    /// Of the first step's images; each further step has the next.
    public var pixelSeed: Int
    /// Of a linear classifier.
    public var classes: Int?
    /// Training steps that are recorded.
    public var steps: Int?
    /// Of every step.
    public var learningRate: Double?
    /// Of stochastic gradient descent.
    public var sgdMomentum: Double?
    /// Of the optimiser.
    public var weightDecay: Double?
    /// Tokens that a text tower knows.
    public var vocabulary: Int?
    /// Tokens in a caption's row.
    public var context: Int?
    /// Values of an embedding in the joint space.
    public var dimension: Int?
  }

  /// The file.
  public let golden: Golden
  /// The sizes and constants.
  public let settings: Settings
  /// The parameters in order of construction.
  public let parameters: [Parameter]

  /// Opens the golden values of one network.
  public init(_ name: String) throws {
    golden = try Golden(name)
    settings = try golden.settings("settings")
    parameters = try golden.settings("parameters")
  }

  /// Uniform weights of variance 1/fanIn, by a formula that Python evaluates to the same bits.
  public static func weights(_ index: Int, _ shape: [Int]) -> [Float] {
    let scale = (3 / Double(shape[1...].reduce(1, *))).squareRoot()
    return (0..<shape.reduce(1, *)).map { element in
      let unit = Double((element * 7919 + index * 104_729 + 12_345) % 65_536) / 65_536
      return Float(scale * ((unit - 0.5) * 2))
    }
  }

  /// Values in [-1, 1) without structure, by a hash that Python evaluates to the same bits.
  public static func pixels(seed: Int, count: Int) -> [Float] {
    (0..<count).map { element in
      var h = UInt32(truncatingIfNeeded: element) &+ UInt32(truncatingIfNeeded: seed) &* 0x9E37_79B9
      h = (h ^ (h >> 16)) &* 0x7FEB_352D
      h = (h ^ (h >> 15)) &* 0x846C_A68B
      h ^= h >> 16
      return Float(Double(h) / 4_294_967_296 * 2 - 1)
    }
  }

  /// The images of a step, `[batch, 3, side, side]`.
  public func images(step: Int = 0) -> Tensor {
    let shape = [settings.batch, 3, settings.side, settings.side]
    let values = GoldenNetwork.pixels(seed: settings.pixelSeed + step, count: shape.reduce(1, *))
    return Tensor(values, shape: shape)
  }

  /// All parameters and running statistics before the first step.
  /// - Parameter addingStatistics: whether each gain and shift has running statistics that the file does not list.
  public func tensors(addingStatistics: Bool = true) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (index, parameter) in parameters.enumerated() {
      let shape = parameter.shape
      switch parameter.initial {
      case .formula: result[parameter.name] = Tensor(GoldenNetwork.weights(index, shape), shape: shape)
      case .stored: result[parameter.name] = try golden.tensor(parameter.name)
      case .number(let number):
        result[parameter.name] = Tensor([Float](repeating: number, count: shape.reduce(1, *)), shape: shape)
      }
      // Where there is a gain and a shift, there are running statistics.
      guard addingStatistics, shape.count == 1, parameter.name.hasSuffix(".bias"),
        !parameter.name.hasPrefix("head.")
      else {
        continue
      }
      let norm = parameter.name.dropLast("bias".count)
      for (statistic, value) in [("running_mean", Float(0)), ("running_var", 1)] {
        let name = String(norm) + statistic
        result[name] =
          golden.shape(name) != nil
          ? try golden.tensor(name) : Tensor([Float](repeating: value, count: shape[0]), shape: shape)
      }
    }
    return result
  }
}

/// |found - expected| / |expected| in the L2 norm.
public func relativeDistance(_ found: [Float], _ expected: [Float]) -> Double {
  guard found.count == expected.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (a, b) in zip(found, expected) {
    difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
    norm += Double(b) * Double(b)
  }
  return (difference / max(norm, 1e-60)).squareRoot()
}
