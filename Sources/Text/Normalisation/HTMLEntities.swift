/// HTML character references in plain text, as browsers and Python's `html.unescape` read them.
enum HTMLEntities {
  /// By the scalars of the name without the ampersand: `amp;`, `amp`, `hellip;`. No strings: to them the Kelvin sign
  /// and K are the same.
  static let named: [[UInt32]: [UInt32]] = {
    var result: [[UInt32]: [UInt32]] = [:]
    for entry in htmlEntityTable.split(separator: " ") {
      let parts = entry.split(separator: "=")
      result[parts[0].unicodeScalars.map(\.value)] = parts[1].split(separator: "+").compactMap {
        UInt32($0, radix: 16)
      }
    }
    return result
  }()

  /// Names in capitals that HTML does not know, such as `NTILDE;`: ftfy reads them as the capital of what the name in
  /// small letters means.
  static let capitals: [[UInt32]: [UInt32]] = {
    var result: [[UInt32]: [UInt32]] = [:]
    for (name, scalars) in named
    where name.last == 0x3B && !name.contains(where: { (0x41...0x5A).contains($0) }) {
      let capital = name.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
      if unescaped([0x26] + capital) == [0x26] + capital {
        result[capital] = ICU.converted([UInt8](scalars: scalars), .upper).scalars
      }
    }
    return result
  }()

  private static let longestName = 32
  /// What cannot stand in a name: tab, line feed, form feed, space, `<`, `&`, `#` and `;`.
  private static let noName: [UInt32] = [0x09, 0x0A, 0x0C, 0x20, 0x3C, 0x26, 0x23, 0x3B]

  /// The text with every reference replaced (WHATWG HTML, 13.2.5.72 ff.): numeric ones with or without semicolon,
  /// Windows-1252 for 128 to 159, U+FFFD for what is no character, nothing for control characters; of a name that is
  /// unknown its longest known beginning.
  static func unescaped(_ text: [UInt32]) -> [UInt32] { replacing(in: text, reference) }

  /// The text with what `reference` finds at an ampersand, of the length it tells, replaced by what it stands for.
  /// - Parameter isRepeated: whether an ampersand that comes of it begins a reference with what follows, as in `&amp;lt;`,
  ///   however often; else what was replaced is not looked at again.
  static func replacing(
    in source: [UInt32], isRepeated: Bool = false,
    _ reference: (_ text: [UInt32], _ ampersand: Int) -> (scalars: [UInt32], length: Int)?
  ) -> [UInt32] {
    guard source.contains(0x26) else { return source }
    var (text, result) = (source, [UInt32]())
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if text[place] == 0x26, let (scalars, length) = reference(text, place) {
        place += length
        if isRepeated && scalars == [0x26] {
          // It takes the place of the reference's last character, so that a text of n of them takes n steps.
          place -= 1
          text[place] = 0x26
        } else {
          result += scalars
        }
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  /// What the reference at an ampersand stands for and how long it is; nil where there is none.
  private static func reference(in text: [UInt32], at start: Int) -> (scalars: [UInt32], length: Int)? {
    if start + 1 < text.count, text[start + 1] == 0x23 { return numeric(in: text, at: start) }
    var name: [UInt32] = []
    var place = start + 1
    while place < text.count, name.count < longestName, !noName.contains(text[place]) {
      name.append(text[place])
      place += 1
    }
    guard !name.isEmpty else { return nil }
    if place < text.count, text[place] == 0x3B, let found = named[name + [0x3B]] {
      return (found, place + 1 - start)
    }
    while name.count >= 2 {
      if let found = named[name] { return (found, name.count + 1) }
      name.removeLast()
    }
    return nil
  }

  private static func numeric(in text: [UInt32], at start: Int) -> ([UInt32], Int)? {
    var place = start + 2
    let isHexadecimal = place < text.count && (text[place] == 0x78 || text[place] == 0x58)
    if isHexadecimal { place += 1 }
    let radix: UInt32 = isHexadecimal ? 16 : 10
    let digits = place
    var number: UInt32 = 0
    while place < text.count, let digit = value(ofDigit: text[place], radix: radix) {
      // More than any character's number stays more.
      number = min(number * radix + digit, 0x11_0000)
      place += 1
    }
    if place == digits { return nil }
    if place < text.count, text[place] == 0x3B { place += 1 }
    return (character(number), place - start)
  }

  private static func value(ofDigit scalar: UInt32, radix: UInt32) -> UInt32? {
    switch scalar {
    case 0x30...0x39: scalar - 0x30
    case 0x41...0x46 where radix == 16: scalar - 0x41 + 10
    case 0x61...0x66 where radix == 16: scalar - 0x61 + 10
    default: nil
    }
  }

  private static func character(_ number: UInt32) -> [UInt32] {
    switch number {
    case 0, 0xD800...0xDFFF, 0x11_0000...: [0xFFFD]
    case 0x0D: [0x0D]
    case 0x80...0x9F: [windows1252[Int(number) - 0x80]]
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: []
    case _ where number & 0xFFFE == 0xFFFE: []
    default: [number]
    }
  }

  /// What bytes 128 to 159 mean in Windows-1252; those it leaves open stay control characters.
  static let windows1252: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
    0x8D,
    0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
    0x203A,
    0x0153, 0x9D, 0x017E, 0x0178,
  ]
}
