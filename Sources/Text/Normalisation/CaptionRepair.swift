/// What ftfy 6 (Speer, "ftfy: fixes text for you") does to text whose encoding is right, as OpenAI's tokenizer calls it
/// before anything else: straight quotes, ligatures and widths taken back, control characters out, NFC.
///
/// ftfy also guesses whether text was once decoded in a wrong encoding. That guess is not made here: it depends on the
/// version of one library, and turns text that is right into other text.
enum CaptionRepair {
  /// The text repaired, line by line.
  static func repaired(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(text.count)
    // From the first `<` on, the text is taken for HTML, whose references are left as they are.
    var unescapes = true
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
      var line = Array(text[start..<end])
      if line.contains(0x3C) { unescapes = false }
      // One change may prepare another, so all are made until none happens: a composition can make a semicolon.
      var isComposed = false
      while true {
        let next = replacements(in: line, unescapes: unescapes)
        if isComposed && next == line { break }
        line = composed(next)
        isComposed = true
      }
      result += line
      start = end
    }
    return result
  }

  /// The text in canonical composition. Below U+0300 nothing composes.
  private static func composed(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(where: { $0 >= 0x300 }) else { return text }
    return ICU.converted([UInt8](scalars: text), .nfc).scalars
  }

  private static func replacements(in line: [UInt32], unescapes: Bool) -> [UInt32] {
    var text = line
    if unescapes { text = HTMLEntities.replacing(in: text, isRepeated: true, reference) }
    if text.contains(where: isReplaced) { text = replaced(text) }
    if text.contains(0x1B) { text = withoutTerminalEscapes(text) }
    if text.contains(where: isControl) { text.removeAll(where: isControl) }
    return text
  }

  /// References of letters and digits that end in a semicolon, and are known or numeric.
  private static func reference(in text: [UInt32], at start: Int) -> (scalars: [UInt32], length: Int)? {
    var place = start + 1
    let isNumeric = place < text.count && text[place] == 0x23
    if isNumeric { place += 1 }
    let first = place
    while place < text.count, place - first <= 24, isAlphanumeric(text[place]) { place += 1 }
    guard (1...24).contains(place - first), place < text.count, text[place] == 0x3B else { return nil }
    let name = Array(text[(start + 1)...place])
    let length = name.count + 1
    if isNumeric {
      let scalars = HTMLEntities.unescaped([0x26] + name)
      return scalars.contains(0x3B) ? nil : (scalars, length)
    }
    return (HTMLEntities.named[name] ?? HTMLEntities.capitals[name]).map { (scalars: $0, length: length) }
  }

  private static func isAlphanumeric(_ scalar: UInt32) -> Bool {
    (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
  }

  private static func isReplaced(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x0D, 0x80...0x9F, 0x2BC, 0x2018...0x201F, 0x2028, 0x2029, 0x3000, 0xFF01...0xFFEF: true
    default: ligatures[scalar] != nil
    }
  }

  /// C1 controls as Windows-1252, then ligatures, widths, quotes and line breaks.
  private static func replaced(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(text.count)
    for (place, scalar) in text.enumerated() {
      let meant = (0x80...0x9F).contains(scalar) ? HTMLEntities.windows1252[Int(scalar) - 0x80] : scalar
      for letter in ligatures[meant] ?? [meant] {
        switch letter {
        case 0x3000: result.append(0x20)
        case 0xFF01...0xFFEF: result += ICU.converted([UInt8](scalars: [letter]), .nfkc).scalars
        case 0x2BC, 0x2018...0x201B: result.append(0x27)
        case 0x201C...0x201F: result.append(0x22)
        case 0x0D where place + 1 < text.count && text[place + 1] == 0x0A: break
        case 0x0D, 0x2028, 0x2029: result.append(0x0A)
        default: result.append(letter)
        }
      }
    }
    return result
  }

  /// Without `ESC [ numbers letter`, which colours a terminal.
  private static func withoutTerminalEscapes(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var place = 0
    while place < text.count {
      if text[place] == 0x1B, place + 1 < text.count, text[place + 1] == 0x5B {
        var end = place + 2
        while end < text.count, text[end] == 0x3B || ICU.isDigit(text[end]) { end += 1 }
        if end < text.count, isAlphanumeric(text[end]), text[end] >= 0x41 {
          place = end + 1
          continue
        }
      }
      result.append(text[place])
      place += 1
    }
    return result
  }

  private static func isControl(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
    default: false
    }
  }

  /// Ligatures and digraphs of Latin letters, taken apart.
  private static let ligatures: [UInt32: [UInt32]] = {
    let pairs: [(String, String)] = [
      ("Ĳ", "IJ"), ("ĳ", "ij"), ("ŉ", "ʼn"), ("Ǳ", "DZ"), ("ǲ", "Dz"), ("ǳ", "dz"), ("Ǆ", "DŽ"), ("ǅ", "Dž"),
      ("ǆ", "dž"), ("Ǉ", "LJ"), ("ǈ", "Lj"), ("ǉ", "lj"), ("Ǌ", "NJ"), ("ǋ", "Nj"), ("ǌ", "nj"), ("ﬀ", "ff"),
      ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl"), ("ﬅ", "ſt"), ("ﬆ", "st"),
    ]
    var result: [UInt32: [UInt32]] = [:]
    for (ligature, letters) in pairs {
      for scalar in ligature.unicodeScalars { result[scalar.value] = letters.unicodeScalars.map(\.value) }
    }
    return result
  }()
}
