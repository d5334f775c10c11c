import Attack
import Contrastive
import Foundation
import Networks
import Vision

/// One pre-training from data to a run folder: what `pretrain` does, and `demo` twice.
struct PretrainingJob {
  let data: ImageDataset
  let description: RunDescription
  let split: Split
  let configuration: PretrainingConfiguration
  let folder: RunFolder

  /// Runs it, or goes on with it.
  /// - Throws: an error that names the file or setting and what to do; a folder of another run stays as it is.
  func run(isResuming: Bool, progress: Progress) throws -> PretrainingOutcome {
    let groups = description.side == .target ? split.target : split.shadow
    let members = data.subset(groups.members)
    let file = SplitFile(split: split, dataFingerprints: [Run.dataName: data.fingerprint])
    let pretraining = try Pretraining(
      configuration, members: members, folder: folder,
      monitor: NearestNeighbours(bank: members, queries: data.subset(groups.nonmembers)),
      isResuming: isResuming)
    try file.write(to: folder.url)
    try Configuration.write(description, to: folder.url.appending(path: RunDescription.fileName))
    let outcome = try pretraining.run(
      shouldStop: { Interruption.wasAsked }, report: { progress.show($0) })
    progress.finish()
    return outcome
  }
}
