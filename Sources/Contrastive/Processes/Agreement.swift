import Files
import Foundation
import Kernels
import Networks

/// What must be the same in all processes, in words, by name.
struct Agreement {
  private var items: [(name: String, value: String)] = []

  /// Adds something that is told as it is where it differs.
  mutating func add(_ name: String, _ value: String) { items.append((name, value)) }

  /// Adds tensors by a digest of their values.
  mutating func add(_ name: String, _ tensors: [Tensor]) {
    let hashes = tensors.map { $0.values.withUnsafeBytes(contentHash) }
    add(name, String(hashes.withUnsafeBytes(contentHash), radix: 16))
  }

  /// Compares it with what the other processes have.
  /// - Throws: ``PretrainingError/processesDiffer(what:first:rank:found:)`` in all of them.
  func require(in group: ProcessGroup) throws(PretrainingError) {
    guard group.count > 1 else { return }
    let own = items.map(\.value).joined(separator: "\0")
    let all = group.gather(Array(own.utf8)).map {
      String(decoding: $0, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false)
    }
    for (index, item) in items.enumerated() {
      for (rank, found) in all.enumerated() where found[index] != all[0][index] {
        throw .processesDiffer(
          what: item.name, first: String(all[0][index]), rank: rank, found: String(found[index]))
      }
    }
  }
}

extension PretrainingConfiguration {
  /// Groups of batch norm in a batch.
  var normGroups: Int {
    switch algorithm {
    case .moco(let moco): moco.normGroups
    case .simclr(let simclr): simclr.normGroups
    case .clip(let clip): clip.normGroups
    }
  }

  /// Checks that processes can share each batch.
  /// - Parameters:
  ///   - sizes: images of each batch of an epoch.
  ///   - normalises: whether the network has batch norm.
  /// - Throws: ``PretrainingError``.
  func requireShares(of sizes: [Int], processes: Int, normalises: Bool) throws(PretrainingError) {
    if normalises || algorithm.isShuffled, let odd = sizes.first(where: { $0 % normGroups != 0 }) {
      throw .unevenGroups(batch: odd, normGroups: normGroups)
    }
    if normalises, normGroups > 1, let small = sizes.first(where: { $0 / 2 < normGroups }) {
      throw .unevenGroups(batch: small, normGroups: normGroups)
    }
    guard processes > 1 else { return }
    if let small = sizes.min(), small < processes {
      throw .tooManyProcesses(processes, batch: small)
    }
    guard normalises, normGroups % processes != 0 else { return }
    let batch = sizes[0]
    let fitting = (1...8).map { processes * $0 }.filter { groups in
      sizes.allSatisfy { $0 % groups == 0 && $0 / groups > 1 }
    }
    throw .undividedGroups(
      processes: processes, normGroups: normGroups, batch: batch, fitting: fitting,
      counts: (1...normGroups).filter { normGroups % $0 == 0 })
  }
}

extension Algorithm {
  /// Whether keys are shuffled over groups of batch norm.
  fileprivate var isShuffled: Bool {
    if case .moco(let moco) = self { moco.normGroups > 1 } else { false }
  }
}

extension Tensor {
  /// The images of `[count, channels, height, width]` at some places, in that order; this tensor where they are all in theirs.
  func images(at places: [Int]) -> Tensor {
    if places == Array(0..<shape[0]) { return self }
    let flat = reshaped([shape[0], shape.dropFirst().reduce(1, *)])
    return Rows.gathered(flat, places).reshaped([places.count] + shape.dropFirst())
  }
}
