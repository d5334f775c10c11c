import Data

/// A control that tells members from nonmembers without ever querying an encoder.
///
/// It is trained on the shadow's groups and tested on the target's, as the attacks are. Where it beats chance the
/// groups differ by themselves, and no attack's number on them is evidence about the encoder.
public struct BlindControl: Sendable {
  /// Its name in results.
  public static let name = "blind (image statistics)"

  private let classifier: LogisticRegression

  /// Fits the statistics of the shadow's groups.
  public init(shadow: MembershipGroups<[ImageStatistics]>) {
    classifier = LogisticRegression(shadow.map { $0.map(\.values) })
  }

  /// Scores, higher for surer members; an input is taken for a member at 0 or more.
  public func scores(_ statistics: [ImageStatistics]) -> [Double] {
    statistics.map { classifier.score($0.values) }
  }
}
