import Data

/// A control that tells members' captions from nonmembers' without ever querying an encoder; see ``BlindControl``.
public struct CaptionControl: Sendable {
  /// Its name in results.
  public static let name = "blind (caption n-grams)"

  /// Ten times that of image statistics: there are hundreds of rare n-grams to overfit.
  static let penalty = 0.1

  private let classifier: LogisticRegression

  /// Fits the statistics of the shadow's captions.
  public init(shadow: MembershipGroups<[String]>) {
    classifier = LogisticRegression(shadow.map(CaptionControl.rows), penalty: CaptionControl.penalty)
  }

  private static func rows(_ captions: [String]) -> [[Double]] {
    captions.map { CaptionStatistics($0).values }
  }

  /// Scores, higher for surer members; a caption is taken for a member's at 0 or more.
  public func scores(_ captions: [String]) -> [Double] {
    CaptionControl.rows(captions).map { classifier.score($0) }
  }
}
