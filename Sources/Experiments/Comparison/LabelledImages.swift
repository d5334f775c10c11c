import Data
import Files
import Attack
import Contrastive
import Networks

/// Images with classes, on which encoders of any algorithm can be compared.
public struct LabelledImages: Sendable {
  /// The images.
  public let images: Images

  /// The most images that vote, and the most whose classes are told.
  private static let most = (bank: 2000, queries: 1000)

  /// Opens a data set.
  /// - Parameter imageSize: pixels along each side; that of the images trained on, so that equal pictures are found.
  /// - Throws: ``LabelledError``, or an error of opening the data set.
  public static func open(_ location: String, imageSize: Int) throws -> LabelledImages {
    let images = try Dataset.open(location, options: DataOptions(imageSize: imageSize)).images()
    guard images.dataset.labels != nil else { throw LabelledError.noClasses(location) }
    return LabelledImages(images: images)
  }

  /// A digest of the images.
  public var fingerprint: String { images.fingerprint }

  /// Those of the images that are not among the members, in random order.
  /// - Throws: ``LabelledError`` if they are too few.
  func unseen(_ members: Images) throws -> [Int] {
    let seen = Set((0..<members.count).map { members.fingerprint(of: $0) })
    var random = RandomStream(seed: 0, name: "labelled")
    let unseen = random.permutation(images.count).filter { !seen.contains(images.fingerprint(of: $0)) }
    guard unseen.count >= 3 else { throw LabelledError.tooFew(images.dataset.path, count: unseen.count) }
    return unseen
  }

  /// The kNN accuracy of a frozen image encoder. Images that it was trained on neither vote nor are asked about.
  /// - Throws: ``LabelledError``, or an error of reading images.
  func utility(of encoder: PretrainedEncoder, trainedOn members: Images) throws -> EncoderRecord.Utility {
    let unseen = try unseen(members)
    let queries = min(LabelledImages.most.queries, unseen.count / 3)
    let bank = min(LabelledImages.most.bank, unseen.count - queries)
    guard
      let neighbours = NearestNeighbours(
        bank: images.subset(Array(unseen[queries..<queries + bank])),
        queries: images.subset(Array(unseen[..<queries])))
    else { throw LabelledError.tooFew(images.dataset.path, count: unseen.count) }
    return EncoderRecord.Utility(
      measure: "kNN accuracy", value: try neighbours.accuracy(of: encoder))
  }
}

/// Why usefulness cannot be measured.
public enum LabelledError: ExplainedError {
  /// Images without classes.
  case noClasses(String)
  /// Too few images that were not trained on.
  case tooFew(String, count: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noClasses(let location):
      "--labelled \(location): its images have no classes; give a folder with a sub-folder for each class, or CIFAR-10, "
        + "STL-10, Tiny-ImageNet"
    case .tooFew(let location, let count):
      "--labelled \(location): \(count) images that the encoder was not trained on are too few, 3 at least are needed"
    }
  }
}
