import Data
import Networks

/// Labelled images that classifiers downstream of the encoders are trained on, as whoever uses an encoder would.
public struct DownstreamSet: Sendable {
  /// The data set that the images are of.
  public let images: Images
  /// Which of its images.
  public let indices: [Int]
  /// The class of each, from 0 up; every class has an image.
  public let labels: [Int]
  /// The number of classes.
  public let classes: Int
  /// How many labelled images of the data set were left out, since somebody was trained or tested on them.
  public private(set) var leftOut = 0

  /// Some images with their classes.
  /// - Parameter labels: one an image, any numbers; classes without an image do not count.
  public init(_ images: Images, indices: [Int], labels: [Int]) {
    precondition(
      indices.count == labels.count, "DownstreamSet: \(labels.count) labels for \(indices.count) images")
    let present = Set(labels).sorted()
    let places = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    (self.images, self.indices) = (images, indices)
    (self.labels, classes) = (labels.compactMap { places[$0] }, present.count)
  }

  /// Labelled images that nobody was trained or tested on, drawn at random.
  /// - Parameters:
  ///   - seen: hashes of the images to leave out (`Images.fingerprint(of:)`).
  ///   - pictures: pictures to leave out, whatever size they are brought to.
  ///   - most: the most images to take; 10,000 in the paper.
  /// - Returns: nil where the data set has no classes.
  public static func unused(
    of images: Images, except seen: Set<UInt64>, pictures: Set<PictureIdentity> = [], most: Int, seed: UInt64
  ) -> DownstreamSet? {
    guard images.dataset.classNames != nil else { return nil }
    var stream = RandomStream(seed: seed, name: "downstream set")
    var (indices, labels, leftOut): ([Int], [Int], Int) = ([], [], 0)
    for index in stream.permutation(images.count) {
      guard let label = images.dataset.label(of: index) else { continue }
      if seen.contains(images.fingerprint(of: index))
        || pictures.contains(images.dataset.identity(of: index))
      {
        leftOut += 1
      } else if indices.count < most {
        indices.append(index)
        labels.append(label)
      }
    }
    var set = DownstreamSet(images, indices: indices, labels: labels)
    set.leftOut = leftOut
    return set
  }

  /// Why no classifier can be trained on them; nil where one can.
  var obstacle: String? {
    guard classes < 2 else { return nil }
    return
      "it trains downstream classifiers on labelled images that are in none of the groups, and there are "
      + "\(indices.count) of \(classes) classes; give smaller groups, or data with images of two classes or more"
  }
}
