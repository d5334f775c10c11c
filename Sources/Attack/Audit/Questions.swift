import Contrastive
import Data
import Encoders
import Kernels
import Networks
import Text
import Vision

/// Makes `count` variants of each caption; captions come as lists of one, variant v of list i depends on
/// `random(i).substream(v)` alone.
public typealias CaptionViews =
  @Sendable (
    _ count: Int, _ captions: [[String]], _ random: (_ index: Int) -> RandomStream
  ) -> [[String]]

/// What is asked about one input.
public enum Question: Hashable, Sendable {
  /// The input as it is: the whole picture at the encoder's size, the caption word for word.
  case plain
  /// Random views of a picture, or variants of a caption.
  case varied(Int)
  /// The nine patches of a picture, three by three from the upper left corner, each at the encoder's size.
  case patches

  /// Rows of an answer that belong to one input.
  var rows: Int {
    switch self {
    case .plain: 1
    case .varied(let count): count
    case .patches: 9
    }
  }
}

/// Makes what encoders are asked of images and captions.
///
/// The views of an image depend on the seed and its pixels alone, the variants of a caption on the seed and its bytes,
/// so that an input gets the same score wherever it stands and whatever else is asked about.
struct Questions: Sendable {
  let configuration: AttackConfiguration
  let captionViews: CaptionViews

  init(_ configuration: AttackConfiguration, captionViews: CaptionViews? = nil) {
    let variants = configuration.captionVariants
    self.configuration = configuration
    self.captionViews = captionViews ?? { variants.variants($0, of: $1, random: $2) }
  }

  /// The pictures that an encoder is asked about, all of an image together; the only place where views for attacks are
  /// made.
  /// - Throws: an error of reading images.
  func pictures(
    _ question: Question, of images: [Int], in data: Images, for encoder: any AuditedEncoder
  ) throws -> Pictures {
    let stream = RandomStream(seed: configuration.seed, name: "attack views")
    if question == .patches {
      return patches(of: try data.pixels(of: images), size: data.extent, at: encoder.imageSize)
    }
    var augmentation = Augmentation.centre
    augmentation.outputSize = encoder.imageSize
    if case .varied = question { augmentation = configuration.augmentation(for: encoder).0 }
    let bytes = augmentation.pictures(question.rows, of: try data.pixels(of: images), size: data.extent) {
      stream.substream(Int(truncatingIfNeeded: data.fingerprint(of: images[$0])))
    }
    return Pictures(bytes, size: encoder.imageSize)
  }

  /// Cuts pictures three by three, rows at round(i · height / 3) and columns likewise, and resizes each patch (bilinear).
  ///
  /// What is cut are the pictures at their data set's size, as views are: at the encoder's size they would have been
  /// resized before, and lost what a patch of a larger picture still shows.
  /// - Parameter size: at least 3 pixels along each side.
  private func patches(of pixels: [UInt8], size: ImageExtent, at side: Int) -> Pictures {
    func cuts(_ length: Int) -> [Int] { (0...3).map { Int((Double($0 * length) / 3).rounded()) } }
    let (rows, columns, count) = (cuts(size.height), cuts(size.width), Question.patches.rows)
    let bytes = augmentedPictures(
      of: pixels, imageSize: size, viewSize: ImageExtent(height: side, width: side), viewsPerImage: count
    ) { patch in
      let (row, column) = (patch % count / 3, patch % 3)
      return ViewParameters(
        crop: ViewParameters.Crop(
          top: rows[row], left: columns[column], height: rows[row + 1] - rows[row],
          width: columns[column + 1] - columns[column]))
    }
    return Pictures(bytes, size: side)
  }

  /// Pictures at an encoder's size, brought there as the whole picture of a plain question is.
  func resized(_ pictures: Pictures, for encoder: any AuditedEncoder) -> Pictures {
    guard pictures.size != encoder.imageSize else { return pictures }
    var augmentation = Augmentation.centre
    augmentation.outputSize = encoder.imageSize
    let unused = RandomStream(seed: 0, name: "centre")
    let bytes = augmentation.pictures(
      1, of: pictures.bytes, size: ImageExtent(height: pictures.size, width: pictures.size)
    ) { _ in unused }
    return Pictures(bytes, size: encoder.imageSize)
  }

  /// The captions that an encoder is asked about, all of a caption together.
  /// - Throws: ``AttackError/variantCount(expected:found:)``.
  func texts(_ question: Question, of captions: [String]) throws -> [String] {
    guard case .varied(let count) = question else { return captions }
    let stream = RandomStream(seed: configuration.seed, name: "attack captions")
    let variants = captionViews(count, captions.map { [$0] }) { stream.substream(captions[$0]) }
    let wrong = variants.first { $0.count != count }?.count
    guard variants.count == captions.count && wrong == nil else {
      throw AttackError.variantCount(expected: count, found: wrong ?? variants.count)
    }
    return variants.flatMap { $0 }
  }
}
