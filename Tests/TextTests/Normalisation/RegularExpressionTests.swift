import Testing

@testable import Text

@Suite("Regular expressions")
struct RegularExpressionTests {
  @Test("Properties of any script can be asked for")
  func properties() throws {
    #expect(try RegularExpression(#"\p{Thai}+"#).matches(in: "cat แมว dog ดำ") == ["แมว", "ดำ"])
    #expect(try RegularExpression(#"\p{N}"#).matches(in: "a1٢½") == ["1", "٢", "½"])
    #expect(try RegularExpression("é+", ignoringCase: true).matches(in: "ÉéE") == ["Éé"])
    #expect(try RegularExpression("x*").matches(in: "ax") == ["", "x", ""])
  }

  @Test("A pattern that is none is refused with the place of the mistake")
  func refused() {
    #expect(throws: TextError.pattern("a(b", offset: 3)) { try RegularExpression("a(b") }
    #expect(throws: TextError.self) { try RegularExpression(#"\p{Nonesuch}"#) }
  }

  @Test("CLIP's pre-tokens are what its regular expression finds")
  func preTokens() throws {
    let expression = try RegularExpression(
      #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#)
    let scanner = CLIPPreTokens(ignoresCase: false)
    for row in try GoldenTokens.load().strings {
      let text = CaptionText.normalised(row.caption)
      let bytes = Array(text.utf8)
      var found: [String] = []
      scanner.forEach(in: bytes.span) { range, _ in
        found.append(String(decoding: bytes[range], as: UTF8.self))
        return true
      }
      #expect(try found.map { Array($0.utf8) } == expression.matches(in: text).map { Array($0.utf8) })
    }
  }
}
