import Foundation

/// What can be known of a caption without any encoder: hashed n-grams and lengths, the inputs of the blind control.
///
/// Groups that differ in these differ by themselves (Das et al. 2024, "Blind baselines beat membership inference
/// attacks for foundation models").
public struct CaptionStatistics: Sendable, Equatable {
  /// Shares of n-grams by bucket, of characters and then of words; two lengths, and the share of signs and digits.
  public let values: [Double]

  /// Buckets that n-grams of characters, and those of words, are hashed into.
  static let buckets = 128
  /// How many values there are.
  public static let count = 2 * buckets + 3

  /// Statistics of one caption: trigrams of characters, words and pairs of words, all in lower case.
  public init(_ caption: String) {
    let text = caption.lowercased()
    let words = TemplateCaptions.words(of: text)
    let letters = Array(" \(text) ").map(String.init)
    let trigrams = letters.indices.dropLast(2).map { letters[$0..<($0 + 3)].joined() }
    let phrases = words + zip(words, words.dropFirst()).map { "\($0) \($1)" }
    values =
      CaptionStatistics.histogram(trigrams) + CaptionStatistics.histogram(phrases) + [
        log1p(Double(letters.count - 2)), log1p(Double(words.count)),
        Double(text.count { !$0.isLetter && !$0.isWhitespace }) / Double(letters.count),
      ]
  }

  /// Shares of the terms by the bucket of their hash.
  private static func histogram(_ terms: [String]) -> [Double] {
    var shares = [Double](repeating: 0, count: buckets)
    for term in terms { shares[bucket(term)] += 1 / Double(terms.count) }
    return shares
  }

  /// FNV-1a of the bytes, folded.
  private static func bucket(_ term: String) -> Int {
    let hash = term.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return Int((hash ^ hash >> 32) % UInt64(buckets))
  }
}
