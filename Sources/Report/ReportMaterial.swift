import Experiments

/// What `report` shows: audits, experiments, and what stands beside them.
public struct ReportMaterial: Sendable {
  /// Audits.
  public var records: [AuditRecord] = []
  /// Experiments.
  public var experiments: [FinishedExperiment] = []
  /// What `attack --growth` wrote, each with its folder's name.
  public var growths: [(name: String, growth: Growth)] = []
  /// The two audits beside each other; nil where they are not compared.
  public var pair: AuditPair?
  /// Inputs of the first audit that are looked at.
  public var pictures: [InputPicture] = []
  /// Whether names of inputs and folders, what warnings quote, and paths of data are left out.
  public var isAnonymous = false

  /// Audits by themselves.
  public init(_ records: [AuditRecord] = []) { self.records = records }

  /// Audits that make series over the epochs of pre-training, and growths; none of two audits that are compared.
  public var series: [EpochSeries] {
    (pair == nil ? EpochSeries.all(records) : [])
      + growths.compactMap { EpochSeries($0.growth, name: $0.name) }
  }

  /// The page of all.
  public var page: AuditPage {
    pair.map { AuditPage($0, isAnonymous: isAnonymous) }
      ?? AuditPage(
        records, experiments: experiments, growths: growths, pictures: pictures, isAnonymous: isAnonymous)
  }
}
