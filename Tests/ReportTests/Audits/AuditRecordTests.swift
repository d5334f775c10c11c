import Attack
import Data
import Files
import Foundation
import Report
import TestSupport
import Testing

@Suite struct AuditRecordTests {
  /// A folder with an audit whose files were changed.
  private func changed(_ name: String, _ change: (String) -> String, _ check: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try SampleAudit().write(to: folder)
      let file = folder.appending(path: name)
      let text = String(decoding: try readFile(file), as: UTF8.self)
      try Data(change(text).utf8).write(to: file)
      try check(folder)
    }
  }

  @Test("scores are read with their names, and every attack and control is computed anew from them")
  func read() throws {
    let record = try SampleAudit().record()
    #expect(record.scores.inputs == SampleAudit().inputs)
    #expect(try record.scores.scores(of: record.results.attacks[0])?.groups == SampleAudit.shifted(by: 30))
    #expect(record.recomputed == 3)
  }

  @Test("scores of single precision are read as they were, so that one at the threshold decides as it did")
  func singlePrecision() throws {
    var audit = SampleAudit()
    audit.attacks[0].scores = audit.attacks[0].scores.map { $0.map { Double(Float($0) / 7) } }
    let record = try audit.record()
    #expect(try record.scores.scores(of: record.results.attacks[0])?.groups == audit.attacks[0].scores)
  }

  @Test("a score of double precision whose digits are those of another single one is read as it was")
  func doublePrecision() throws {
    var audit = SampleAudit()
    // 0.1, 1e-05 and their like are no numbers of single precision, and have the digits of one that is near.
    audit.attacks[0].scores = audit.attacks[0].scores.map { group in
      group.enumerated().map { $0 % 2 == 0 ? $1 / 10 : $1 * 1e-5 }
    }
    let record = try audit.record()
    #expect(try record.scores.scores(of: record.results.attacks[0])?.groups == audit.attacks[0].scores)
  }

  @Test("names of one appearance and unlike bytes are two attacks, each with its own scores")
  func exactNames() throws {
    var audit = SampleAudit()
    (audit.attacks[0].name, audit.attacks[1].name) = ("\u{E9}", "e\u{301}")
    let record = try audit.record()
    #expect(record.recomputed == 3)
    #expect(try record.scores.scores(of: record.results.attacks[1])?.groups == audit.attacks[1].scores)
  }

  @Test("a header with a column twice, or with one that is neither score nor decision, is refused")
  func columns() throws {
    for (from, to, reason) in [
      ("EncoderMI-T score", "EncoderMI-V score", "'EncoderMI-V score' is there twice"),
      ("EncoderMI-T score", "note", "'note' is neither 'NAME score' nor"),
    ] {
      try changed("scores.csv", { $0.replacing(from, with: to) }) { folder in
        let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
      }
    }
  }

  @Test("points by questions that are out of range or order are refused before they are drawn")
  func queries() throws {
    let good = "\"accuracy\": {\"high\": 0.6, \"low\": 0.4, \"value\": 0.5}"
    func point(_ queries: Int, _ accuracy: String, _ area: Double = 0.5) -> String {
      """
      {\(accuracy), "attack": "EncoderMI-T", "auc": {"high": 1, "low": 0, "value": \(area)}, "queries": \(queries)}
      """
    }
    for points in [
      [point(2, good, 1e300)], [point(3, good), point(2, good)], [point(11, good)], [point(-5, good)],
      [point(2, good.replacing("0.6", with: "0.3"))],
    ] {
      try changed(
        "results.json",
        {
          $0.replacing(#/"byQueries" : \[\s*\]/#, with: "\"byQueries\" : [\(points.joined(separator: ","))]")
        }
      ) { folder in
        let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
        #expect(error?.description.contains("says what cannot be") == true, "\(points)")
      }
    }
  }

  @Test("a changed score is found where it changes a number")
  func changedScore() throws {
    try changed(
      "scores.csv", { $0.replacing("in/0.png,target,member,30.0", with: "in/0.png,target,member,-9.0") }
    ) {
      folder in
      let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
      #expect(error?.description.contains("'EncoderMI-V'") == true)
    }
  }

  @Test("counts of other inputs than have scores, and rates that are none, are refused")
  func impossible() throws {
    let count = "\"members\" : 100"
    for other in ["0", "-1", "99"] {
      try changed("results.json", { $0.replacing(count, with: "\"members\" : \(other)") }) { folder in
        let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
        #expect(error?.description.contains("counts \(other) members") == true)
      }
    }
    // An attack without a column of scores cannot be computed anew.
    try changed(
      "results.json",
      {
        $0.replacing("\"name\" : \"EncoderMI-V\"", with: "\"name\" : \"X\"").replacing(
          "\"low\" : 0.", with: "\"low\" : 7.")
      }
    ) { folder in
      let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
      #expect(error?.description.contains("of 'X' results.json says what cannot be: ") == true)
    }
  }

  @Test("a row that cannot be read is named by its line")
  func damaged() throws {
    for (from, to) in [
      ("in/0.png,target,member,30.0", "in/0.png,target,member,nan"), ("in/0.png,target", "in/0.png,nobody"),
      ("in/0.png,target,member,30.0", "in/0.png,target,member"),
    ] {
      try changed("scores.csv", { $0.replacing(from, with: to) }) { folder in
        let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
        #expect(error?.description.contains("scores.csv, line 2: ") == true, "\(to)")
      }
    }
  }

  @Test("a header of other columns is refused")
  func header() throws {
    try changed("scores.csv", { $0.replacing("input,of,group", with: "input,group,of") }) { folder in
      let error = #expect(throws: ReportError.self) { try AuditRecord(folder) }
      #expect(error?.description.contains("line 1: the first columns are input, of, group") == true)
    }
  }

  @Test(
    "a folder of several levels of knowledge gives each of them, another folder an error that says what to give"
  )
  func folders() throws {
    try withTemporaryFolder { folder in
      let levels = folder.appending(path: "levels")
      for name in ["exact", "other"] { try SampleAudit().write(to: levels.appending(path: name)) }
      #expect(try AuditRecord.all(in: levels).map(\.name) == ["exact", "other"])
      let empty = folder.appending(path: "empty")
      try makeFolder(empty)
      #expect(throws: ReportError.noResults(empty.path)) { try AuditRecord.all(in: empty) }
      for name in ["views", "sizes"] {
        try makeFolder(empty.appending(path: name))
        try Data("{}".utf8).write(to: empty.appending(path: "\(name)/experiment.json"))
      }
      #expect(throws: ReportError.noResults(empty.path, experiments: ["sizes", "views"])) {
        try AuditRecord.all(in: empty)
      }
      #expect(throws: FileError.self) { try AuditRecord.all(in: folder.appending(path: "absent")) }
    }
  }

  @Test("the verdict is one of three: it reveals, it was not shown, or the groups differ by themselves")
  func verdicts() throws {
    var audit = SampleAudit()
    #expect(Verdict(try audit.record()).answer == .reveals)
    let chance = audit.control
    audit.control = audit.attacks[0].scores
    #expect(Verdict(try audit.record()).answer == .doubtful)
    audit.attacks = [("EncoderMI-V", chance), ("EncoderMI-T", chance)]
    audit.control = chance
    let verdict = Verdict(try audit.record())
    #expect(verdict.answer == .notShown)
    #expect(verdict.sentences[0].hasPrefix("This is no proof that it does not"))
  }

  @Test("what only another attack finds is said, with an interval for having chosen it among all")
  func another() throws {
    var audit = SampleAudit()
    audit.attacks[0].scores = audit.control
    let verdict = Verdict(try audit.record())
    #expect(verdict.answer == .reveals)
    #expect(verdict.headline == "The encoder reveals which inputs it was trained on.")
    #expect(
      verdict.sentences.contains("Of 1 other attack, 1 is told from guessing after Holm's correction."))
    // One nonmember of 100 may score 99, as 13 members of a shift of 12 do; 97.5% is the level for two attacks.
    let interval = Estimate.rate(13, of: 100, confidence: 0.975)
    let range = String(format: "13.0%% [%.1f, %.1f]", 100 * interval.low, 100 * interval.high)
    #expect(verdict.sentences.contains { $0.hasPrefix("Most is found by EncoderMI-T") && $0.contains(range) })
  }

  @Test("an attack that finds nobody where accusations must be rare accuses no single input")
  func weak() throws {
    var audit = SampleAudit()
    let weak = MembershipGroups(
      members: (0..<100).map { 40 + Double($0) / 2 }, nonmembers: (0..<100).map(Double.init))
    audit.attacks = [("EncoderMI-V", weak), ("EncoderMI-T", audit.control)]
    let record = try audit.record()
    #expect(record.results.attacks[0].beatsChance)
    #expect(Verdict(record).answer == .reveals)
    #expect(Verdict(record).headline.hasSuffix("but too little to accuse a single input."))
  }

  @Test("figures are charts as SVG, tables as Markdown and numbers as CSV, and nothing is overwritten")
  func figures() throws {
    try withTemporaryFolder { folder in
      let record = try SampleAudit().record()
      let place = folder.appending(path: "figures")
      try FigureFolder.write(ReportMaterial([record]), to: place)
      #expect(
        try Paths.names(in: place.path) == [
          "areas.png", "areas.svg", "attacks.csv", "attacks.md", "calibration.csv", "calibration.md",
          "calibration.png", "calibration.svg", "comparison.csv", "comparison.md", "controls.csv",
          "controls.md",
          "encoders.csv", "encoders.md", "methods.csv", "methods.md", "metrics.csv", "precision.csv",
          "precision.png", "precision.svg", "roc.csv", "roc.png", "roc.svg", "scores.png", "scores.svg",
        ])
      let lines = try String(contentsOf: place.appending(path: "metrics.csv"), encoding: .utf8).split(
        separator: "\n")
      let table = String(decoding: try readFile(place.appending(path: "attacks.csv")), as: UTF8.self)
      #expect(table.hasPrefix("attack,accuracy,precision,recall,false positives,AUC,"))
      #expect(table.split(separator: "\n").count == record.attackTable.rows.count + 1)
      let fields = lines[1].split(separator: ",", omittingEmptySubsequences: false)
      let column = try #require(lines[0].split(separator: ",").firstIndex(of: "AUC"))
      #expect(fields[0] == "EncoderMI-V" && Double(fields[column]) == record.results.attacks[0].auc.value)
      // The area under the points, by trapezoids, is that of the results.
      let text = try String(contentsOf: place.appending(path: "roc.csv"), encoding: .utf8)
      var (area, last) = (0.0, (fpr: 0.0, tpr: 0.0))
      for line in text.split(separator: "\n") {
        let fields = line.split(separator: ",").map(String.init)
        guard fields[0] == "EncoderMI-V", let fpr = Double(fields[3]), let tpr = Double(fields[4]) else {
          continue
        }
        area += (fpr - last.fpr) * (tpr + last.tpr) / 2
        last = (fpr, tpr)
      }
      #expect(abs(area - record.results.attacks[0].auc.value) < 1e-9)
      #expect(throws: ReportError.occupied(place.path)) {
        try FigureFolder.write(ReportMaterial([record]), to: place)
      }
    }
  }
}
