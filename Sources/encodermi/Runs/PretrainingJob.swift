import Data
import Files
import Contrastive
import Foundation

/// One pre-training from data to a run folder: what `pretrain` does, and `demo` twice.
struct PretrainingJob {
  let images: Images
  let description: RunDescription
  let split: Split
  let configuration: PretrainingConfiguration
  let folder: RunFolder
  /// What captions are tokenised with, where there are captions to train on.
  var tokenizer: ChosenTokenizer?

  /// Checks, before data are loaded, that a run can begin or go on in a folder.
  /// - Throws: ``PretrainingError``, or ``RunError/occupied(_:)`` for a folder with files of something else.
  static func check(_ folder: RunFolder, isResuming: Bool) throws {
    let path = folder.url.path
    var names: [String] = []
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch  where FileManager.default.fileExists(atPath: path) {
      throw FileError.refused(file: path, operation: "listing the folder", reason: error.localizedDescription)
    } catch {}
    let isRun = names.contains(folder.configuration.lastPathComponent)
    if isResuming {
      guard isRun else { throw PretrainingError.nothingToResume(folder: path) }
      return
    }
    guard !isRun else { throw PretrainingError.occupied(folder: path) }
    // A run that was killed in its first instant leaves these, and hidden temporary files.
    let ours = [SplitFile.name, RunDescription.fileName, folder.tokenizer.lastPathComponent]
    guard names.allSatisfy({ $0.hasPrefix(".") || ours.contains($0) }) else {
      throw RunError.occupied(path)
    }
  }

  /// Runs it, or goes on with it.
  /// - Throws: an error that names the file or setting and what to do; a folder of another run stays as it is.
  func run(isResuming: Bool, progress: Progress) throws -> PretrainingOutcome {
    try PretrainingJob.check(folder, isResuming: isResuming)
    let groups = description.side == .target ? split.target : split.shadow
    let members = images.subset(groups.members)
    let heldOut = images.subset(groups.nonmembers)
    let file = SplitFile(split: split, dataFingerprints: [Run.dataName: images.fingerprint])
    if isResuming { try requireSame(file) }
    let pretraining = try Pretraining(
      configuration, members: members, captions: captionTokens(of: members), folder: folder,
      monitor: NearestNeighbours(bank: members, queries: heldOut),
      retrieval: heldOut.dataset.captions.flatMap {
        Retrieval(images: heldOut, captions: $0.map { $0[0] })
      }, isResuming: isResuming)
    try file.write(to: folder.url)
    // Of a run that goes on it is known to be the same: the state names a digest of all tokens.
    if !isResuming { try tokenizer?.write(to: folder.tokenizer) }
    try Configuration.write(description, to: folder.url.appending(path: RunDescription.fileName))
    defer { progress.finish() }
    return try Interruption.whileRequestable {
      try pretraining.run(shouldStop: { Interruption.wasAsked }, report: { progress.show($0) })
    }
  }

  private func captionTokens(of members: Images) -> CaptionTokens? {
    guard let clip = configuration.algorithm.clip, let tokenizer, let captions = members.dataset.captions
    else { return nil }
    return CaptionTokens(captions, tokenizer: tokenizer.tokenizer, limit: clip.captionsPerImage)
  }

  /// The data may have moved since; the groups and the side must be those the run began with.
  private func requireSame(_ file: SplitFile) throws {
    guard try SplitFile.read(from: folder.url) == file else {
      throw PretrainingError.differs(folder: folder.url.path, what: "images, group sizes or split seed")
    }
    let begun = try RunDescription.read(from: folder)
    guard begun.side == description.side else {
      throw PretrainingError.differs(folder: folder.url.path, what: "members, of the \(begun.side.rawValue)")
    }
  }
}
