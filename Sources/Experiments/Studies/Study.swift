import Attack

/// An experiment of the paper, or one beside them: cells that each differ in what they say. A new one is a file in
/// `Studies/Table`, and a line in ``all``.
public struct Study: Sendable {
  /// Its name on the command line.
  public let name: String
  /// What it shows, in a line.
  public let title: String
  /// Whose it is, and what is our reading of it.
  public let source: String
  /// Beginnings of the places in a ``StudyCell``, as JSON has them, in which cells differ.
  public let differsIn: [String]
  /// The most trials of a cell, where each costs encoders of its own; nil for all that the scale has.
  public let mostTrials: Int?
  /// The cells at a scale.
  public let cells: @Sendable (StudyScale) -> [StudyCell]
  /// What the paper has.
  public let paper: [PaperNumbers]
  /// Orderings that the paper found, by the names of the cells that there are.
  let claims: @Sendable ([String]) -> [StudyClaim]

  init(
    _ name: String, _ title: String, source: String, differsIn: [String], mostTrials: Int? = nil,
    paper: [PaperNumbers] = [], claims: @escaping @Sendable ([String]) -> [StudyClaim] = { _ in [] },
    cells: @escaping @Sendable (StudyScale) -> [StudyCell]
  ) {
    (self.name, self.title, self.source, self.differsIn) = (name, title, source, differsIn)
    (self.mostTrials, self.paper, self.claims, self.cells) = (mostTrials, paper, claims, cells)
  }

  /// The seeds of its trials at a scale.
  public func seeds(_ scale: StudyScale) -> [UInt64] {
    scale.trials.map { (0..<UInt64($0)).map { $0 } } ?? Array(scale.seeds.prefix(mostTrials ?? .max))
  }

  /// The paper's three attacks.
  static let attacks = ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"]

  /// Every experiment, in the order of lists. The first ones train what later ones share.
  public static let all: [Study] = [
    .backgroundKnowledge, .simclrTarget, .baselines, .similarityMetric, .augmentation, .views, .sizes,
    .epochs,
    .width, .projectionHead, .earlyStopping, .countermeasures, .clip, .unimodalMultimodal,
    .shadowEpochs,
  ]

  /// The experiment of a name; nil if there is none.
  public static func named(_ name: String) -> Study? { all.first { $0.name == name } }
}

/// What the paper has for one attack in one cell, in percent.
public struct PaperNumbers: Codable, Sendable, Equatable {
  /// The pre-training data set, as ``StudyPlace/name`` has it.
  public let dataset: String
  /// The cell, by the values of its labels.
  public let cell: String
  /// The attack, by its name in results.
  public let attack: String
  /// The share told rightly.
  public let accuracy: Double
  /// The share of predicted members that are members.
  public let precision: Double
  /// The share of members that are found.
  public let recall: Double

  init(
    _ dataset: String, _ cell: String, _ attack: String, _ accuracy: Double, _ precision: Double,
    _ recall: Double
  ) {
    (self.dataset, self.cell, self.attack) = (dataset, cell, attack)
    (self.accuracy, self.precision, self.recall) = (accuracy, precision, recall)
  }
}
