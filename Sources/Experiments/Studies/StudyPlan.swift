import Attack
import Data
import Files
import Foundation

/// All that some experiments need, before anything is computed: which encoders, which of them are in the store, and which
/// audits.
public struct StudyPlan {
  /// One audit of one cell in one trial.
  public struct Trial {
    /// The experiment.
    public let study: Study
    /// The cell, with the trial's seeds.
    public let cell: StudyCell
    /// The trial's seed.
    public let seed: UInt64
    /// The encoder under audit.
    public let target: StudyEncoder
    /// The auditor's own.
    public let shadow: StudyEncoder
    let split: (target: Split, shadow: Split)

    /// Its folder in the folder of all experiments.
    var folder: String { "\(study.name)/\(StudyRecord.folder(cell, seed))" }
    /// What it is, in a few words.
    public var name: String { "\(study.name), \(cell.name), seed \(seed)" }

    /// The two encoders as an audit asks them.
    var runs: AuditedRuns {
      let run = target.run(split.target)
      return AuditedRuns(
        target: cell.defence.map { DefendedRun(run: run, defence: $0) } ?? run,
        shadow: shadow.run(split.shadow))
    }
  }

  /// The experiments with what is written of each beforehand.
  public let records: [StudyRecord]
  /// Experiments of which no cell can be made; nothing is written of them.
  public let withoutCells: [StudyRecord]
  /// The audits of all experiments.
  public let trials: [Trial]
  /// The encoders that they need, each once, in the order in which they are needed.
  public let encoders: [StudyEncoder]
  /// Where encoders are.
  public let store: EncoderStore
  /// The scale.
  public let scale: StudyScale

  /// Opens the data that cells need, and finds their encoders.
  /// - Throws: an error of the data or of a cell's settings. Data that are not at hand leave cells out.
  public init(_ studies: [Study], of material: StudyMaterial, in store: EncoderStore) throws {
    var records: [StudyRecord] = []
    var trials: [Trial] = []
    var (encoders, known): ([StudyEncoder], [String: StudyEncoder]) = ([], [:])
    func encoder(_ recipe: EncoderRecipe, _ role: AuditGroup, _ seed: UInt64) throws -> StudyEncoder {
      let name = String(decoding: try Configuration.encode(recipe), as: UTF8.self) + "\(role) \(seed)"
      if let encoder = known[name] { return encoder }
      let encoder = try StudyEncoder(recipe, as: role, seed: seed, of: material, in: store)
      known[name] = encoder
      if !encoders.contains(where: { $0.place.folder == encoder.place.folder }) { encoders.append(encoder) }
      return encoder
    }
    for study in studies {
      let (seeds, scale) = (study.seeds(material.scale), material.scale)
      var (cells, skipped): ([StudyCell], [StudyRecord.Skipped]) = ([], [])
      for cell in study.cells(scale) {
        if let missing = try material.obstacle(cell.target.data) ?? material.obstacle(cell.shadow.data) {
          skipped.append(StudyRecord.Skipped(cell: cell.name, reason: missing.description))
        } else {
          cells.append(cell)
        }
      }
      for seed in seeds {
        for cell in cells {
          let own = cell.trial(seed)
          func split(_ recipe: EncoderRecipe) throws -> Split {
            func both(_ size: Int) -> MembershipGroups<Int> {
              MembershipGroups(members: size, nonmembers: size)
            }
            return try material.split(recipe.data, seed: seed).first(
              SplitSizes(target: both(own.target.members), shadow: both(own.shadow.members)))
          }
          trials.append(
            Trial(
              study: study, cell: own, seed: seed, target: try encoder(own.target, .target, seed),
              shadow: try encoder(own.shadow, .shadow, seed),
              split: (try split(own.target), try split(own.shadow))))
        }
      }
      records.append(
        try StudyRecord(study, scale: scale.name, seeds: seeds, cells: cells, skipped: skipped, of: material))
    }
    self.records = records.filter { !$0.cells.isEmpty }
    withoutCells = records.filter { $0.cells.isEmpty }
    (self.trials, self.encoders, self.store) = (trials, encoders, store)
    scale = material.scale
  }
}

/// What is written of an experiment before anything is computed, so that it goes on as it began, and parts of it are put
/// together only with their like.
public struct StudyRecord: Codable, Sendable, Equatable {
  /// A data set as it was opened.
  public struct Opened: Codable, Sendable, Equatable {
    /// Its name.
    public let name: String
    /// How many images it has; nil in results of versions that did not say.
    public let images: Int?
    /// A digest of its images and captions.
    public let fingerprint: String
    /// Whether the target's nonmembers come from an official part of their own.
    public let hasTestPart: Bool
  }

  /// A cell that cannot be made.
  public struct Skipped: Codable, Sendable, Equatable {
    /// The cell.
    public let cell: String
    /// Why.
    public let reason: String
  }

  /// The experiment's name.
  public let experiment: String
  /// The scale's name.
  public let scale: String
  /// The seeds of the trials.
  public let seeds: [UInt64]
  /// The cells.
  public let cells: [StudyCell]
  /// Those that cannot be made.
  public let skipped: [Skipped]
  /// The data, by what they are to the study.
  public let data: [StudySource: Opened]

  static let fileName = "plan.json"

  init(
    _ study: Study, scale: String, seeds: [UInt64], cells: [StudyCell], skipped: [Skipped],
    of material: StudyMaterial
  ) throws {
    (experiment, self.scale, self.seeds, self.cells) = (study.name, scale, seeds, cells)
    self.skipped = skipped
    var data: [StudySource: Opened] = [:]
    for source in Set(cells.flatMap { [$0.target.data, $0.shadow.data] }) {
      let (images, place) = (try material.images(source), try material.place(source))
      data[source] = Opened(
        name: place.name, images: images.count, fingerprint: images.fingerprint,
        hasTestPart: place.nonmembersFrom.contains { !images.dataset.indices(inPart: $0).isEmpty })
    }
    self.data = data
  }

  /// The folder of one trial in the experiment's.
  static func folder(_ cell: StudyCell, _ seed: UInt64) -> String { "\(cell.folderName)/seed-\(seed)" }

  /// Every trial's folder with its name.
  var trials: [(folder: String, name: String)] {
    cells.flatMap { cell in
      seeds.map { (StudyRecord.folder(cell, $0), "\(experiment), \(cell.name), seed \($0)") }
    }
  }

  /// What differs from another record, in words.
  func differences(from other: StudyRecord) -> [String] {
    var words: [String] = []
    if experiment != other.experiment { words.append("experiment") }
    if scale != other.scale { words.append("scale") }
    if seeds != other.seeds { words.append("trials: \(other.seeds.count) there, \(seeds.count) now") }
    if cells != other.cells { words.append("settings of cells") }
    if skipped != other.skipped { words.append("cells that are left out") }
    if data != other.data { words.append("data") }
    return words
  }

  /// Reads what was written of an experiment.
  /// - Throws: ``StudyError/noExperiment(_:)`` where there is none, or an error that names the file.
  static func read(from folder: URL) throws -> StudyRecord {
    let file = folder.appending(path: fileName)
    guard Paths.exists(file.path) else { throw StudyError.noExperiment(folder.path) }
    return try Configuration.read(from: file)
  }
}
