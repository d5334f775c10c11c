@testable import Files
import Foundation
import TestSupport
import Testing

struct JSONParserTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(text.utf8) }

  @Test("A document of every kind of value is read as it stands and written back")
  func roundTrip() throws {
    let text = #"{"a":[1,-2.50e+3,true,false,null],"ü":{"b":"\"\\\n\u0001é😀"},"c":[],"d":{}}"#
    let value = try parse(text)
    #expect(value.text == text)
    #expect(try parse(value.text) == value)
    #expect(value["a"] == .array([.number("1"), .number("-2.50e+3"), .bool(true), .bool(false), .null]))
  }

  @Test("Escapes give their characters, surrogate pairs one")
  func escapes() throws {
    #expect(try parse(#""\/\b\f\n\r\t\u00e9\ud83d\ude00""#) == .string("/\u{8}\u{C}\n\r\té😀"))
  }

  @Test(
    "What is not JSON is refused",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "truex", "\"a", "\"\\x\"",
      "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\u12g4\"", "\"\n\"", "[1] 2", "NaN", "'a'", "[1 2]",
      "{\"a\" 1}",
    ])
  func refuses(text: String) {
    #expect(throws: JSONParser.Failure.self) { try parse(text) }
  }

  @Test("Bytes that are not UTF-8 are refused")
  func refusesBadText() {
    #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test("A key that stands twice is named with its line")
  func duplicateKey() {
    #expect(throws: JSONParser.Failure(offset: 14, line: 2, reason: "the key “a” stands twice in one object"))
    {
      try parse("{\"a\": 1,\n  \"a\": 2}")
    }
  }

  @Test("Nesting beyond the bound is refused before it can exhaust the stack")
  func deepNesting() throws {
    #expect(throws: JSONParser.Failure.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
  }

  @Test("Whatever is accepted of mutated text is written and read back as the same")
  func fuzz() throws {
    let sample = #"{"a":[1,-2.5e3,true,false,null],"ü":{"b":"\"\\\n\u0001é\ud83d\ude00"},"c":[],"d":{}}"#
    try Fuzz.feed("JSON", [Array(sample.utf8)]) { input, _ in
      let value: JSONValue
      do { value = try JSONParser.parse(input) } catch is JSONParser.Failure { return false }
      try Fuzz.require(try JSONParser.parse(value.text.utf8) == value, "it is written as \(value.text)")
      return true
    }
  }

  @Test("Mutated text is read as Python reads it, or refused with a line")
  func fuzzAsPython() throws {
    let sample = #"{"caption": NaN, "b": [Infinity, -1.5e3], "text": "a\ud83dé", "caption": "\ud83d\ude00"}"#
    try Fuzz.feed("JSON as Python", [Array(sample.utf8)]) { input, _ in
      do { _ = try JSONParser.parseAsPython(input) } catch let failure as JSONParser.Failure {
        try Fuzz.require(failure.line >= 1 && failure.offset <= input.count, "\(failure)")
        return false
      }
      return true
    }
  }

  private func asPython(_ text: String) throws -> (document: JSONValue, brokenOffset: Int?) {
    try JSONParser.parseAsPython(text.utf8)
  }

  @Test(
    "As Python reads it, NaN and infinities are numbers, and of equal keys the last counts in the first's place"
  )
  func pythonNumbers() throws {
    let (document, broken) = try asPython(#"{"a": NaN, "b": [Infinity, -Infinity, -1], "a": 2}"#)
    #expect(document.text == #"{"a":2,"b":[Infinity,-Infinity,-1]}"#)
    #expect(broken == nil)
    for text in ["NaNs", "-Inf", "nan", "{'a': 1}", "[1,]"] {
      #expect(throws: JSONParser.Failure.self, "\(text)") { try asPython(text) }
    }
  }

  @Test("As Python reads it, half a surrogate pair is a broken character whose place is told")
  func pythonSurrogates() throws {
    let (document, broken) = try asPython(#"["a\ud83d", "\ude00\ud83dx"]"#)
    #expect(document == .array([.string("a\u{FFFD}"), .string("\u{FFFD}\u{FFFD}x")]))
    #expect(broken == 3)
    let whole = try asPython(#""\ud83d\ude00""#)
    #expect(whole.document == .string("😀") && whole.brokenOffset == nil)
  }

  @Test("Keys that differ in Unicode normalisation alone are two keys")
  func normalisation() throws {
    let value = try parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
    #expect(value["\u{E9}"] == .number("1") && value["e\u{301}"] == .number("2"))
  }

  @Test("A byte order mark in front is passed over")
  func byteOrderMark() throws { #expect(try parse("\u{FEFF}{\"a\": 1}")["a"] == .number("1")) }
}
