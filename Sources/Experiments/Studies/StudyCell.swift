import Attack
import Contrastive
import Encoders
import Files

/// Data that a cell is made on, by what they are to the study; which data set that is depends on the scale.
public enum StudySource: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
  /// The data set that the study is about.
  case main
  /// Another data set, for auditors who do not know the distribution.
  case other
  /// Images with captions.
  case pairs
  /// Images with captions of another distribution.
  case otherPairs
}

/// The pre-training of one of a cell's two encoders. Its seed is the trial's.
public struct EncoderRecipe: Codable, Sendable, Equatable {
  /// What its members are drawn from.
  public var data: StudySource
  /// N, the members, and as many nonmembers.
  public var members: Int
  /// All settings but the seed.
  public var pretraining: PretrainingConfiguration
  /// The epoch whose checkpoint is taken; nil for the end.
  public var stoppedAfter: Int?

  /// T, the epochs behind the encoder that is asked.
  public var epochs: Int { stoppedAfter ?? pretraining.epochs }

  /// Stops after some epochs. Where the learning rate is constant, a checkpoint of the one run is just that; where it is
  /// not, the pre-training is another one.
  mutating func train(epochs: Int) {
    if pretraining.schedule == .constant, pretraining.checkpointEpochs.contains(epochs) {
      stoppedAfter = epochs
    } else if epochs != pretraining.epochs {
      pretraining.epochs = epochs
      pretraining.checkpointEpochs.removeAll { $0 > epochs }
    }
  }
}

/// One cell of a study: a target, a shadow and an audit, over some trials. It differs from the study's other cells in what
/// its labels say and in nothing else.
public struct StudyCell: Codable, Sendable, Equatable {
  /// What the cell says that it differs in, such as "n" with the value "30".
  public struct Label: Codable, Sendable, Equatable {
    /// The heading of a column.
    public let axis: String
    /// The cell's value.
    public let value: String
  }

  /// The labels; the same axes in all cells of a study.
  public var labels: [Label]
  /// The encoder under audit.
  public var target: EncoderRecipe
  /// The auditor's own.
  public var shadow: EncoderRecipe
  /// What is done to the target's answers; nil for nothing.
  public var defence: AnswerDefence?
  /// How the target is audited. Its seed is the trial's.
  public var audit: AttackConfiguration

  /// Changes target and shadow alike.
  mutating func both(_ change: (inout EncoderRecipe) -> Void) {
    change(&target)
    change(&shadow)
  }

  /// The values of the labels, as in "√ × √".
  public var name: String { labels.map(\.value).joined(separator: " ") }

  /// The name of its folder: letters, digits, dots and dashes.
  var folderName: String {
    let words = labels.map { "\($0.axis)-\($0.value)" }.joined(separator: "_")
    let plain = words.replacing("√", with: "known").replacing("×", with: "unknown").lowercased()
    return String(
      plain.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" })
  }

  /// One trial's cell: weights, views and classifiers have seeds of their own in each trial.
  func trial(_ seed: UInt64) -> StudyCell {
    var cell = self
    cell.target.pretraining.seed = 2 &* seed
    cell.shadow.pretraining.seed = 2 &* seed &+ 1
    cell.audit.seed = seed
    return cell
  }
}
