import Text

/// Captions that an auditor writes who knows what an image shows and not how it was described: "a photo of" and the
/// few rarest words of a description.
///
/// How common a word is comes from the auditor's own captions. There is nothing random in it.
public struct TemplateCaptions: Sendable {
  /// How many words are kept.
  public let words: Int
  private let frequencies: [String: Int]

  /// Templates by an auditor's captions.
  /// - Parameter words: words of a description that are kept, at least 1.
  public init(knowing captions: [String], words: Int = 3) {
    precondition(words >= 1, "TemplateCaptions: \(words) words, at least 1 is needed")
    self.words = words
    var frequencies: [String: Int] = [:]
    for caption in captions {
      for word in Set(TemplateCaptions.words(of: caption)) { frequencies[word, default: 0] += 1 }
    }
    self.frequencies = frequencies
  }

  /// "a photo of" and the words of a description that stand in the fewest of the auditor's captions, in the
  /// description's order. Of equally rare words the longer is kept, then the earlier; a description without words is
  /// kept whole.
  public func callAsFunction(_ description: String) -> String {
    var seen: Set<String> = []
    let found = TemplateCaptions.words(of: description).filter { seen.insert($0).inserted }
    if found.isEmpty { return "a photo of \(description)" }
    let rarest = found.indices.sorted { a, b in
      let (x, y) = (frequencies[found[a]] ?? 0, frequencies[found[b]] ?? 0)
      if x != y { return x < y }
      return found[a].count != found[b].count ? found[a].count > found[b].count : a < b
    }
    return "a photo of " + rarest.prefix(words).sorted().map { found[$0] }.joined(separator: " ")
  }

  /// Words as Unicode bounds them, numbers and emoji among them, in lower case.
  static func words(of text: String) -> [String] {
    CaptionText.words(CaptionText.normalised(text)).filter(\.isWord).map(\.text)
  }
}
