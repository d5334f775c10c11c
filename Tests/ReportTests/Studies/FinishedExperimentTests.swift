import Attack
import Files
import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Report

@Suite struct FinishedExperimentTests {
  /// An experiment of one cell and one trial, as `experiment run` leaves it, in a folder.
  private func with(_ check: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let cell = StudyScale.quick.cell(["metric": "cosine"])
      let text = """
        {"experiment": "similarity-metric", "scale": "quick", "seeds": [0], "skipped": [], "data": {},
        "cells": [\(String(decoding: try Configuration.encode(cell), as: UTF8.self))]}
        """
      try Data(text.utf8).write(to: folder.appending(path: StudyRecord.fileName))
      let record = try StudyRecord.read(from: folder)
      var audit = SampleAudit()
      audit.notes = ["1 picture is left out (secret/name.png)"]
      try audit.write(to: folder.appending(path: "\(StudyRecord.folder(cell, 0))/attack"))
      _ = try StudyResults.collect(record, in: folder)
      try check(folder)
    }
  }

  @Test("an experiment is computed anew from its trials, and theirs from the scores")
  func recomputed() throws {
    try with { folder in
      let experiment = try #require(try FinishedExperiment(folder))
      #expect(experiment.recomputed == 1 && experiment.missing.isEmpty)
      #expect(
        experiment.methodTable.rows.last?[1].hasPrefix("every number of this experiment from its 1") == true)
      // Where the trials are elsewhere nothing is.
      let trial = experiment.results.cells[0].trials[0].folder
      try FileManager.default.removeItem(at: folder.appending(path: trial))
      let left = try #require(try FinishedExperiment(folder))
      #expect(left.recomputed == 0 && left.missing == [trial])
      #expect(try FinishedExperiment(folder.appending(path: "elsewhere")) == nil)
    }
  }

  @Test(
    "a number that does not follow from the trials, or a trial's that does not from its scores, is refused")
  func changed() throws {
    try with { folder in
      let file = folder.appending(path: StudyResults.fileName)
      let whole = String(decoding: try readFile(file), as: UTF8.self)
      let accuracy = try #require(
        try StudyResults.read(from: folder).cells[0].attacks[0].accuracy.values.first)
      try Data(whole.replacing("\(accuracy)", with: "0.123").utf8).write(to: file)
      let error = #expect(throws: ReportError.self) { try FinishedExperiment(folder) }
      #expect(error?.description.contains("cells.0.attacks.0.accuracy.summary.mean is 0.123") == true)
      try Data(whole.utf8).write(to: file)
      let trial = try StudyResults.read(from: folder).cells[0].trials[0].folder
      let scores = folder.appending(path: "\(trial)/scores.csv")
      let text = String(decoding: try readFile(scores), as: UTF8.self)
      try Data(text.replacing("in/0.png,target,member,30.0", with: "in/0.png,target,member,-9.0").utf8).write(
        to: scores)
      #expect(throws: ReportError.self) { try FinishedExperiment(folder) }
    }
  }

  @Test("where a trial is missing, that is said, and what is there is checked all the same")
  func partly() throws {
    try with { folder in
      let file = folder.appending(path: StudyResults.fileName)
      let results = try StudyResults.read(from: folder)
      // With the plan, all of its trials would be put together anew.
      try FileManager.default.removeItem(at: folder.appending(path: StudyRecord.fileName))
      let one = results.cells[0]
      let trial = try AttackResults.read(from: folder.appending(path: one.trials[0].folder))
      let two = StudyResults.Cell(
        labels: one.labels, target: one.target, shadow: one.shadow,
        attacks: trial.attacks.map { StudyResults.Row([$0, $0], paper: nil) }, controls: [],
        similarities: nil,
        trials: one.trials + [StudyResults.Trial(seed: 1, folder: "elsewhere/seed-1/attack", warnings: [])])
      let doubled = SampleExperiment.results([two])
      try Configuration.write(doubled, to: file)
      let experiment = try #require(try FinishedExperiment(folder))
      #expect(experiment.recomputed == 1 && experiment.missing == ["elsewhere/seed-1/attack"])
      #expect(StudyVerdict(experiment).sentences.contains { $0.hasPrefix("Of 2 trials 1 is not in the") })
      #expect(experiment.methodTable.rows.last?[1].contains("elsewhere/seed-1/attack") == true)
      let whole = String(decoding: try readFile(file), as: UTF8.self)
      let row = two.attacks[0]
      for (from, says) in [
        ("\"mean\" : \(row.accuracy.summary.mean)", "accuracy, mean"),
        ("\(row.recall.values[0])", ", trial 1"),
      ] {
        #expect(whole.contains(from), "\(from)")
        let changed = whole.replacing(from, with: from.replacing(/[0-9.]+$/, with: "0.123"))
        try Data(changed.utf8).write(to: file)
        let error = #expect(throws: ReportError.self, "\(from)") { try FinishedExperiment(folder) }
        #expect("\(String(describing: error))".contains(says), "\(String(describing: error))")
      }
    }
  }

  @Test("results of another version, and such as no experiment has, are refused with what to do")
  func refused() throws {
    try with { folder in
      let file = folder.appending(path: StudyResults.fileName)
      let whole = String(decoding: try readFile(file), as: UTF8.self)
      for (from, to, says) in [
        ("\"experiment\" : \"similarity-metric\",", "", "experiment merge"),
        ("\"schema\" : \(StudyResults.schemaVersion)", "\"schema\" : 1", "experiment merge"),
        ("\"seed\" : 0", "\"seed\" : 0.5", "seed"),
        ("seed-0/attack", "../../attack", "a folder in the experiment's"),
        ("\"mean\" : 0.", "\"mean\" : 7.", "from 0 to 1"),
      ] {
        try Data(whole.replacing(from, with: to).utf8).write(to: file)
        let error = #expect(throws: (any Error).self, "\(from)") { try FinishedExperiment(folder) }
        #expect("\(String(describing: error))".contains(says), "\(from): \(String(describing: error))")
      }
    }
  }

  @Test("a page shows the paper's numbers beside those here, orderings with what they rest on, and charts")
  func page() throws {
    let experiment = try SampleExperiment.finished()
    let page = try AuditPage([], experiments: [experiment]).html()
    for part in [
      "Experiment: some", "Of 1 ordering that the paper found,",
      "data-label=\"paper&#39;s accuracy\"><span class=\"short\"><bdi>91.5</bdi>",
      "EncoderMI-V: 200 above 50", "experiment-1-accuracy-title", "Left out, other: not at hand",
      "nothing: the trials are not in the experiment&#39;s folder",
    ] { #expect(page.contains(part), "\(part)") }
    let grid = try AuditPage([], experiments: [try SampleExperiment.finished(isGrid: true)]).html()
    #expect(grid.contains("experiment-1-heat-encodermi-v-title"))
    // With an audit beside it, both are in the contents.
    let both = try AuditPage([try SampleAudit().record()], experiments: [experiment]).html()
    #expect(both.contains("href=\"#experiment-1\"") && both.contains("href=\"#audit-1\""))
  }

  @Test("text names the same, in 80 columns, and quotes nothing where it is anonymous")
  func text() throws {
    try with { folder in
      let experiment = try #require(try FinishedExperiment(folder))
      let text = experiment.text()
      #expect(text.split(separator: "\n").allSatisfy { PrintableText.columns(String($0)) <= 80 })
      #expect(text.contains("secret/name.png") && text.contains("(1 of 1 trials)"))
      #expect(!experiment.text(isAnonymous: true).contains("secret"))
      #expect(!(try AuditPage([], experiments: [experiment], isAnonymous: true).html().contains("secret")))
    }
  }

  @Test("experiment.json, fuzzed: an error, or a report whose page holds no other mark-up")
  func fuzz() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: StudyResults.fileName)
      let wholes = try [false, true].map {
        [UInt8](try Configuration.encode(SampleExperiment.finished(isGrid: $0).results))
      }
      try Fuzz.feed("report of experiment.json", wholes, rounds: 60) { input, damage in
        try Data(input).write(to: file)
        return try Fuzz.takes {
          guard let experiment = try FinishedExperiment(folder) else { return }
          _ = experiment.text(isAnonymous: damage.oneIn(2))
          _ = experiment.numbers
          let page = try AuditPage([], experiments: [experiment]).html()
          try Fuzz.require(!page.contains("<script"), "a script in the page")
        }
      }
    }
  }

  @Test("figures are its charts, its tables in both forms, and every number of every trial")
  func figures() throws {
    try withTemporaryFolder { folder in
      var material = ReportMaterial([try SampleAudit().record()])
      material.experiments = [try SampleExperiment.finished()]
      let place = folder.appending(path: "figures")
      try FigureFolder.write(material, to: place)
      #expect(try Paths.names(in: place.path) == ["audit-1", "experiment-1"])
      let names = try Paths.names(in: place.appending(path: "experiment-1").path)
      for name in [
        "accuracy.svg", "accuracy.png", "beside-paper.csv", "beside-paper.md", "measures.csv", "orderings.md",
        "similarities.csv", "encoders.csv", "methods.md",
      ] { #expect(names.contains(name), "\(name)") }
      let text = String(
        decoding: try readFile(place.appending(path: "experiment-1/trials.csv")), as: UTF8.self)
      let lines = text.split(separator: "\n")
      // Three cells of two trials with two attacks and a control.
      #expect(lines.count == 1 + 3 * 2 * 3)
      #expect(
        lines[0]
          == "stopped after,seed,name,kind,accuracy,precision,recall,AUC,AUC low,AUC high,TPR at 1% FPR")
      let first = material.experiments[0].results.cells[0].attacks[0]
      #expect(lines[2].hasPrefix("50,1,EncoderMI-V,attack,\(first.accuracy.values[1]),"))
    }
  }

  @Test("an anonymous report's figures and tables name no input, folder or path")
  func anonymous() throws {
    try withTemporaryFolder { folder in
      var sample = SampleAudit()
      sample.notes = ["1 picture is left out (secret/name.png)"]
      try sample.write(to: folder.appending(path: "secret-folder"))
      var material = ReportMaterial([
        try AuditRecord(folder.appending(path: "secret-folder")),
        try AuditRecord(folder.appending(path: "secret-folder")),
      ])
      material.isAnonymous = true
      let place = folder.appending(path: "figures")
      try FigureFolder.write(material, to: place)
      for part in try Paths.names(in: place.path) {
        for name in try Paths.names(in: place.appending(path: part).path) where !name.hasSuffix(".png") {
          let file = place.appending(path: "\(part)/\(name)")
          let text = String(decoding: try readFile(file), as: UTF8.self)
          #expect(!text.contains(".png") && !text.contains("secret"), "\(name)")
        }
      }
    }
  }
}
