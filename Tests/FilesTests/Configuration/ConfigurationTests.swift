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
    let sample = try Configuration.encode(Settings())
    Fuzz.mutations(of: [sample], seed: 2) { data, round in
      do {
        _ = try Configuration.decode(Settings.self, from: data, file: "c.json")
      } catch let error as ConfigurationError {
        #expect(error.description.hasPrefix("c.json"), "round \(round)")
      } catch {
        Issue.record("round \(round): \(error)")
      }
    }
  }
}
