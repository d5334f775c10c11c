import Attack
import Data
import Files
import Foundation

/// What `experiment.json` of an experiment holds; `docs/experiments.schema.json` describes it as a JSON Schema.
public struct StudyResults: Codable, Sendable, Equatable, Validated {
  /// What the file is, whatever its name.
  public static let formatName = "encodermi experiment results"
  /// The version of its schema. It rises with every change that a reader would notice.
  public static let schemaVersion = 3
  /// The name of the file in the experiment's folder.
  public static let fileName = "experiment.json"

  /// An encoder of a cell, over all trials.
  public struct Encoder: Codable, Sendable, Equatable {
    /// Its architecture, such as "resnet18-64 at 32 px".
    public let encoder: String
    /// The algorithm it was trained by.
    @OrNull public private(set) var algorithm: String?
    /// T, the epochs of pre-training.
    @OrNull public private(set) var epochs: Int?
    /// N, the size of the pre-training set.
    @OrNull public private(set) var members: Int?
    /// T/N.
    @OrNull public private(set) var epochsPerMember: Double?
    /// How usefulness was measured.
    @OrNull public private(set) var measure: String?
    /// Its values by trial; nil where some trial has none, or answers were made worse before the auditor saw them.
    @OrNull public private(set) var utility: TrialInterval?

    private enum CodingKeys: String, CodingKey {
      case epochs = "T"
      case members = "N"
      case epochsPerMember = "T/N"
      case encoder, algorithm, measure, utility
    }

    /// - Parameter isUseful: whether what was measured of the encoders tells how useful they are as they were asked.
    init(_ records: [EncoderRecord], isUseful: Bool = true) {
      encoder = records[0].encoder
      algorithm = records[0].algorithm
      epochs = records[0].epochs
      members = records[0].members
      epochsPerMember = records[0].epochsPerMember
      let utilities = records.compactMap(\.utility)
      let isWhole = isUseful && utilities.count == records.count && Set(utilities.map(\.measure)).count == 1
      measure = isWhole ? utilities[0].measure : nil
      utility = isWhole ? TrialInterval(utilities.map(\.value), within: 0...1) : nil
    }
  }

  /// One attack or control in one cell, over all trials.
  public struct Row: Codable, Sendable, Equatable {
    /// Its name in the trials' results.
    public let name: String
    /// The attack's own name, the same whatever it looks at.
    public let attack: String
    /// The share told rightly.
    public let accuracy: TrialInterval
    /// The share of predicted members that are members; nil where some trial has none.
    @OrNull public private(set) var precision: TrialInterval?
    /// The share of members that are found.
    public let recall: TrialInterval
    /// The area under the ROC curve: mean and deviation over trials, that is over encoders and splits.
    public let auc: TrialInterval
    /// The same by trial, each with its interval over inputs.
    public let aucByTrial: [Estimate]
    /// The share of members found at 1% false positives.
    public let tprAt1PercentFPR: TrialInterval
    /// What the paper has; nil for nothing.
    @OrNull public private(set) var paper: PaperNumbers?

    init(_ metrics: [AttackMetrics], paper: PaperNumbers?) {
      func over(_ value: (AttackMetrics) -> Double) -> TrialInterval {
        TrialInterval(metrics.map(value), within: 0...1)
      }
      (name, attack) = (metrics[0].name, metrics[0].attack)
      (accuracy, recall) = (over(\.accuracy.value), over(\.recall.value))
      (auc, aucByTrial) = (over(\.auc.value), metrics.map(\.auc))
      tprAt1PercentFPR = over(\.tprAt1PercentFPR.tpr.value)
      let precisions = metrics.compactMap { $0.precision?.value }
      precision =
        precisions.count == metrics.count ? TrialInterval(precisions, within: 0...1) : nil
      self.paper = paper
    }
  }

  /// Mean similarities of the views of an image, by which EncoderMI-T tells members.
  public struct Similarities: Codable, Sendable, Equatable {
    /// Of members, by trial.
    public let members: TrialInterval
    /// Of nonmembers, by trial.
    public let nonmembers: TrialInterval
  }

  /// One trial of a cell.
  public struct Trial: Codable, Sendable, Equatable {
    /// Its seed.
    public let seed: UInt64
    /// The folder with `results.json` and `scores.csv`, from the experiment's.
    public let folder: String
    /// What must be known before a number is quoted.
    public let warnings: [String]
  }

  /// One cell.
  public struct Cell: Codable, Sendable, Equatable {
    /// What the cell says that it differs in.
    public let labels: [StudyCell.Label]
    /// The encoder under audit.
    public let target: Encoder
    /// The auditor's own.
    public let shadow: Encoder
    /// Attacks that all trials have.
    public let attacks: [Row]
    /// Controls that all trials have.
    public let controls: [Row]
    /// Of the target's images; nil where EncoderMI-T was not made on images alone.
    @OrNull public internal(set) var similarities: Similarities?
    /// The trials.
    public let trials: [Trial]

    /// The values of the labels.
    public var name: String { labels.map(\.value).joined(separator: " ") }
  }

