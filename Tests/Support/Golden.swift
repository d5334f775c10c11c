import Foundation
import Kernels
import Networks

/// Values that PyTorch computed, from `Tests/Golden/NAME.safetensors`.
public struct Golden {
  private let file: SafetensorsFile

  /// Opens the golden values of one subject: "layers", "losses", "optimisers".
  public init(_ name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    file = try SafetensorsFile(tests.appending(path: "Golden").appending(path: "\(name).safetensors"))
  }

  /// The names of all tensors, sorted.
  public var names: [String] { file.names }

  /// A tensor by its name, such as `conv3x3s1/input`.
  public func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }

  /// The values of a tensor of floats in row-major order.
  public func values(_ name: String) throws -> [Float] { try file.tensor(name).values }

  /// The values of a tensor of integers in row-major order.
  public func integers(_ name: String) throws -> [Int] { try file.integers(name) }

  /// The shape of a tensor.
  public func shape(_ name: String) -> [Int]? { file.shape(name) }

  /// The settings that values were computed with, from the JSON that the file keeps under `key`; keys that `Settings`
  /// does not declare are not looked at.
  public func settings<Settings: Decodable>(_ key: String, as type: Settings.Type = Settings.self) throws
    -> Settings
  {
    try JSONDecoder().decode(type, from: Data((file.metadata[key] ?? "").utf8))
  }

  /// The keys under which the file keeps settings, sorted.
  public var settingNames: [String] { file.metadata.keys.sorted() }
}

/// The largest absolute difference between two lists of one length; infinite if the lengths differ or either holds
/// a value that is not a number.
public func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  var largest: Float = 0
  for (x, y) in zip(a, b) {
    let difference = x == y ? 0 : abs(x - y)
    if difference.isNaN { return .infinity }
    largest = max(largest, difference)
  }
  return largest
}
