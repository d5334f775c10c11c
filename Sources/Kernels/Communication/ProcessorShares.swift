import Foundation

/// The processors that each process of a group may run on.
public struct ProcessorShares: Sendable, Equatable {
  /// One process's place.
  struct Place: Sendable, Equatable {
    let machine: String
    let processors: Set<Int>
  }

  private let places: [Place]

  init(_ places: [Place]) { self.places = places }

  /// Asks all processes.
  public init(_ group: ProcessGroup) {
    let own = ProcessorShares.allowed().sorted().map(String.init).joined(separator: ",")
    let text = ProcessInfo.processInfo.hostName + "\n" + own
    self.init(
      group.gather(Array(text.utf8)).map { bytes in
        let parts = String(decoding: bytes, as: UTF8.self).split(
          separator: "\n", omittingEmptySubsequences: false)
        return Place(
          machine: String(parts[0]), processors: Set(parts[1].split(separator: ",").compactMap { Int($0) }))
      })
  }

  /// Threads with which the processes take each processor once: a processor that several may use counts as a part for each.
  /// The same for all, as much as the one with the least has, and at least 1.
  public var threads: Int {
    let shares = places.map { place in
      place.processors.reduce(0.0) { sum, processor in
        sum
          + 1
          / Double(places.count { $0.machine == place.machine && $0.processors.contains(processor) })
      }
    }
    // A sum of thirds may fall short of a whole number by a rounding.
    return max(1, Int((shares.min() ?? 1) + 1e-6))
  }

  /// The fewest processors that any process may run on.
  public var fewest: Int { places.map(\.processors.count).min() ?? 1 }

  /// The processors that this process may run on; as many as there are where the kernel does not say which.
  private static func allowed() -> Set<Int> {
    // Outside Linux there is no such file, and processes are not bound.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let name = "Cpus_allowed_list:"
    if let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) {
      let found = parse(line.dropFirst(name.count).trimmingCharacters(in: .whitespaces))
      if !found.isEmpty { return found }
    }
    return Set(0..<ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Numbers as the kernel lists them: `0-3,8`.
  static func parse(_ list: String) -> Set<Int> {
    var found = Set<Int>()
    for part in list.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      if let first = ends.first, let last = ends.last, first <= last { found.formUnion(first...last) }
    }
    return found
  }
}
