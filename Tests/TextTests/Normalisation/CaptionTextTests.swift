import Files
import Testing
import Text

@Suite("Captions as text")
struct CaptionTextTests {
  @Test("Broken UTF-8 becomes one U+FFFD for each maximal part of a sequence")
  func repairing() throws {
    #expect(try CaptionText.decode([0x61, 0xFF, 0x62], repairing: true) == "a\u{FFFD}b")
    #expect(try CaptionText.decode([0xE2, 0x82, 0x20, 0xE2, 0x82, 0xAC], repairing: true) == "\u{FFFD} €")
    #expect(try CaptionText.decode([0xED, 0xA0, 0x80], repairing: true) == "\u{FFFD}\u{FFFD}\u{FFFD}")
  }

  @Test(
    "Or is refused with the offset of the first broken sequence",
    arguments: [
      ([0x61, 0xFF, 0x62], 1), ([0x80], 0), ([0xC3, 0xA9, 0xC0, 0xAF], 2), ([0x61, 0x62, 0xE2, 0x82], 2),
      ([0xF0, 0x9F, 0x98, 0x80, 0xED, 0xA0, 0x80], 4), ([0x61, 0xF4, 0x90, 0x80, 0x80], 1),
    ] as [([UInt8], Int)])
  func refusing(_ bytes: [UInt8], _ offset: Int) throws {
    #expect(throws: TextError.brokenUTF8(offset: offset, byte: bytes[offset])) {
      try CaptionText.decode(bytes, repairing: false)
    }
  }

  @Test("The version of Unicode has two numbers, of an ICU that knows today's letters")
  func version() throws {
    let major = try #require(CaptionText.unicodeVersion.split(separator: ".").first.flatMap { Int($0) })
    #expect(major >= 13)
  }

  @Test("Text that is valid stays as it is, whatever it holds")
  func valid() throws {
    let text = "a\0é中😀\u{FFFD}\u{FFFF}"
    #expect(try CaptionText.decode(Array(text.utf8), repairing: false) == text)
    #expect(try CaptionText.decode(Array(text.utf8), repairing: true) == text)
    #expect(try CaptionText.decode([UInt8](), repairing: false) == "")
  }

  @Test("Letters and marks are composed, in bytes and not only in what compares equal")
  func composition() {
    #expect(Array(CaptionText.normalised("e\u{301}").utf8) == Array("\u{E9}".utf8))
    #expect(Array(CaptionText.normalised("\u{1100}\u{1161}\u{11A8}").utf8) == Array("\u{AC01}".utf8))
    #expect(
      Array(CaptionText.normalised("a\u{301}\u{323}").utf8)
        == Array(CaptionText.normalised("a\u{323}\u{301}").utf8))
  }

  @Test("White space of every kind becomes single spaces, none at the ends")
  func space() {
    #expect(CaptionText.normalised(" \ta\u{3000}\u{2028}b\r\n c\u{A0} ") == "a b c")
    #expect(CaptionText.normalised("  two \t spaces\n") == "two spaces")
    #expect(CaptionText.normalised("\u{3000} \u{85}") == "")
    // A zero-width space is none.
    #expect(CaptionText.normalised("a\u{200B}b") == "a\u{200B}b")
  }

  @Test("Small letters follow Unicode: a final sigma, two letters for a dotted I, ß from its capital")
  func lowercase() {
    #expect(CaptionText.normalised("ΟΔΟΣ ΣΙΓΜΑ") == "οδος σιγμα")
    #expect(Array(CaptionText.normalised("İ").utf8) == Array("i\u{307}".utf8))
    #expect(CaptionText.normalised("STRAẞE") == "straße")
    #expect(CaptionText.normalised("Ⅻ Ünï", lowercase: false) == "Ⅻ Ünï")
    #expect(CaptionText.normalised("ABC Z[", lowercase: false) == "ABC Z[")
    #expect(CaptionText.normalised("ABC Z[") == "abc z[")
  }

  @Test("Normalising twice is normalising once", arguments: ["Ἀρχῇ ΟΔΟΣ", "ﬁ Ǆ İ", "  a  b ", "ก็ กำ", "👨‍👩‍👧‍👦 A"])
  func idempotent(_ text: String) {
    let once = CaptionText.normalised(text)
    #expect(Array(CaptionText.normalised(once).utf8) == Array(once.utf8))
  }

  @Test(
    "Words are found in scripts that write no spaces, and segments together are the text",
    arguments: [
      ("a dog's ball, 3.5 m", ["a", "dog's", "ball", "3.5", "m"]), ("แมวดำนั่ง", ["แมว", "ดำ", "นั่ง"]),
      ("黒い猫が座る", ["黒い", "猫", "が", "座る"]), ("القطة السوداء،", ["القطة", "السوداء"]),
      ("cat 😀 👨‍👩‍👧 dog", ["cat", "😀", "👨‍👩‍👧", "dog"]), ("", []), ("... !", []),
    ] as [(String, [String])])
  func words(_ text: String, _ expected: [String]) {
    let segments = CaptionText.words(text)
    #expect(segments.filter(\.isWord).map(\.text) == expected)
    #expect(segments.map(\.text).joined() == text)
  }
}