  /// ``formatName``.
  public let format: String
  /// ``schemaVersion``.
  public let schema: Int
  /// The experiment's name.
  public let experiment: String
  /// What it shows.
  public let title: String
  /// Whose it is.
  public let source: String
  /// The scale's name.
  public let scale: String
  /// Where cells differ.
  public let differsIn: [String]
  /// The data, by what they are to the study.
  public let data: [StudySource: StudyRecord.Opened]
  /// The cells.
  public let cells: [Cell]
  /// Orderings of the paper that these cells can show.
  public let orderings: [Ordering]
  /// Cells that could not be made, rows that not all trials have, and orderings that could not be judged, and why.
  public let skipped: [StudyRecord.Skipped]
  /// Versions of this program and of the libraries that trials were computed with; several of one name with commas.
  public let versions: [String: String]

  /// Checks that these are results in the schema that this program knows.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(format == StudyResults.formatName, "format", format, StudyResults.formatName)
    try require(
      schema == StudyResults.schemaVersion, "schema", schema,
      "\(StudyResults.schemaVersion), the version that this program reads; `experiment merge` writes the file anew from the "
        + "trials")
    for cell in cells {
      let axes = cell.labels.map(\.axis)
      try require(axes == cells[0].labels.map(\.axis), "labels", axes, "the axes of the first cell")
      try require(!cell.trials.isEmpty, "trials", "none", "at least one in each cell")
      for trial in cell.trials {
        let isInside = !trial.folder.hasPrefix("/") && !trial.folder.split(separator: "/").contains("..")
        try require(isInside, "folder", trial.folder, "a folder in the experiment's")
      }
      for encoder in [cell.target, cell.shadow] {
        let shares = encoder.utility.map { $0.values + [$0.summary.mean] } ?? []
        try require(shares.allSatisfy((0...1).contains), "utility", shares, "shares from 0 to 1")
      }
      if let found = cell.similarities {
        let means = [found.members, found.nonmembers].flatMap { $0.values + [$0.summary.mean] }
        // Euclidean ones are distances with a minus.
        try require(means.allSatisfy { abs($0) < 1e6 }, "similarities", means, "below a million")
      }
      for row in cell.attacks + cell.controls {
        let rates = [row.accuracy, row.recall, row.auc, row.tprAt1PercentFPR, row.precision]
        for value in rates.compactMap({ $0 }) {
          try require(
            value.values.count == cell.trials.count, row.name, "\(value.values.count) values",
            "one for each of \(cell.trials.count) trials")
          try require(
            value.values.allSatisfy((0...1).contains) && (0...1).contains(value.summary.mean), row.name,
            value.values, "rates from 0 to 1")
        }
        try require(
          row.aucByTrial.count == cell.trials.count, row.name, "\(row.aucByTrial.count) areas",
          "one for each of \(cell.trials.count) trials")
      }
    }
  }

  /// Reads `experiment.json` from an experiment's folder.
  /// - Throws: `FileError`, `ConfigurationError`, or ``StudyError/otherVersion(_:key:)`` where a key of it is missing.
  public static func read(from folder: URL) throws -> StudyResults {
    let file = folder.appending(path: fileName)
    do {
      return try Configuration.read(from: file, allowsNull: true)
    } catch ConfigurationError.missingKey(_, let path, _) {
      throw StudyError.otherVersion(file.path, key: path)
    }
  }

  /// Puts parts together: copies the trials of several folders into one, where they are not already, and collects each
  /// experiment.
  /// - Throws: ``StudyError`` where parts are of unlike experiments, or trials are missing.
  public static func merge(_ parts: [URL], into folder: URL) throws -> [StudyResults] {
    let names = try Set(
      parts.flatMap { part in
        try Paths.names(in: part.path).filter {
          Paths.exists(part.appending(path: "\($0)/\(StudyRecord.fileName)").path)
        }
      }
    ).sorted()
    guard !names.isEmpty else { throw StudyError.noExperiment(parts.first?.path ?? folder.path) }
    return try names.map { name in
      let places = parts.map { $0.appending(path: name) }.filter { Paths.isFolder($0.path) }
      let record = try StudyRecord.read(from: places[0])
      let out = folder.appending(path: name)
      let file = out.appending(path: StudyRecord.fileName)
      for place in places.dropFirst() + (Paths.exists(file.path) ? [out] : []) {
        let there = try StudyRecord.read(from: place)
        guard there == record else {
          throw StudyError.otherExperiment(place.path, differs: record.differences(from: there))
        }
      }
      let missing = record.trials.filter { trial in
        !(places + [out]).contains { Paths.exists(results(trial.folder, in: $0).path) }
      }
      guard missing.isEmpty else { throw StudyError.missing(out.path, missing.map(\.name)) }
      try makeFolder(out)
      try Configuration.write(record, to: file)
      for trial in record.trials where !Paths.exists(results(trial.folder, in: out).path) {
        guard let source = places.first(where: { Paths.exists(results(trial.folder, in: $0).path) }) else {
          continue
        }
        let place = out.appending(path: trial.folder)
        try makeFolder(place.deletingLastPathComponent())
        try replaceFolder(place) { temporary in
          let from = source.appending(path: "\(trial.folder)/\(AttackAudit.folderName)")
          try makeFolder(temporary)
          try FileManager.default.copyItem(at: from, to: temporary.appending(path: AttackAudit.folderName))
        }
      }
      return try collect(record, in: out)
    }
  }
}
