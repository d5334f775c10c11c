import Foundation
import Kernels
import Networks

extension CaptionVariants {
  /// Random variants of captions.
  ///
  /// Variant v of input i depends on the input and on `random(i).substream(v)` alone: not on the other inputs, on
  /// `count`, or on the number of threads.
  /// - Parameters:
  ///   - count: the number of variants of each input, from 1 up.
  ///   - captions: for each input its captions; the first is the one asked about, the others describe the same image.
  ///   - random: the random stream of the input at an index; it may be called from several threads.
  /// - Returns: for each input its variants.
  public func variants(_ count: Int, of captions: [[String]], random: (_ input: Int) -> RandomStream)
    -> [[String]]
  {
    precondition(count >= 1, "CaptionVariants: \(count) variants of a caption; at least 1 is needed")
    var result = [[String]](repeating: [], count: captions.count)
    result.withUnsafeMutableBufferPointer { result in
      parallelRanges(captions.count, grain: 16) { range in
        let breaker = WordBreaker()
        for input in range {
          let stream = random(input)
          result[input] = (0..<count).map { number in
            var own = stream.substream(number)
            return variant(of: captions[input], from: &own, breaker: breaker)
          }
        }
      }
    }
    return result
  }

  private func variant(
    of captions: [String], from random: inout RandomStream, breaker: WordBreaker
  ) -> String {
    // Every number is drawn whether it is used or not, so that one setting does not change what another does.
    let others = captions.count - 1
    let (takesOther, other) = (random.uniformDouble() < otherCaptionProbability, random.uniformDouble())
    var caption = captions.first ?? ""
    if takesOther && others > 0 { caption = captions[1 + min(others - 1, Int(other * Double(others)))] }

    let drops = random.uniformDouble() < dropProbability
    let rate = dropRate.lowerBound + (dropRate.upperBound - dropRate.lowerBound) * random.uniformDouble()
    let reorders = random.uniformDouble() < orderProbability
    var words = random.substream("words")
    if drops || reorders {
      var text = SegmentedCaption(CaptionText.words(caption, by: breaker))
      if drops { text.drop(rate: rate, from: &words) }
      if reorders { text.permute(window: orderWindow, from: &words) }
      caption = text.text
    }

    let (usesTemplate, template) = (random.uniformDouble() < templateProbability, random.uniformDouble())
    if usesTemplate, !templates.isEmpty {
      let chosen = templates[min(templates.count - 1, Int(template * Double(templates.count)))]
      caption = chosen.replacingOccurrences(of: "{}", with: caption)
    }
    let (changesCase, letterCase) = (random.uniformDouble() < caseProbability, random.integer(below: 3))
    if changesCase {
      let conversion: ICU.Conversion = [.lower, .upper, .title][letterCase]
      caption = String(decoding: ICU.converted(Array(caption.utf8), conversion), as: UTF8.self)
    }
    let (changesMarks, marks) = (random.uniformDouble() < punctuationProbability, random.integer(below: 2))
    if changesMarks {
      caption =
        marks == 0
        ? SegmentedCaption(CaptionText.words(caption, by: breaker)).withoutPunctuation
        : caption.hasSuffix(".") ? String(caption.dropLast()) : caption + "."
    }
    let (changesSpace, spaces) = (random.uniformDouble() < spaceProbability, random.integer(below: 2))
    if changesSpace {
      caption =
        spaces == 0 ? " " + caption + " " : caption.replacingOccurrences(of: " ", with: "  ")
    }
    return caption
  }
}

/// A caption as words with what stands before, between and behind them.
struct SegmentedCaption {
  private(set) var words: [String] = []
  /// One more than the words: the text before the first, between each two, and behind the last.
  private(set) var gaps: [String] = [""]

  init(_ segments: [CaptionText.Segment]) {
    for segment in segments {
      if segment.isWord {
        words.append(segment.text)
        gaps.append("")
      } else {
        gaps[gaps.count - 1] += segment.text
      }
    }
  }

  /// The caption as it is now.
  var text: String { zip(gaps, words + [""]).map { $0 + $1 }.joined() }

  /// The words alone, separated as they were but for punctuation. A caption without words stays as it is.
  var withoutPunctuation: String {
    if words.isEmpty { return text }
    var result = words[0]
    for (word, gap) in zip(words.dropFirst(), gaps.dropFirst()) { result += (gap.isEmpty ? "" : " ") + word }
    return result
  }

  /// Leaves out each word with the probability `rate`, with the gap behind it; at least one word stays.
  mutating func drop(rate: Double, from random: inout RandomStream) {
    if words.count < 2 { return }
    let stays = words.map { _ in random.uniformDouble() >= rate }
    let kept = stays.contains(true) ? stays : stays.indices.map { $0 == 0 }
    var (left, around) = ([String](), [gaps[0]])
    for (place, word) in words.enumerated() {
      if kept[place] {
        left.append(word)
        around.append(gaps[place + 1])
      } else if place == words.count - 1 {
        // What closes the caption stays in place of what stood before the last word.
        if around.count > 1 { around[around.count - 1] = gaps[place + 1] }
      }
    }
    (words, gaps) = (left, around)
  }

  /// Permutes the words within each window; the gaps stay.
  mutating func permute(window: Int, from random: inout RandomStream) {
    for start in stride(from: 0, to: words.count, by: window) {
      let end = min(words.count, start + window)
      let order = random.permutation(end - start)
      words.replaceSubrange(start..<end, with: order.map { words[start + $0] })
    }
  }
}
