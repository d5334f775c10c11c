import ArgumentParser
import Data
import Experiments
import Files
import Foundation

/// What is wrong with data, with the options of the command line that help.
struct HintedDataError: ExplainedError {
  let error: DataError

  var description: String { error.description + (hint.map { " (\($0))" } ?? "") }

  private var hint: String? {
    switch error {
    case .malformed(_, .some, _), .cutShort, .damagedShard, .badMember: "--damaged-records skip"
    case .brokenText: "--broken-text repair"
    case .unknownPart: "--parts"
    case .missingColumn: "--image-column, --caption-column, --part-column, --label-column"
    case .unknownLanguage: "--language"
    case .refused(let omission):
      switch omission.kind {
      case .duplicate: "--duplicates skip"
      case .damagedRecord: "--damaged-records skip"
      case .imageWithoutCaption, .captionWithoutImage, .emptyCaption, .undecodableImage,
        .folderWithoutPictures:
        "leave --strict out"
      }
    default: nil
    }
  }
}

/// The data of a run are no longer where they were.
struct MovedDataError: ExplainedError {
  let run: String
  let place: String
  let option: String?

  var description: String {
    "\(place): the data that \(run) was made with are not there any more; "
      + (option.map { "say where they are now by \($0), or put them back" } ?? "put them back")
  }
}

/// Says what is wrong with data as what is wrong with the option that they were given by: an unknown format is a slip in
/// the command, not in the files, and all else is told with the options that help.
func opening<Opened>(_ option: String, _ open: () throws -> Opened) throws -> Opened {
  do {
    return try open()
  } catch let error as DataError {
    if case .unknownFormat = error { throw ValidationError("\(option) \(error.description)") }
    throw HintedDataError(error: error)
  }
}

/// Opens the images of a data set and names what had to be left out.
func openData(_ location: String, _ options: DataOptions, named option: String = "--data") throws -> Images {
  let data = try opening(option) { try Dataset.open(location, options: options) }
  warn(of: data.omissions, most: 10)
  return try data.images()
}

/// Opens a run and names what of its data had to be left out.
/// - Parameters:
///   - moved: where its data are now, if not where they were.
///   - other: a run whose data are open already.
///   - option: what says where its data are now.
func openRun(
  _ path: String, data moved: String? = nil, besides other: (any AuditSource)? = nil,
  movedBy option: String? = nil
) throws -> Run {
  let run = try opening(option ?? "--data") {
    do {
      return try Run.open(path, data: moved, opened: other?.pictures?.dataset)
    } catch DataError.notFound(let place) {
      throw MovedDataError(run: path, place: place, option: option)
    }
  }
  if !run.folder.isSealed {
    warn(
      "\(path) has no \(FolderDigests.fileName), so that nothing tells if its files are those that were written there; a "
        + "run that is pre-trained now gets one")
  }
  warn(ofDataIn: run, besides: other)
  return run
}

/// Opens a folder of questions with answers, and names what of its data had to be left out.
/// - Parameter moved: where its data are now, if not where they were.
func openAnswers(
  _ folder: URL, data moved: String? = nil, besides other: (any AuditSource)? = nil
) throws -> RecordedSource {
  let source = try opening("--data") {
    try RecordedSource(opening: folder, data: moved, opened: other?.pictures?.dataset)
  }
  warn(ofDataIn: source, besides: other)
  return source
}

/// Opens a run, or `answers:FOLDER`.
func openSource(
  _ path: String, data moved: String? = nil, besides other: (any AuditSource)? = nil,
  movedBy option: String? = nil
) throws -> any SplitSource {
  if let answers = EncoderPlace(path).answers {
    return try openAnswers(answers, data: moved, besides: other)
  }
  return try openRun(path, data: moved, besides: other, movedBy: option)
}

private func warn(ofDataIn source: any AuditSource, besides other: (any AuditSource)?) {
  guard let data = source.pictures?.dataset else { return }
  let isShared = other?.pictures?.dataset.isOpened(from: data.location, data.options) ?? false
  if !isShared { warn(of: data.omissions, most: 10) }
}

/// Names what was left out, the first ones one by one.
/// - Parameter most: the most that are named; all are counted.
func warn(of omissions: Omissions, most: Int = .max) {
  for omission in omissions.entries.prefix(most) {
    warn("left out \(omission.name), \(omission.kind.words): \(omission.reason)")
  }
  if let summary = omissions.summary { warn(summary) }
  for remark in omissions.remarks { warn(remark) }
}
