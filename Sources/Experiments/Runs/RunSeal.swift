import Contrastive
import Data
import Files
import Foundation

extension RunFolder {
  /// What is known from the beginning of a run on.
  private var beginnings: [String] {
    [SplitFile.name, RunDescription.fileName, tokenizer.lastPathComponent]
  }

  /// What is there at a run's end beside; the state that resuming starts from has a digest of its own.
  private var results: [String] {
    [
      configuration.lastPathComponent, log.lastPathComponent, finalCheckpoint.lastPathComponent,
      "checkpoints",
    ]
  }

  /// Seals what a run has written: when it begins, and all of it when it has ended.
  /// - Parameter isFinished: whether it has ended. Of one that goes on after its end, the seal of its end stays.
  /// - Throws: `FileError`, `DigestError` for a seal that cannot be read.
  func seal(isFinished: Bool) throws {
    if isFinished { return try FolderDigests(of: beginnings + results, in: url).write(to: url) }
    let standing = try FolderDigests.read(from: url) ?? FolderDigests(of: [], in: url)
    try standing.merging(FolderDigests(of: beginnings, in: url)).write(to: url)
  }

  /// Checks before a run goes on that what it does not write anew is what it wrote before.
  /// - Throws: `DigestError` or `FileError`.
  func requireUnchanged() throws {
    guard let standing = try FolderDigests.read(from: url) else { return }
    for name in beginnings + results
    where name != RunDescription.fileName && name != log.lastPathComponent {
      try standing.check(name, in: url)
    }
  }

  /// Checks that files of the run, or folders of them, are those that it wrote.
  /// - Throws: `DigestError` or `FileError`.
  func check(_ names: [String]) throws {
    guard let standing = try FolderDigests.read(from: url) else { return }
    for name in names { try standing.check(name, in: url) }
  }

  /// Checks that a checkpoint inside the run is the one that it wrote.
  /// - Parameter checkpoint: its folder, such as ``RunFolder/finalCheckpoint``.
  /// - Throws: `DigestError`, `FileError`, or ``RunError/noCheckpoint(_:epoch:known:)`` for the last one of a run that was
  ///   stopped before it was sealed.
  public func check(checkpoint: URL) throws {
    let inside = checkpoint.path.dropFirst(url.path.count).drop { $0 == "/" }
    guard let standing = try FolderDigests.read(from: url) else { return }
    if inside == finalCheckpoint.lastPathComponent, !standing.covers(String(inside)) {
      throw RunError.noCheckpoint(url.path, epoch: nil, known: try checkpointEpochs())
    }
    try standing.check(String(inside), in: url)
  }

  /// Checks that the tokenizer is the one that the run wrote.
  /// - Throws: `DigestError` or `FileError`.
  public func checkTokenizer() throws { try check([tokenizer.lastPathComponent]) }

  /// Whether there are digests to compare the files of the run with.
  public var isSealed: Bool { Paths.exists(url.appending(path: FolderDigests.fileName).path) }
}
