import Data
import ArgumentParser
import Foundation

/// How a run's data set is opened: as images, or as pairs of images and captions.
enum DataOptions: Equatable {
  case images(DatasetOptions)
  case pairs(PairOptions)
}

/// A run's data set: its images, and their captions where it is one of pairs.
struct RunData {
  let images: ImageDataset
  let captions: [[String]]?
  /// Of all that training sees.
  let fingerprint: String
  /// The official split of each image, where pairs have one.
  private let partition: [String]?

  init(_ images: ImageDataset) {
    (self.images, captions, partition, fingerprint) = (images, nil, nil, images.fingerprint)
  }

  init(_ pairs: PairDataset) {
    (images, captions, partition) = (pairs.images, pairs.captions, pairs.partition)
    fingerprint = pairs.fingerprint
  }

  /// Opens a data set and names what had to be left out.
  /// - Parameter option: that the location was given by.
  static func open(
    _ location: String, _ options: DataOptions, named option: String = "--data"
  ) throws -> RunData {
    switch options {
    case .images(let options):
      let images = try known(option) { try ImageDataset.open(location, options: options) }
      for skipped in images.skipped.prefix(10) { warn("left out \(skipped.name): \(skipped.reason)") }
      if !images.skipped.isEmpty {
        warn("\(images.skipped.count) images could not be decoded and were left out")
      }
      return RunData(images)
    case .pairs(let options):
      let pairs = try known(option) { try PairDataError.open(location, options: options) }
      for omission in pairs.omissions.entries.prefix(10) {
        warn("left out \(omission.name), \(omission.kind.words): \(omission.reason)")
      }
      if let summary = pairs.omissions.summary { warn(summary) }
      return RunData(pairs)
    }
  }

  /// An unknown format is a slip in the command, not in the files.
  private static func known<Value>(_ option: String, _ open: () throws -> Value) throws -> Value {
    do {
      return try open()
    } catch let error as DatasetError {
      guard case .unknownFormat = error else { throw error }
      throw ValidationError("\(option) \(error.description)")
    }
  }

  /// The location with an absolute path, so that a run finds its data from any folder.
  static func absolute(_ location: String) -> String {
    let (images, imagePath) = DatasetFormat.parse(location)
    let (pairs, pairPath) = PairFormat.parse(location)
    let path = images == nil ? pairPath : imagePath
    let absolute = URL(filePath: path).standardizedFileURL.path
    return (images?.name ?? pairs?.name).map { "\($0):\(absolute)" } ?? absolute
  }

  var count: Int { images.count }

  /// The parts that inputs come from, such as "train" and "test".
  var parts: [String] { partition.map { Set($0).sorted() } ?? images.parts }

  /// The indices of the inputs that come from a part, in order; none for an unknown part.
  func indices(inPart name: String) -> [Int] {
    partition.map { all in all.indices.filter { all[$0] == name } } ?? images.indices(inPart: name)
  }

  /// The captions of some inputs, in that order.
  func captions(of indices: [Int]) -> [[String]]? { captions.map { all in indices.map { all[$0] } } }
}
