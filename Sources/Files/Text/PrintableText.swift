/// Text from outside as a terminal may be given it.
public enum PrintableText {
  /// A text in one line without characters that a terminal would obey: U+FFFD in their place, and a space in that of
  /// tabs and line ends.
  public static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isObeyed) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard isObeyed(scalar) else {
        result.append(scalar)
        continue
      }
      result.append(scalar.properties.isWhitespace ? " " : "\u{FFFD}")
    }
    return String(result)
  }

  /// A text of several lines as ``line(_:)`` has each; tabs stay.
  public static func lines(_ text: String) -> String {
    func isKept(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\t" || !isObeyed(scalar) }
    guard !text.unicodeScalars.allSatisfy(isKept) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isKept(scalar) ? scalar : "\u{FFFD}") }
    return String(result)
  }

  /// The text with each line cut after so many bytes, at a character's end, where an ellipsis tells it. What somebody
  /// else's file holds may be one line of millions.
  public static func bounded(_ text: String, bytes most: Int = 2000) -> String {
    guard text.utf8.count > most else { return text }
    return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      line.count <= most ? String(decoding: line, as: UTF8.self) : beginning(line, bytes: most) + "…"
    }.joined(separator: "\n")
  }

  private static func beginning(_ line: Substring.UTF8View, bytes most: Int) -> String {
    var bytes = Array(line.prefix(most))
    // The bytes of a character that is cut are a beginning (two bits set) and continuations (10xxxxxx).
    while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
    if let last = bytes.last, last & 0xC0 == 0xC0 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether a terminal does something at a character: controls (Unicode's category Cc), separators of lines, and those
  /// that turn the direction of text (its property Bidi_Control).
  package static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: scalar.properties.generalCategory == .control
    }
  }

  /// The columns that a terminal gives a text: two for a character of East Asian scripts and for an emoji.
  public static func columns(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      let isWide = character.unicodeScalars.contains { scalar in
        scalar.properties.isEmojiPresentation || scalar == "\u{FE0F}"
          || wide.contains { $0.contains(scalar.value) }
      }
      return sum + (isWide ? 2 : 1)
    }
  }

  /// Blocks of wide characters (Unicode Standard Annex 11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
  ]
}

/// The beginning of a text from outside, in one line, for an error that quotes it.
package func excerpt(_ text: String, most: Int = 120) -> String {
  let line = PrintableText.line(String(text.unicodeScalars.prefix(most)))
  return text.unicodeScalars.dropFirst(most).isEmpty ? line : line + "…"
}

/// Some names from outside, parted by commas, for an error that lists what it found.
package func excerpt(_ names: [String], most: Int = 30) -> String {
  let shown = names.prefix(most).map { excerpt($0, most: 40) }.joined(separator: ", ")
  return names.count > most ? "\(shown), and \(names.count - most) more" : shown
}
