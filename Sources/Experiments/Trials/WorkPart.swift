/// A share of some work for one of several machines: every n-th piece of it, from the i-th on.
public struct WorkPart: Sendable, Equatable {
  /// Which part, from 1.
  public let number: Int
  /// Of how many.
  public let count: Int

  /// All of it.
  public static let whole = WorkPart(number: 1, count: 1)

  private init(number: Int, count: Int) { (self.number, self.count) = (number, count) }

  /// Reads `i/n`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]), (1...1000).contains(count),
      (1...count).contains(number)
    else { return nil }
    self.init(number: number, count: count)
  }

  /// Whether the piece of an index belongs to it.
  public func holds(_ index: Int) -> Bool { index % count == number - 1 }

  /// Every n-th of some things.
  func of<Thing>(_ things: [Thing]) -> [Thing] {
    things.enumerated().filter { holds($0.offset) }.map(\.element)
  }
}
