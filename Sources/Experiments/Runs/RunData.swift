import Data
import Foundation

/// How a run's data set is opened: as images, or as pairs of images and captions.
public enum DataOptions: Equatable, Sendable {
  /// As images alone.
  case images(DatasetOptions)
  /// As images with captions.
  case pairs(PairOptions)
}

/// A run's data set: its images, and their captions where it is one of pairs. Opened once, trials share it.
public struct RunData: Sendable {
  /// Where it was opened, as `format:path` or a path.
  public let location: String
  /// How it was opened.
  public let options: DataOptions
  /// The images; those that could not be decoded are named by it.
  public let images: ImageDataset
  /// The captions of each image, where there are captions.
  public let captions: [[String]]?
  /// Of all that training sees.
  public let fingerprint: String
  /// What a source of pairs holds and the data set does not.
  public let omissions: PairOmissions?
  /// The official split of each image, where pairs have one.
  private let partition: [String]?

  /// Opens a data set.
  /// - Throws: `DatasetError`, `PairError`, or another error that names the file.
  public static func open(_ location: String, _ options: DataOptions) throws -> RunData {
    switch options {
    case .images(let images):
      let images = try ImageDataset.open(location, options: images)
      return RunData(
        location: location, options: options, images: images, captions: nil,
        fingerprint: images.fingerprint, omissions: nil, partition: nil)
    case .pairs(let pairs):
      let pairs = try PairDataset.open(location, options: pairs)
      return RunData(
        location: location, options: options, images: pairs.images, captions: pairs.captions,
        fingerprint: pairs.fingerprint, omissions: pairs.omissions, partition: pairs.partition)
    }
  }

  /// The location with an absolute path, so that a run finds its data from any folder.
  public static func absolute(_ location: String) -> String {
    let (images, imagePath) = DatasetFormat.parse(location)
    let (pairs, pairPath) = PairFormat.parse(location)
    let path = images == nil ? pairPath : imagePath
    let absolute = URL(filePath: path).standardizedFileURL.path
    return (images?.name ?? pairs?.name).map { "\($0):\(absolute)" } ?? absolute
  }

  /// Whether opening a place in that way would give these data again.
  public func isOpened(from location: String, _ options: DataOptions) -> Bool {
    RunData.absolute(location).utf8.elementsEqual(RunData.absolute(self.location).utf8)
      && options == self.options
  }

  /// Number of images.
  public var count: Int { images.count }

  /// The parts that inputs come from, such as "train" and "test".
  public var parts: [String] { partition.map { Set($0).sorted() } ?? images.parts }

  /// The indices of the inputs that come from a part, in order; none for an unknown part.
  public func indices(inPart name: String) -> [Int] {
    partition.map { all in all.indices.filter { all[$0] == name } } ?? images.indices(inPart: name)
  }

  /// The captions of some inputs, in that order.
  public func captions(of indices: [Int]) -> [[String]]? { captions.map { all in indices.map { all[$0] } } }
}
