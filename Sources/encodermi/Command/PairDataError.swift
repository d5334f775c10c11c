import Data
import Files

/// What is wrong with images and captions, with the options of the command line that help.
struct PairDataError: ExplainedError {
  let error: PairError

  var description: String { error.description + (hint.map { " (\($0))" } ?? "") }

  private var hint: String? {
    switch error {
    case .malformed, .cutShort, .damagedShard, .badMember: "--damaged-records skip"
    case .brokenText: "--broken-text repair"
    case .unknownPartition: "--parts"
    case .missingColumn: "--image-column, --caption-column"
    case .unknownLanguage: "--language"
    case .refused(let omission):
      switch omission.kind {
      case .duplicate: "--duplicates skip"
      case .damagedRecord: "--damaged-records skip"
      case .imageWithoutCaption, .captionWithoutImage, .emptyCaption, .undecodableImage: "leave --strict out"
      }
    default: nil
    }
  }

  /// Opens pairs; what is wrong with them is said with the options that help.
  /// - Throws: ``PairDataError``, or another error of opening.
  static func open(_ location: String, options: PairOptions) throws -> PairDataset {
    do {
      return try PairDataset.open(location, options: options)
    } catch let error as PairError {
      throw PairDataError(error: error)
    }
  }
}
