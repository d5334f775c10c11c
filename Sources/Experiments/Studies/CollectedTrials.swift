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
    var (skipped, versions) = (record.skipped, [String: Set<String>]())
    let cells = try record.cells.map { cell -> Cell in
      let places = record.seeds.map { "\(StudyRecord.folder(cell, $0))/\(AttackAudit.folderName)" }
      let found = try places.map { try AttackResults.read(from: folder.appending(path: $0)) }
      func names(_ list: (AttackResults) -> [AttackMetrics]) -> [String] {
        found.flatMap(list).reduce(into: []) { if !$0.contains($1.name) { $0.append($1.name) } }
      }
      func rows(_ list: (AttackResults) -> [AttackMetrics]) -> [Row] {
        names(list).compactMap { name in
          let same = found.compactMap { results in list(results).first { $0.name == name } }
          guard same.count == found.count, let first = same.first else {
            let seeds = zip(record.seeds, found).filter { _, results in
              !list(results).contains { $0.name == name }
            }
            skipped.append(
              StudyRecord.Skipped(
                cell: "\(cell.name), \(name)",
                reason: "trials of these seeds have no such row: "
                  + seeds.map { "\($0.0)" }.joined(separator: ", ")))
            return nil
          }
          let paper = study?.paper.filter { $0.cell == cell.name && $0.attack == first.attack } ?? []
          let main = record.data[.main]?.name
          return Row(same, paper: paper.first { $0.dataset == main } ?? paper.first)
        }
      }
      let shadows = found.compactMap(\.shadow)
      guard shadows.count == found.count else {
        throw StudyError.otherExperiment(folder.path, differs: ["a trial without a shadow"])
      }
      for (name, version) in found.flatMap(\.versions) { versions[name, default: []].insert(version) }
      let similarities = try zip(places, found).compactMap { place, results in
        try StudyResults.similarities(results, in: folder.appending(path: place))
      }
      return Cell(
        labels: cell.labels,
        // An encoder's own usefulness is not that of answers that were made worse.
        target: Encoder(found.map(\.target), isUseful: cell.defence == nil), shadow: Encoder(shadows),
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
    let claims = study?.claims(cells.map(\.name)) ?? []
    let orderings = try claims.map { claim in
      try Ordering(claim, in: cells) { try StudyResults.scores(of: $0, in: folder.appending(path: $1)) }
    }
    skipped += zip(claims, orderings).filter { $1 == nil }.map { claim, _ in
      StudyRecord.Skipped(
        cell: "the ordering \u{201C}\(claim.text)\u{201D}",
        reason: "not judged, as a cell, an attack or a measure of it is not here")
    }
    self.init(
      format: StudyResults.formatName, schema: StudyResults.schemaVersion, experiment: record.experiment,
      title: study?.title ?? "",
      source: study?.source ?? "", scale: record.scale, differsIn: study?.differsIn ?? [], data: record.data,
      cells: cells, orderings: orderings.compactMap { $0 }, skipped: skipped,
      versions: versions.mapValues { $0.sorted().joined(separator: ", ") })
  }

  /// Mean similarities of the views of a trial's images: the scores of EncoderMI-T, where it looks at nothing else.
  private static func similarities(_ results: AttackResults, in folder: URL) throws -> MembershipGroups<
    Double
  >? {
    let rows = results.attacks.filter { $0.attack == "EncoderMI-T" }
    guard let row = rows.count == 1 ? rows.first : rows.first(where: { $0.sets == [.imageImage] }) else {
      return nil
    }
    return try scores(of: row.name, in: folder)?.map { scored in
      scored.reduce(0) { $0 + $1.score } / Double(scored.count)
    }
  }

  /// The scores of the target's inputs by an attack's name in results.
  private static func scores(of attack: String, in folder: URL) throws -> MembershipGroups<
    [ScoresFile.Scored]
  >? {
    try ScoresFile.target(of: attack.replacing(",", with: ""), in: folder)
  }
}
