import Attack
import Files
import Foundation
import Testing

@testable import Report

/// What `verify` says of each field of results, and that none of them is changed or taken out in silence.
@Suite struct FieldCheckTests {
  @Test("every field of results.json, and scores.csv, is named with what of it was checked and what was not")
  func fields() throws {
    let record = try SampleAudit().record()
    guard case .object(let members) = try JSONParser.parse(Data(record.files.results)) else {
      Issue.record("results are no object")
      return
    }
    let fields = record.check.fields
    #expect(Set(fields.map(\.name)) == Set(members.map(\.key) + ["scores.csv"]))
    #expect(fields.count == members.count + 1)
    #expect(fields.allSatisfy { $0.checked != nil || $0.unchecked != nil })
  }

  @Test("every key of an attack is one that is computed anew or compared")
  func keys() throws {
    let record = try SampleAudit().record()
    let attack = try JSONParser.parse(Data(record.files.results))["attacks"]
    guard case .array(let attacks)? = attack, case .object(let members) = attacks[0] else {
      Issue.record("there is no attack")
      return
    }
    let computed = NumberCheck.numbers(record.results.attacks[0]).map { $0.name.split(separator: ".")[0] }
    let compared = ["name", "attack", "knowledge", "family", "sets", "swap", "threshold"]
    #expect(Set(members.map(\.key)).isSubset(of: computed.map(String.init) + compared))
  }

  @Test(
    "a section of results that was taken out or changed is named, whoever made new digests",
    arguments: [
      ("comparison", "null", "comparison is null, and one of 2 attacks by the other files"),
      ("comparison.attacks", "[]", "rows of comparison is 0.0, and 1.0"),
      ("attacks.1", nil, "attacks and controls is silent on 'EncoderMI-T'"),
      ("controls", "[]", "attacks and controls is silent on 'control: blind (image statistics)'"),
      ("shadow", "null", "shadow is null, and there, as thresholds come from it,"),
      ("counts.shadow", "null", "counts.shadow is null, and there"),
      ("counts.shadow.members", "7", "counts.shadow.members is 7.0, and 100.0"),
      ("errorRate.statement", "\"they are none\"", "errorRate.statement is they are none, and "),
      ("errorRate.groups", "\"given\"", "errorRate.statement is "),
      ("errorRate.level", "0.05", "errorRate.level, or errorRate.calibrating, is there, and null"),
      ("errorRate.threshold", "\"knownNonmembers\"", "shadow is there, and null"),
      ("featureSets", "[]", "featureSets is empty, and some of image-image"),
      ("featureSets", "[[\"textText\"]]", "featureSets is text-text, and some of image-image"),
      ("views", "null", "views is 10.0, and null"), ("views", "12", "views is 10.0, and 12.0"),
      ("variants", "5", "variants is null, and 5.0"), ("seeds", "{}", "seed is 7, and none"),
      ("seeds.attack", "8", "seed is 7, and 8"),
      ("knowledge", "\"other\"", "knowledge is imageOnly, and other"),
      ("attacks.0.knowledge", "\"exact\"", "knowledge of 'EncoderMI-V' is exact, and imageOnly"),
      ("attacks.0.attack", "\"EncoderMI-S\"", "attack of 'EncoderMI-V' is 'EncoderMI-S' on image-image"),
      ("attacks.0.sets", "[\"textText\"]", "sets of 'EncoderMI-V' is text-text"),
      ("controls.0.family", "\"untrained\"", "family of 'blind (image statistics)' is untrained, and blind"),
      ("target.T/N", "null", "T/N of the target is null, and 6.0"),
      ("warnings", "[]", "warnings is silent, and \u{201C}100 nonmembers cannot resolve"),
      ("attacks.0.accuracy.low", "0.1", "accuracy.low of 'EncoderMI-V' is 0.1, and 0."),
    ] as [(String, String?, String)])
  func sections(_ path: String, _ text: String?, says: String) throws {
    let found = try SampleBundle.problems("results.json", path, text)
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  @Test(
    "what an attack is not allowed to be is refused",
    arguments: [
      ("attacks.0.family", "\"blind\""), ("controls.0.family", "null"),
      ("controls.0.name", "\"EncoderMI-V\""),
      ("attacks.1.name", "\"EncoderMI-V\""),
    ])
  func kinds(_ path: String, _ text: String) throws {
    #expect(!(try SampleBundle.problems("results.json", path, text).isEmpty))
  }

  @Test(
    "settings that results contradict are named, whoever made new digests",
    arguments: [
      ("controls", "[\"untrained\"]", "controls is some of the family blind, and none of it"),
      ("sets", "[[\"textText\"]]", "featureSets is image-image, and some of "),
      ("seed", "8", "seed is 8, and 7"), ("views", "11", "views is 11.0, and 10.0"),
    ])
  func settings(_ path: String, _ text: String, says: String) throws {
    let found = try SampleBundle.problems("attack.json", path, text)
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  @Test("a probability is compared by its own size, however small it is")
  func small() throws {
    #expect(NumberCheck.areEqual(1e-29, 1.000_000_01e-29, .chance))
    #expect(!NumberCheck.areEqual(1e-29, 2e-29, .chance) && !NumberCheck.areEqual(1e-29, 0, .chance))
    #expect(NumberCheck.areEqual(0.3, 0.1 + 0.2) && !NumberCheck.areEqual(0.3, 0.300_001))
    let record = try SampleAudit().record()
    let p = record.results.attacks[0].chanceOfArea
    #expect(p < 1e-9)
    let found = try SampleBundle.problems("results.json", "attacks.0.chanceOfArea", "\(2 * p)")
    #expect(found.contains { $0.contains("chanceOfArea of 'EncoderMI-V' is \(2 * p), and ") }, "\(found)")
  }

  @Test("attacks and families of controls that settings ask for, and that are not there, are said")
  func asked() throws {
    let check = try SampleAudit().record().check
    #expect(
      check.unchecked.contains {
        $0.contains("why controls of the families 'untrained', 'swapped'")
      })
    #expect(check.unchecked.contains { $0.hasPrefix("errorRate: errorRate.groups") })
    #expect(check.unchecked.contains { $0.hasPrefix("byQueries: ") })
    #expect(check.unchecked.contains { $0.hasPrefix("references: that there are none") })
    var audit = SampleAudit()
    audit.attacks[1].name = "something else"
    #expect(try audit.record().check.unchecked.contains { $0.contains("what 'something else' are") })
  }
}
