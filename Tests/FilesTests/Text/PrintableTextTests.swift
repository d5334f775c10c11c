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

  @Test("What an error quotes is a line of bounded length, and a list names how many more there are")
  func excerpts() {
    #expect(excerpt("short\nname") == "short name")
    #expect(excerpt(String(repeating: "x", count: 5000)).count == 121)
    #expect(excerpt(["a", "b", "c"], most: 2) == "a, b, and 1 more")
  }
}
