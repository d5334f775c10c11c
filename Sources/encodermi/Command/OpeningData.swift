import ArgumentParser
import Data
import Experiments
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
}

/// Says what is wrong with data as what is wrong with the option that they were given by: an unknown format is a slip in
/// the command, not in the files, and pairs are told with the options that help.
func opening<Opened>(_ option: String, _ open: () throws -> Opened) throws -> Opened {
  do {
    return try open()
  } catch let error as PairError {
    throw PairDataError(error: error)
  } catch let error as DatasetError {
    guard case .unknownFormat = error else { throw error }
    throw ValidationError("\(option) \(error.description)")
  }
}

/// Opens a data set and names what had to be left out.
func openData(_ location: String, _ options: DataOptions, named option: String = "--data") throws -> RunData {
  let data = try opening(option) { try RunData.open(location, options) }
  warnOfOmissions(data)
  return data
}

/// Opens a run and names what of its data had to be left out.
/// - Parameters:
///   - moved: where its data are now, if not where they were.
///   - other: a run whose data are open already.
func openRun(_ path: String, data moved: String? = nil, besides other: Run? = nil) throws -> Run {
  let run = try opening("--data") { try Run.open(path, data: moved, opened: other?.data) }
  let isShared = other?.data.isOpened(from: run.data.location, run.data.options) ?? false
  if !isShared { warnOfOmissions(run.data) }
  return run
}

/// Names what of a data set had to be left out.
func warnOfOmissions(_ data: RunData) {
  guard let omissions = data.omissions else { return warnOfOmissions(data.images) }
  for omission in omissions.entries.prefix(10) {
    warn("left out \(omission.name), \(omission.kind.words): \(omission.reason)")
  }
  if let summary = omissions.summary { warn(summary) }
}

/// Names the pictures that could not be decoded.
func warnOfOmissions(_ images: ImageDataset) {
  for skipped in images.skipped.prefix(10) { warn("left out \(skipped.name): \(skipped.reason)") }
  if !images.skipped.isEmpty {
    warn("\(images.skipped.count) images could not be decoded and were left out")
  }
}
