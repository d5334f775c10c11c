import Testing

@testable import Text

@Suite("Repair as by ftfy")
struct CaptionRepairTests {
  @Test(
    "Examples of ftfy's documentation whose encoding is right",
    arguments: [
      ("\u{201C}here\u{2019}s a test\u{201D}", "\"here's a test\""), ("ﬂuﬃeﬆ", "fluffiest"),
      ("ＬＯＵＤ　ＮＯＩＳＥＳ", "LOUD NOISES"), ("Ｕﾀｰﾝ", "Uターン"), ("P&EACUTE;REZ", "PÉREZ"),
      ("\u{1B}[36;44mI'm blue\u{1B}[0m", "I'm blue"), ("BUNDESSTRA&SZLIG;E", "BUNDESSTRASSE"),
      ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"), ("\u{FEFF}bom", "bom"), ("e\u{301}", "\u{E9}"),
      ("<b>&amp;</b>", "<b>&amp;</b>"), ("\u{85}", "\u{2026}"), ("1\u{7F}2", "12"),
    ])
  func examples(_ text: String, _ expected: String) {
    let repaired = CaptionRepair.repaired(text.unicodeScalars.map(\.value))
    #expect(repaired == expected.unicodeScalars.map(\.value))
  }

  @Test("A line with < leaves its own references and those of later lines, not of earlier ones")
  func html() {
    let text = "&amp;\n<\n&amp;".unicodeScalars.map(\.value)
    #expect(CaptionRepair.repaired(text) == "&\n<\n&amp;".unicodeScalars.map(\.value))
  }

  @Test("What is repaired needs no repair")
  func idempotent() throws {
    for row in try GoldenTokens.load().strings where row.times < 100 {
      let once = CaptionRepair.repaired(row.caption.unicodeScalars.map(\.value))
      #expect(CaptionRepair.repaired(once) == once, "\(row.text.debugDescription)")
    }
  }

  @Test(
    "References to ampersands within references are replaced however many there are, in one go over the text")
  func nestedReferences() {
    func repaired(_ text: String) -> String {
      String(
        decoding: [UInt8](scalars: CaptionRepair.repaired(text.unicodeScalars.map(\.value))), as: UTF8.self)
    }
    for (text, expected) in [
      ("&amp;amp;lt;b", "<b"), ("&#38;#x26;AMP;quot;", "\""), ("&amp;amp", "&amp"), ("&&#97;mp;gt;", ">"),
      ("&amp;\u{FF41}mp;lt;", "<"), ("a &amp; b &amp;amp; c", "a & b & c"),
    ] { #expect(repaired(text) == expected, "\(text)") }
    // At a step for each level of each character this would be 10^11 steps.
    #expect(repaired("&" + String(repeating: "amp;", count: 100_000)) == "&")
    #expect(repaired("&" + String(repeating: "#38;", count: 100_000)) == "&")
  }

}
