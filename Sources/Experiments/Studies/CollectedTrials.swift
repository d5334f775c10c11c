import Attack
import Data
import Files
import Foundation

/// Results of an experiment are made of those of its trials.
extension StudyResults {
  /// The trials of an experiment whose results are not in its folder.
  static func missing(_ record: StudyRecord, in folder: URL) -> [String] {
    record.trials.filter { !Paths.exists(results($0.folder, in: folder).path) }.map(\.name)
  }

  /// The results of one trial.
  static func results(_ trial: String, in folder: URL) -> URL {
    folder.appending(path: "\(trial)/\(AttackAudit.folderName)/\(AttackResults.fileName)")
  }

  /// Puts the trials of an experiment together and writes `experiment.json` beside them.
  /// - Throws: ``StudyError/missing(_:_:)``, or an error that names a file.
  static func collect(_ record: StudyRecord, in folder: URL) throws -> StudyResults {
    let results = try StudyResults(of: record, in: folder)
    try Configuration.write(results, to: folder.appending(path: fileName))
    return results
  }

  /// The same made anew of the trials in an experiment's folder; nil where its plan, or a trial, is not there.
  /// - Throws: an error that names a file.
  public static func again(in folder: URL) throws -> StudyResults? {
    guard Paths.isFile(folder.appending(path: StudyRecord.fileName).path) else { return nil }
    let record = try StudyRecord.read(from: folder)
    let isWhole = !record.trials.isEmpty && missing(record, in: folder).isEmpty
    return isWhole ? try StudyResults(of: record, in: folder) : nil
  }

  private init(of record: StudyRecord, in folder: URL) throws {
    let missing = StudyResults.missing(record, in: folder)
    guard missing.isEmpty else { throw StudyError.missing(folder.path, missing) }
    let study = Study.named(record.experiment)
    let cells = try record.cells.map { cell -> Cell in
      let places = record.seeds.map { "\(StudyRecord.folder(cell, $0))/\(AttackAudit.folderName)" }
      let found = try places.map { try AttackResults.read(from: folder.appending(path: $0)) }
      func rows(_ list: (AttackResults) -> [AttackMetrics]) -> [Row] {
        list(found[0]).compactMap { first in
          let same = found.compactMap { results in list(results).first { $0.name == first.name } }
          guard same.count == found.count else { return nil }
          let paper = study?.paper.filter { $0.cell == cell.name && $0.attack == first.attack } ?? []
          let main = record.data[.main]?.name
          return Row(same, paper: paper.first { $0.dataset == main } ?? paper.first)
        }
      }
      let shadows = found.compactMap(\.shadow)
      guard shadows.count == found.count else { throw StudyError.otherExperiment(folder.path) }
      let similarities = try places.compactMap {
        try ScoresFile.means(of: "EncoderMI-T", in: folder.appending(path: $0))
      }
      return Cell(
        labels: cell.labels, target: Encoder(found.map(\.target)), shadow: Encoder(shadows),
        attacks: rows(\.attacks), controls: rows(\.controls),
        similarities: similarities.count != found.count
          ? nil
          : Similarities(
            members: TrialInterval(similarities.map(\.members)),
            nonmembers: TrialInterval(similarities.map(\.nonmembers))),
        trials: zip(record.seeds, zip(places, found)).map {
          Trial(seed: $0, folder: $1.0, warnings: $1.1.warnings)
        })
    }
    self.init(
      format: StudyResults.formatName, schema: StudyResults.schemaVersion, experiment: record.experiment,
      title: study?.title ?? "",
      source: study?.source ?? "", scale: record.scale, differsIn: study?.differsIn ?? [], data: record.data,
      cells: cells,
      orderings: study?.claims(cells.map(\.name)).compactMap { Ordering($0, in: cells) } ?? [],
      skipped: record.skipped, versions: Versions.all)
  }
}
