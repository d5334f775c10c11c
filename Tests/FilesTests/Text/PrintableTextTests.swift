import Files
import Testing

@Suite("Printable text") struct PrintableTextTests {
  @Test("Characters that a terminal shows twice as wide count twice")
  func columns() {
    #expect(PrintableText.columns("ab日本🎉") == 8)
    #expect(PrintableText.columns("แมว한") == 5)
  }

  @Test("What a terminal would obey is shown as unknown, and a text stays in its line")
  func controlCharacters() {
    #expect(PrintableText.line("a\u{1B}[31mred\u{7}") == "a\u{FFFD}[31mred\u{FFFD}")
    #expect(PrintableText.line("two\nlines\tand a tab") == "two lines and a tab")
    #expect(PrintableText.line("a\u{202E}b\u{2028}c") == "a\u{FFFD}b c")
    #expect(PrintableText.line("สวัสดี 👋🏽") == "สวัสดี 👋🏽")
  }

  @Test(
    "Every control and every character that turns the direction of text is obeyed, and joiners of scripts are not"
  )
  func obeyed() {
    for code in Array(0..<0x20) + Array(0x7F...0x9F) + [0x61C, 0x200E, 0x200F] + Array(0x202A...0x202E)
      + Array(0x2066...0x2069)
    {
      let text = String(Unicode.Scalar(UInt32(code)) ?? " ")
      #expect(PrintableText.line("a\(text)b") != "a\(text)b", "\(code)")
    }
    #expect(PrintableText.line("न\u{200D}") == "न\u{200D}")
  }

  @Test("Lines stay lines, tabs stay tabs, and what a terminal would obey goes")
  func severalLines() {
    #expect(PrintableText.lines("a\tb\nc\u{1B}[2Jd\r\u{9B}") == "a\tb\nc\u{FFFD}[2Jd\u{FFFD}\u{FFFD}")
  }

  @Test("A line of millions of bytes is cut, at a character's end, and others are not")
  func boundedLines() {
    let long = String(repeating: "ä", count: 3_000_000)
    let cut = PrintableText.bounded("short\n\(long)\nend", bytes: 101)
    #expect(cut == "short\n\(String(repeating: "ä", count: 50))…\nend")
    #expect(PrintableText.bounded("short") == "short")
  }

  @Test("What an error quotes is a line of bounded length, and a list names how many more there are")
  func excerpts() {
    #expect(excerpt("short\nname") == "short name")
    #expect(excerpt(String(repeating: "x", count: 5000)).count == 121)
    #expect(excerpt(["a", "b", "c"], most: 2) == "a, b, and 1 more")
  }
}
