/// Cuts a normalised caption as CLIP's regular expression does:
/// `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`
/// (Radford et al., ICML 2021, and its published code), by looking each byte up in a table and at other characters'
/// properties.
struct CLIPPreTokens: Sendable {
  /// A pre-token.
  enum Kind {
    /// What byte pairs are merged in.
    case word
    /// The text of a special token.
    case startOfText, endOfText
  }

  private enum Class: UInt8 {
    case space, letter, number, other
  }

  /// OpenAI's expression ignores case: a long s (ſ) then counts as s, and U+0345, which folds to a letter, but is none,
  /// matches nothing.
  let ignoresCase: Bool
  private let classes: [Class]

  init(ignoresCase: Bool) {
    self.ignoresCase = ignoresCase
    classes = (0..<128).map { byte in
      switch ICU.kind(of: UInt32(byte)) {
      case .letter: .letter
      case .number: .number
      case .space: .space
      case .other: .other
      }
    }
  }

  @inline(__always)
  private func classified(_ text: borrowing Span<UInt8>, at place: Int) -> (Class, length: Int) {
    let byte = text[place]
    return byte < 0x80 ? (classes[Int(byte)], 1) : classifiedBeyondASCII(text, at: place)
  }

  private func classifiedBeyondASCII(_ text: borrowing Span<UInt8>, at place: Int) -> (Class, length: Int) {
    let (scalar, length) = decodedScalar(text, at: place)
    if ignoresCase && scalar == 0x345 { return (.space, length) }
    switch ICU.kind(of: scalar) {
    case .letter: return (.letter, length)
    case .number: return (.number, length)
    case .space: return (.space, length)
    case .other: return (.other, length)
    }
  }

  /// Calls `body` for each pre-token, in order, until it returns false.
  @inline(__always)
  func forEach(in text: borrowing Span<UInt8>, _ body: (Range<Int>, Kind) -> Bool) {
    var place = 0
    while place < text.count {
      let start = place
      let (kind, length) = classified(text, at: place)
      place += length
      switch kind {
      case .space: continue
      case .number: break
      case .letter: place = end(of: .letter, in: text, from: place)
      case .other:
        if text[start] == 0x27, let contraction = contraction(in: text, after: place) {
          place = contraction
        } else if text[start] == 0x3C, let (end, special) = special(in: text, at: start) {
          place = end
          if !body(start..<end, special) { return }
          continue
        } else {
          place = end(of: .other, in: text, from: place)
        }
      }
      if !body(start..<place, .word) { return }
    }
  }

  @inline(__always)
  private func end(of kind: Class, in text: borrowing Span<UInt8>, from start: Int) -> Int {
    var place = start
    while place < text.count {
      let (found, length) = classified(text, at: place)
      if found != kind { break }
      place += length
    }
    return place
  }

  /// Where `s`, `t`, `m`, `d`, `re`, `ve` or `ll` after an apostrophe ends; nil for anything else.
  private func contraction(in text: borrowing Span<UInt8>, after place: Int) -> Int? {
    guard place < text.count else { return nil }
    let second = place + 1 < text.count ? text[place + 1] : 0
    switch text[place] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return place + 1
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return second == UInt8(ascii: "e") ? place + 2 : nil
    case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? place + 2 : nil
    case 0xC5: return ignoresCase && second == 0xBF ? place + 2 : nil
    default: return nil
    }
  }

  private static let startText = Array(CLIPTokenizer.startText.utf8)
  private static let endText = Array(CLIPTokenizer.endText.utf8)
  private static let startTextWithLongS = Array("<|\u{17F}tartoftext|>".utf8)

  /// A special token's text at a `<`. With a long s the expression finds it, but it stands for no token.
  private func special(in text: borrowing Span<UInt8>, at place: Int) -> (end: Int, Kind)? {
    guard place + 1 < text.count, text[place + 1] == UInt8(ascii: "|") else { return nil }
    if matches(CLIPPreTokens.startText, text, at: place) {
      return (place + CLIPPreTokens.startText.count, .startOfText)
    }
    if matches(CLIPPreTokens.endText, text, at: place) {
      return (place + CLIPPreTokens.endText.count, .endOfText)
    }
    if ignoresCase && matches(CLIPPreTokens.startTextWithLongS, text, at: place) {
      return (place + CLIPPreTokens.startTextWithLongS.count, .word)
    }
    return nil
  }

  private func matches(_ wanted: [UInt8], _ text: borrowing Span<UInt8>, at place: Int) -> Bool {
    guard place + wanted.count <= text.count else { return false }
    for index in wanted.indices where text[place + index] != wanted[index] { return false }
    return true
  }
}
