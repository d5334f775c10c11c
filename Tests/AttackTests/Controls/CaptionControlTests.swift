import Data
import Networks
import Testing

@testable import Attack

@Suite struct CaptionControlTests {
  /// Captions of random words.
  private func captions(_ count: Int, words: [String], _ name: String) -> [String] {
    (0..<count).map { index in
      var stream = RandomStream(seed: 9, name: name).substream(index)
      return (0..<6).map { _ in words[stream.integer(below: words.count)] }.joined(separator: " ")
    }
  }

  private let plain = ["dog", "runs", "green", "field", "girl", "red", "ball", "water", "man", "holds"]
  private let other = ["dog", "runs", "green", "field", "girl", "stock", "photo", "image", "of", "vector"]

  private func metrics(
    _ control: CaptionControl, _ target: MembershipGroups<[String]>
  ) throws -> AttackMetrics {
    AttackMetrics(
      name: CaptionControl.name, scores: try MembershipScores(target.map(control.scores), threshold: 0))
  }

  @Test("captions of one distribution are at chance")
  func negativeControl() throws {
    let control = CaptionControl(
      shadow: MembershipGroups(
        members: captions(120, words: plain, "a"), nonmembers: captions(120, words: plain, "b")))
    let metrics = try metrics(
      control,
      MembershipGroups(
        members: captions(120, words: plain, "c"), nonmembers: captions(120, words: plain, "d")))
    #expect(metrics.auc.covers(0.5) && !metrics.beatsChance)
  }

  @Test("captions of another vocabulary are told apart without an encoder")
  func positiveControl() throws {
    let control = CaptionControl(
      shadow: MembershipGroups(
        members: captions(60, words: plain, "a"), nonmembers: captions(60, words: other, "b")))
    let metrics = try metrics(
      control,
      MembershipGroups(
        members: captions(60, words: plain, "c"), nonmembers: captions(60, words: other, "d")))
    #expect(metrics.auc.value > 0.95 && metrics.beatsChance)
  }

  @Test(
    "statistics of any caption are finite and as many as they say", arguments: ["", " ", "🎉", "ไทย", "a"])
  func anyCaption(_ caption: String) {
    let values = CaptionStatistics(caption).values
    #expect(values.count == CaptionStatistics.count && values.allSatisfy(\.isFinite))
  }
}
