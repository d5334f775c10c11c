import Data
import Files
import Foundation
import TestSupport
import Testing

@testable import Attack

@Suite struct ResultsSchemaTests {
  private static let schema = Result { try JSONSchema.documented("results.schema.json") }

  private func results(_ findings: AuditFindings) -> AttackResults {
    AttackResults(
      findings, utility: (target: .init(measure: "kNN accuracy", value: 0.4), shadow: nil),
      seeds: ["attack": 5, "split": .max], versions: ["encodermi": "1"], dataFingerprints: ["target": "ab"],
      warnings: ["so it is"])
  }

  /// What every attack and control finds at two levels of knowledge, and those of images alone.
  private func found() throws -> [AuditFindings] {
    let both = try FakeAudit.findings(
      FakeAudit.subjects(.pairing), levels: [.exact, .captionOnly],
      references: [AuditReference(FakeEncoder(.nothing, members: [], seed: 9), seen: [])]
    ) { $0.attacks = [AttackTable.all] }
    let images = try FakeAudit.findings(
      FakeAudit.subjects(.image, target: [.image], shadow: [.image], captions: nil))
    return both + images
  }

  @Test("The results of an audit are what the schema describes, and read back as they were")
  func fits() throws {
    let all = try found()
    #expect(all.map(\.knowledge) == [.exact, .captionOnly, .imageOnly])
    for findings in all {
      let results = results(findings)
      let text = try Configuration.encode(results)
      #expect(try ResultsSchemaTests.schema.get().faults(in: text) == [])
      #expect(
        try Configuration.decode(AttackResults.self, from: text, file: "r", allowsNull: true) == results)
    }
  }

  @Test("They name what was asked: encoders, references, views, variants, augmentation, questions")
  func asked() throws {
    let all = try found()
    let named = all.map(results)
    let (exact, captions, images) = (named[0], named[1], named[2])
    #expect(exact.target.encoder == "fake 1" && exact.shadow?.encoder == "fake 2")
    #expect(exact.references.map(\.encoder) == ["fake 9"] && images.references.isEmpty)
    #expect(exact.views == 4 && exact.variants == 4)
    #expect(captions.views == nil && captions.variants == 4 && images.variants == nil)
    #expect(exact.target.augmentation?.outputSize == 8)
    #expect(exact.target.augmentationOrigin == .pretraining)
    #expect(
      Set(exact.questions.keys) == ["target", "shadow", "untrainedTarget", "untrainedShadow", "reference1"])
    #expect(exact.questions == captions.questions && Set(images.questions.keys).count == 4)
    #expect(
      images.questions["target"]?.pictures == 2 * FakeAudit.each * 4
        && images.questions["target"]?.captions == 0, "\(images.questions)")
    #expect(exact.comparison?.reference == "EncoderMI-V (image-image)")
    #expect(exact.comparison?.attacks.map(\.name) == exact.attacks.dropFirst().map(\.name))
    #expect(exact.attacks.contains { $0.attack == "EncoderMI-V" && $0.sets == [.pair] })
    for findings in all {
      #expect(
        results(findings).attacks.map(\.threshold) == findings.attacks.map(\.scores.threshold))
    }
  }

  @Test("The schema leaves nothing open: no key can be missing, and none be added, but where it says so")
  func closed() throws {
    let schema = try ResultsSchemaTests.schema.get()
    let document = try JSONParser.parse(Configuration.encode(results(found()[0])))
    // These may be given or not, and these hold whatever names there are.
    let free: Set<String> = ["family", "swap", "blur"]
    let open: Set<String> = ["questions", "seeds", "versions", "dataFingerprints"]
    var places: Set<String> = []
    var missed: [String] = []
    /// Walks one object of each kind.
    func walk(_ value: JSONValue, _ place: String, _ rebuild: (JSONValue) -> JSONValue) throws {
      switch value {
      case .array(let items):
        guard let first = items.first else { return }
        try walk(first, "\(place)/0") { rebuild(.array([$0] + items.dropFirst())) }
      case .object(let members):
        guard places.insert(place).inserted else { return }
        let name = place.split(separator: "/").last.map(String.init) ?? ""
        func isRefused(_ members: [JSONValue.Member]) throws -> Bool {
          try !schema.faults(in: rebuild(.object(members)).text.utf8).isEmpty
        }
        if !open.contains(name) {
          let more = members + [JSONValue.Member(key: "new", value: .number("1"))]
          if try !isRefused(more) { missed.append("\(place) takes another key") }
        }
        for (index, member) in members.enumerated() {
          var less = members
          less.remove(at: index)
          // A control must say its family.
          let isFree =
            free.contains(member.key) && !place.hasPrefix("/controls") || open.contains(name)
          if try !isRefused(less) != isFree { missed.append("\(place) without \(member.key)") }
          var other = members
          other[index].value = .object([])
          if try !isRefused(other) && !open.contains(member.key) {
            missed.append("\(place)/\(member.key) may be an empty object")
          }
          try walk(member.value, "\(place)/\(member.key)") { changed in
            var all = members
            all[index].value = changed
            return rebuild(.object(all))
          }
        }
      default: return
      }
    }
    try walk(document, "") { $0 }
    #expect(missed == [])
    #expect(places.count > 30)
  }

  @Test("The validator refuses what a schema excludes, and a schema that says what it does not know")
  func validator() throws {
    let schema = try JSONSchema(
      """
      {"type": "object", "required": ["a"], "additionalProperties": {"type": "string", "minLength": 2},
       "properties": {"a": {"$ref": "#/$defs/number"}, "b": {"enum": [1, null]}, "c": false,
        "d": {"type": "array", "items": {"anyOf": [{"const": "x"}, {"type": "integer"}]}, "minItems": 1, "maxItems": 2}},
       "$defs": {"number": {"type": ["number", "null"], "minimum": 0, "maximum": 1}}}
      """)
    for right in [
      #"{"a": 1}"#, #"{"a": null, "b": null, "z": "ab"}"#, #"{"a": 0.5, "b": 1, "d": ["x", 2]}"#,
    ] { #expect(try schema.faults(in: right.utf8) == [], "\(right)") }
    for wrong in [
      "[]", "{}", #"{"a": "1"}"#, #"{"a": 1.5}"#, #"{"a": -1}"#, #"{"a": 1, "b": 2}"#, #"{"a": 1, "c": 1}"#,
      #"{"a": 1, "d": []}"#, #"{"a": 1, "d": [1, 2, 3]}"#, #"{"a": 1, "d": ["y"]}"#, #"{"a": 1, "d": [0.5]}"#,
      #"{"a": 1, "z": 1}"#, #"{"a": 1, "z": "a"}"#,
    ] { #expect(try schema.faults(in: wrong.utf8).count == 1, "\(wrong)") }
    for fault in [#"{"pattern": "a"}"#, #"{"type": "decimal"}"#, ##"{"$ref": "#/$defs/none"}"##, "1"] {
      #expect(throws: JSONSchema.Fault.self) { try JSONSchema(fault).faults(in: "{}".utf8) }
    }
  }
}
