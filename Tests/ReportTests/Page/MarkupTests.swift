import Testing

@testable import Report

@Suite struct MarkupTests {
  @Test("text and attributes cannot end what they stand in")
  func escaped() {
    let tree = Markup.make("p", ["title": "a\" onload='x'"], "</p><script>&amp;")
    #expect(
      tree.source
        == "<p title=\"a&quot; onload=&#39;x&#39;\">&lt;/p&gt;&lt;script&gt;&amp;amp;</p>\n")
  }

  @Test(
    "what a browser or terminal would obey becomes a replacement character",
    arguments: ["\u{0}", "\u{7}", "\u{1B}", "\u{85}", "\u{202E}", "\u{2066}", "\u{2069}", "\u{FFFE}"])
  func obeyed(_ character: String) {
    let text = Markup.escaped("a\(character)b")
    #expect(text == "a\u{FFFD}b" || text == "a b")
    #expect(!text.unicodeScalars.contains(character.unicodeScalars.first ?? "a"))
  }

  @Test("line ends become spaces, and letters of every script stay")
  func kept() { #expect(Markup.escaped("日本\n\u{05D0}é🙂") == "日本 \u{05D0}é🙂") }

  @Test("a name is set apart from the direction of the text around it")
  func isolated() { #expect(Markup.name("\u{05D0}<").source == "<bdi>\u{05D0}&lt;</bdi>") }

  @Test("elements of HTML without content have no end tag")
  func void() { #expect(Markup.make("meta", ["charset": "utf-8"]).source == "<meta charset=\"utf-8\">\n") }
}
