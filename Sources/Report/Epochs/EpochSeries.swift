import Attack
import Experiments
import Files
import Foundation

/// What pre-training for longer reveals: audits of one encoder after several epochs, or the growth that `attack --growth`
/// wrote. Where it was stopped early less is found; what that costs in usefulness stands beside it.
public struct EpochSeries: Sendable {
  /// What is under audit, in words.
  public let title: String
  /// The attack whose numbers these are.
  public let attack: String
  /// Audits that are not in it, since another one after as many epochs stands before them.
  public let leftOut: [(epochs: Int, name: String)]
  let table: ReportTable
  let curves: [LineChart.Curve]

  /// The series among audits: those that differ in the target's epochs, and not in its architecture, algorithm, members or
  /// data, in what shadow there is, but for its epochs, nor in the auditor's knowledge and settings, but for the seed. Of audits
  /// with equal epochs the first counts, and the others are named.
  public static func all(_ records: [AuditRecord]) -> [EpochSeries] {
    var groups: [(key: Key, records: [AuditRecord])] = []
    for record in records where record.results.target.epochs != nil && !record.results.attacks.isEmpty {
      let key = Key(record)
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].records.append(record)
      } else {
        groups.append((key, [record]))
      }
    }
    return groups.compactMap { EpochSeries($0.records) }
  }

  /// All that audits of one series share.
  private struct Key: Equatable {
    private let words: [String]
    private let settings: AttackConfiguration

    init(_ record: AuditRecord) {
      let results = record.results
      func words(_ encoder: EncoderRecord?) -> [String] {
        [
          encoder?.encoder ?? "none", encoder?.algorithm ?? "unknown",
          encoder?.members.map { "\($0)" } ?? "unknown",
        ]
      }
      self.words =
        words(results.target) + words(results.shadow) + [
          "\(results.references.count)", results.dataFingerprints["target"] ?? "", results.knowledge.rawValue,
          results.attacks.first?.name ?? "",
        ]
      var settings = record.configuration
      settings.seed = 0
      self.settings = settings
    }
  }

  private init?(_ records: [AuditRecord]) {
    var byEpochs: [Int: AttackResults] = [:]
    var leftOut: [(epochs: Int, name: String)] = []
    for record in records {
      guard let epochs = record.results.target.epochs else { continue }
      if byEpochs[epochs] == nil {
        byEpochs[epochs] = record.results
      } else {
        leftOut.append((epochs, record.name))
      }
    }
    self.leftOut = leftOut
    let rows = byEpochs.sorted { $0.key < $1.key }
    guard rows.count > 1, let first = rows.first?.value else { return nil }
    let target = first.target
    title =
      "\(target.encoder)\(target.algorithm.map { " by \($0)" } ?? "")\(target.members.map { ", \($0) members" } ?? "")"
    attack = first.attacks[0].name
    var table = ReportTable(header: ["T", "T/N", "AUC", "accuracy", "TPR at 1% FPR", "usefulness"])
    for (epochs, results) in rows {
      let metrics = results.attacks[0]
      table.append([
        "\(epochs)", results.target.epochsPerMember.map { String(format: "%.3g", $0) } ?? "-",
        EpochSeries.cell(metrics.auc), EpochSeries.cell(metrics.accuracy),
        EpochSeries.cell(metrics.tprAt1PercentFPR.tpr),
        results.target.utility.map { "\($0.measure) \(Verdict.percent($0.value))%" } ?? "not measured",
      ])
    }
    self.table = table
    func curve(_ name: String, _ value: (AttackResults) -> Estimate) -> LineChart.Curve {
      LineChart.Curve(
        name: name,
        points: rows.map { epochs, results in
          let found = value(results)
          return LineChart.Point(x: Double(epochs), y: found.value, interval: (found.low, found.high))
        })
    }
    var curves = [
      curve("AUC of \(attack)") { $0.attacks[0].auc }, curve("accuracy") { $0.attacks[0].accuracy },
      curve("TPR at 1% FPR") { $0.attacks[0].tprAt1PercentFPR.tpr },
    ]
    let measured = rows.compactMap { epochs, results in
      results.target.utility.flatMap { $0.measure == target.utility?.measure ? (epochs, $0.value) : nil }
    }
    if measured.count == rows.count, let measure = target.utility?.measure {
      curves.append(
        LineChart.Curve(
          name: measure, points: measured.map { LineChart.Point(x: Double($0), y: $1, interval: nil) }))
    }
    self.curves = curves
  }

  /// The growth over the checkpoints of a run; nil where it has fewer than two.
  /// - Parameter name: the folder's name.
  public init?(_ growth: Growth, name: String) {
    guard growth.checkpoints.count > 1 else { return nil }
    (title, attack, table, leftOut) = (name, "EncoderMI-T", growth.table, [])
    func curve(_ name: String, _ value: (Growth.Point) -> Double) -> LineChart.Curve {
      LineChart.Curve(
        name: name,
        points: growth.checkpoints.map { LineChart.Point(x: Double($0.epochs), y: value($0), interval: nil) })
    }
    curves = [curve("AUC of EncoderMI-T", \.auc), curve("accuracy", \.accuracy)]
  }

  /// What is not in it, in sentences.
  /// - Parameter isAnonymous: whether names are left out.
  func omissions(isAnonymous: Bool) -> [String] {
    leftOut.map { epochs, name in
      (isAnonymous ? "An audit is left out" : "Left out: \(name)")
        + ", since another one after \(epochs) epochs stands before it."
    }
  }

  /// The series as a chart.
  /// - Parameter number: tells it from others of the same report.
  public func chart(_ number: Int = 1) -> Chart {
    LineChart.chart(
      number == 1 ? "epochs" : "epochs-\(number)", "What is revealed after so many epochs", curves,
      axis: "epochs of pre-training (T)")
  }

  private static func cell(_ value: Estimate) -> String {
    "\(Verdict.percent(value.value)) [\(Verdict.percent(value.low)), \(Verdict.percent(value.high))]"
  }
}
