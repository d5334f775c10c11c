import ArgumentParser
import Data
import Files

/// Opens a data set and names what had to be left out.
/// - Parameters:
///   - option: that the location was given by.
///   - most: the most omissions that are named; all are counted.
/// - Throws: what is wrong with the data, said with the options that help.
func openData(
  _ location: String, _ options: DataOptions, named option: String = "--data", most: Int = 10
) throws -> Dataset {
  do {
    let data = try Dataset.open(location, options: options)
    warn(of: data.omissions, most: most)
    return data
  } catch let error as DataError {
    // An unknown format is a slip in the command, not in the files.
    if case .unknownFormat = error { throw ValidationError("\(option) \(error.description)") }
    throw HintedDataError(error: error)
  }
}

/// Names what was left out, the first ones one by one.
func warn(of omissions: Omissions, most: Int = .max) {
  for omission in omissions.entries.prefix(most) {
    warn("left out \(omission.name), \(omission.kind.words): \(omission.reason)")
  }
  if let summary = omissions.summary { warn(summary) }
}

/// What is wrong with data, with the options of the command line that help.
struct HintedDataError: ExplainedError {
  let error: DataError

  var description: String { error.description + (hint.map { " (\($0))" } ?? "") }

  private var hint: String? {
    switch error {
    case .malformed(_, .some, _), .cutShort, .damagedShard, .badMember: "--damaged-records skip"
    case .brokenText: "--broken-text repair"
    case .unknownPart: "--parts"
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
}
