import Testing

@testable import Text

@Suite("HTML references")
struct HTMLEntitiesTests {
  private func unescaped(_ text: String) -> String {
    String(
      decoding: [UInt8](scalars: HTMLEntities.unescaped(text.unicodeScalars.map(\.value))), as: UTF8.self)
  }

  @Test("HTML names 2,231 references, 106 of them also without semicolon")
  func table() {
    #expect(HTMLEntities.named.count == 2231)
    #expect(HTMLEntities.named.keys.filter { $0.last != 0x3B }.count == 106)
    #expect(HTMLEntities.named.values.allSatisfy { (1...2).contains($0.count) })
  }

  @Test(
    "References are read as browsers read them",
    arguments: [
      ("&amp;", "&"), ("&notit;", "¬it;"), ("&notin;", "∉"), ("&#65;&#x42;&#67", "ABC"), ("&#128;", "€"),
      ("&#0;", "\u{FFFD}"), ("&#xD800;", "\u{FFFD}"), ("&#99999999999999999999;", "\u{FFFD}"), ("&#1;", ""),
      ("&unknown;", "&unknown;"), ("&;", "&;"), ("&", "&"), ("&#;", "&#;"), ("&#xZ", "&#xZ"), ("a&b", "a&b"),
      ("&amp;lt;", "&lt;"), ("&NotEqualTilde;", "\u{2242}\u{338}"), ("&\u{212A}opf;", "&\u{212A}opf;"),
    ])
  func examples(_ text: String, _ expected: String) {
    #expect(Array(unescaped(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("Names in capitals are known only where HTML has no other meaning for them")
  func capitals() {
    #expect(HTMLEntities.capitals["NTILDE;".unicodeScalars.map(\.value)] == [0xD1])
    #expect(HTMLEntities.capitals["SZLIG;".unicodeScalars.map(\.value)] == [0x53, 0x53])
    #expect(HTMLEntities.capitals["AMP;".unicodeScalars.map(\.value)] == nil)
  }
}
