@testable import Files
import Foundation
import TestSupport
import Networks
import Testing

private struct Settings: Codable, Equatable, Validated {
  struct Part: Codable, Equatable {
    var width = 64
    var note: String?
  }
  var epochs = 10
  var rate: Float = 0.06
  var seed = UInt64.max
  var part = Part()
  var parts = [Part(), Part(width: 3)]
  var optimiser = Optimiser.sgd()

  func validate() throws(InvalidSetting) {
    try require(epochs > 0, "epochs", epochs, "above 0")
    try optimiser.validate(under: "optimiser")
  }
}

struct ConfigurationTests {
  private func decode(_ text: String, defaults: Settings? = Settings()) throws -> Settings {
    try Configuration.decode(from: Data(text.utf8), file: "c.json", defaults: defaults)
  }

  @Test("A configuration survives a file, bit for bit, and equal values give equal bytes")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "c.json")
      var settings = Settings(epochs: 7, rate: 0.1)
      settings.part.note = "a/b"
      try Configuration.write(settings, to: file)
      #expect(try Configuration.read(Settings.self, from: file) == settings)
      #expect(try readFile(file) == Configuration.encode(settings))
    }
  }

  @Test("Keys that are left out keep their defaults, at every depth")
  func defaults() throws {
    var expected = Settings(epochs: 3)
    expected.part.note = "n"
    #expect(try decode(#"{"epochs": 3, "part": {"note": "n"}}"#) == expected)
  }

  @Test("Another case replaces the default's case, the same case is merged")
  func mergesCases() throws {
    let adam = #"{"optimiser": {"adam": {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-8, "weightDecay": 0}}}"#
    #expect(try decode(adam).optimiser == .adam(beta1: 0.5, beta2: 0.9))
    #expect(try decode(#"{"optimiser": {"sgd": {"weightDecay": 0.5}}}"#).optimiser == .sgd(weightDecay: 0.5))
  }

  @Test(
    "An unknown key is named with its full path and the keys there are",
    arguments: [
      (#"{"epoch": 1}"#, "epoch"), (#"{"part": {"widht": 1}}"#, "part.widht"),
      (#"{"parts": [{"width": 1}, {"width": 2, "x": 1}]}"#, "parts.1.x"),
      (
        #"{"optimiser": {"sgd": {"momentum": 0.9, "weightDecay": 0, "nesterov": false, "damp": 0}}}"#,
        "optimiser.sgd.damp"
      ),
    ])
  func unknownKeys(text: String, path: String) {
    #expect {
      _ = try decode(text)
    } throws: { error in
      guard case ConfigurationError.unknownKey("c.json", path, let known) = error else { return false }
      return !known.isEmpty && "\(error)".contains("c.json") && "\(error)".contains("“\(path)”")
    }
  }

  @Test("A missing key is named with its full path and those that are there")
  func missingKey() throws {
    let text = String(decoding: try Configuration.encode(Settings()), as: UTF8.self)
    #expect(
      throws: ConfigurationError.missingKey(
        file: "c.json", path: "epochs", present: ["optimiser", "part", "parts", "rate", "seed", "epoch"])
    ) {
      let wrong = text.replacing("  \"epochs\" : 10,\n", with: "").replacing(
        ": 18446744073709551615\n", with: ": 1, \"epoch\": 1")
      _ = try decode(wrong, defaults: nil)
    }
  }

  @Test(
    "A value of the wrong kind is named with its path",
    arguments: [
      (#"{"part": {"width": "wide"}}"#, "part.width"), (#"{"epochs": 1.5}"#, "epochs"),
      (#"{"epochs": 1e99}"#, "epochs"), (#"{"seed": -1}"#, "seed"),
      (#"{"parts": [{"width": true}]}"#, "parts.0.width"),
    ])
  func wrongKind(text: String, path: String) {
    #expect {
      _ = try decode(text)
    } throws: { error in
      if case ConfigurationError.invalidValue("c.json", path, _) = error { return true }
      return false
    }
  }

  @Test(
    "A number that its field cannot hold is named with its digits and what is expected",
    arguments: [
      (#"{"epochs": 1.5}"#, "epochs", "found 1.5, but a whole number is expected"),
      (#"{"epochs": 1e99}"#, "epochs", "found 1e99, but at most \(Int.max) is expected"),
      (#"{"epochs": 1e-1}"#, "epochs", "found 1e-1, but a whole number is expected"),
      (#"{"seed": -1}"#, "seed", "found -1, but at least 0 is expected"),
      (
        #"{"seed": 18446744073709551616}"#, "seed",
        "found 18446744073709551616, but at most \(UInt64.max) is expected"
      ),
      (#"{"rate": 1e39}"#, "rate", "found 1e39, but a magnitude of at most 3.4028235e+38 is expected"),
      (
        #"{"parts": [{"width": 1}, {"width": [1]}]}"#, "parts.1.width",
        "found a list, but a whole number is expected"
      ),
      (#"{"part": {"note": 3}}"#, "part.note", "found 3, but a string is expected"),
      (#"{"part": "x"}"#, "part", "found the string “x”, but an object is expected"),
      (#"{"parts": 7}"#, "parts", "found 7, but a list is expected"),
    ])
  func misfits(text: String, path: String, reason: String) {
    #expect(throws: ConfigurationError.invalidValue(file: "c.json", path: path, reason: reason)) {
      _ = try decode(text)
    }
  }

  @Test(
    "A whole number may be written with a fraction of zeros or an exponent, and keeps every digit",
    arguments: [
      ("10.0", 10), ("1e3", 1000), ("1.5e1", 15), ("1200e-2", 12), ("-0", 0), ("0.0", 0),
      ("18446744073709551615.0", UInt64.max), ("1844674407370955161.5e1", UInt64.max),
      ("9007199254740993.0", 9_007_199_254_740_993), ("0e999", 0),
    ])
  func wholeNumbers(digits: String, expected: UInt64) throws {
    #expect(try decode("{\"seed\": \(digits)}").seed == expected)
  }

  @Test("Any Codable value reads as it was written: numbers to the last bit, text, nesting, tables by name")
  func anyValue() throws {
    struct Values: Codable, Equatable {
      enum Choice: Codable, Equatable {
        case plain
        case sized(Int, by: Double)
      }
      enum Word: String, Codable { case one, two }
      var doubles = [0.1, Double.leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 1 / 3.0]
      var floats: [Float] = [0.1, .leastNonzeroMagnitude, 3.4028235e38]
      var integers = [Int.min, 0, Int.max]
      var small: Int8 = -128
      var flags = [true, false]
      var text = ["", "é\u{301}", "\u{1F469}\u{200D}\u{1F52C}\u{0}\"\\/"]
      var table = ["a.b": 1, "ü": 2]
      var choices = [Choice.plain, .sized(3, by: 0.5)]
      var word = Word.two
      var range = 0.2...1.0
      var nested = [[[1], []], [[2, 3]]]
      var absent: Int?
    }
    let values = Values()
    let data = try Configuration.encode(values)
    let read: Values = try Configuration.decode(from: data, file: "v.json")
    #expect(read == values && read.doubles[3].sign == .minus)
    #expect(read.text.map { Array($0.utf8) } == values.text.map { Array($0.utf8) })
    #expect(try Configuration.encode(read) == data)
  }

  @Test("An error that a type explains is named with the place of the value")
  func explained() {
    struct Odd: Codable, Equatable {
      var number = 1
      init() {}
      init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
        if number % 2 == 0 { throw InvalidSetting("number", "it is even") }
      }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
      }
    }
    struct Holder: Codable { var odds = [Odd()] }
    #expect(
      throws: ConfigurationError.invalidValue(
        file: "c.json", path: "odds.1", reason: "“number”: it is even. Correct the value")
    ) {
      _ = try Configuration.decode(Holder.self, from: Data(#"{"odds": [1, 2]}"#.utf8), file: "c.json")
    }
  }

  @Test("null is refused, known key or not", arguments: ["part", "nonsense"])
  func null(key: String) {
    let error = ConfigurationError.invalidValue(
      file: "c.json", path: key, reason: "null is not a value; leave the key out instead")
    #expect(throws: error) { _ = try decode("{\"\(key)\": null}") }
  }

  @Test("A value out of range is named with its path")
  func outOfRange() {
    #expect(
      throws: ConfigurationError.invalidValue(
        file: "c.json", path: "optimiser.sgd.momentum", reason: "found 2.0, but it must be in [0, 1)")
    ) { _ = try decode(#"{"optimiser": {"sgd": {"momentum": 2}}}"#) }
  }

  @Test("Text that is not JSON is named with its line, and a missing file with its path")
  func unreadable() throws {
    #expect(
      throws: ConfigurationError.syntax(
        file: "c.json", line: 2, reason: "a comma or a closing brace is expected")
    ) { _ = try decode("{\"epochs\": 1\n\"rate\": 2}") }
    let file = URL(filePath: "/nonexistent/c.json")
    #expect(throws: FileError.absent(file: "/nonexistent/c.json")) {
      _ = try Configuration.read(Settings.self, from: file)
    }
  }

  @Test("Mutated configurations are read or refused with an error that names the file")
  func fuzz() throws {
    try Fuzz.feed("configuration", [[UInt8](try Configuration.encode(Settings()))]) { input, _ in
      do {
        _ = try Configuration.decode(Settings.self, from: Data(input), file: "c.json")
      } catch let error as ConfigurationError {
        try Fuzz.require(error.description.hasPrefix("c.json"), error.description)
        return false
      }
      return true
    }
  }

  @Test("Characters that a terminal would obey are escaped in what is written, and come back as they were")
  func escapesControls() throws {
    let text = "a\u{1B}\u{7F}\u{9B}\u{202E}\u{2066}\u{61C} “é” 日本\n"
    let written = try Configuration.encode([text])
    let shown = String(decoding: written, as: UTF8.self)
    #expect(shown == PrintableText.lines(shown))
    #expect(shown.contains("“é” 日本") && shown.contains("\\u009b") && shown.contains("\\u202e"))
    #expect(try Configuration.decode([String].self, from: written, file: "a.json") == [text])
    #expect(try JSONParser.parse(JSONValue.string(text).text.utf8) == .string(text))
    #expect(!JSONValue.string("\u{9B}\u{2069}").text.unicodeScalars.contains { $0.value > 0x7E })
  }

  @Test("An error quotes a bounded part of keys and texts, however long they are")
  func boundedQuotes() {
    let long = String(repeating: "k", count: 100_000)
    for json in [#"{"\#(long)": 1}"#, #"{"a": 1, "a\#(long)": 1, "a\#(long)": 2}"#, #"{"a": "\#(long)"}"#] {
      let error = #expect(throws: ConfigurationError.self) {
        _ = try Configuration.decode([String: Int].self, from: Data(json.utf8), file: "a.json")
        _ = try Configuration.decode(Small.self, from: Data(json.utf8), file: "a.json")
      }
      #expect((error?.description.count ?? 0) < 500)
    }
  }

  private struct Small: Codable { var a = 1 }
}
