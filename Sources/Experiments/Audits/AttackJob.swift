import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import Kernels
import Networks

/// One audit from two runs to a folder of results: every attack and control that applies to them.
public struct AttackJob: Sendable {
  /// Who is attacked, and by means of whom.
  public let runs: AuditedRuns
  /// Further runs whose encoders tell what of a score is due to the input; the shadow if there are none.
  public let references: [Run]
  /// How the audit is made.
  public let configuration: AttackConfiguration

  /// The name of the file with the settings in a folder of results.
  public static let configurationName = "attack.json"
  /// The name of the folder with the inference classifiers in a folder of results.
  static let classifiersName = "classifiers"

  /// An audit by its parts.
  public init(_ runs: AuditedRuns, references: [Run] = [], configuration: AttackConfiguration) {
    (self.runs, self.references, self.configuration) = (runs, references, configuration)
  }

  /// Both encoders with their groups, and the references.
  private struct Subjects {
    let target: AuditSubject
    let shadow: AuditSubject
    let references: [AuditReference]
  }

  /// - Parameters:
  ///   - recorder: who is asked in an encoder's place; nil for nobody.
  ///   - role: that encoder.
  private func subjects(recorder: QuestionRecorder? = nil, as role: AuditGroup = .target) throws -> Subjects {
    func subject(_ run: any AuditSource, _ group: AuditGroup) throws -> AuditSubject {
      let encoder: any AuditedEncoder =
        if let recorder { group == role ? recorder : try run.described() } else { try run.audited() }
      return try run.subject(encoder, group)
    }
    let (target, shadow) = (try subject(runs.target, .target), try subject(runs.shadow, .shadow))
    func pictures(_ subject: AuditSubject) -> Set<PictureIdentity> {
      Set(subject.groups.pooled.compactMap { subject.images?.dataset.identity(of: $0) })
    }
    let tested = pictures(target)
    // Twice the same encoder would count twice, in means as in deviations.
    var known = [target.encoder, shadow.encoder].map(\.identity.fingerprint)
    var references = try self.references.map { run in
      let (seen, isDrawnByCoin) = (run.memberPictures, run.description.role.isDrawnByCoin)
      let path = run.folder.url.path
      if isDrawnByCoin {
        let drawn = Set(run.own.pooled.map { run.images.dataset.identity(of: $0) })
        let missing = tested.union(pictures(shadow)).subtracting(drawn).count
        guard missing == 0 else { throw RunError.referenceOfOtherInputs(path, count: missing) }
      }
      let count = seen.intersection(tested).count
      guard count == 0 || isDrawnByCoin else {
        throw RunError.referenceSawInputs(path, count: count)
      }
      let encoder = try run.audited()
      guard !known.contains(encoder.identity.fingerprint) else { throw RunError.repeatedReference(path) }
      known.append(encoder.identity.fingerprint)
      return AuditReference(encoder, seen: seen, isDrawnByCoin: isDrawnByCoin)
    }
    if !references.isEmpty {
      references.append(AuditReference(shadow.encoder, seen: shadow.memberPictures))
    }
    return Subjects(target: target, shadow: shadow, references: references)
  }

  /// Labelled images that are in no group of any of the runs, of the data set that the configuration names or else of the
  /// target's; nil where no attack needs them or the target's data have no classes.
  /// - Throws: ``RunError/noClasses(_:)``, or an error of opening the data set.
  func downstream() throws -> DownstreamSet? {
    guard configuration.needsDownstreamSet, let own = runs.target.pictures else { return nil }
    let images = try configuration.downstream.data.map { location in
      // At the target's size, so that equal images are found also where they were scaled from others.
      let images = try Dataset.open(location, options: DataOptions(imageSize: own.height)).images()
      guard images.dataset.classNames != nil else { throw RunError.noClasses(location) }
      return images
    }
    var (seen, pictures): (Set<UInt64>, Set<PictureIdentity>) = ([], [])
    var sources: [any AuditSource] = [runs.target, runs.shadow]
    sources += references as [any AuditSource]
    for run in sources {
      guard let images = run.pictures else { continue }
      for index in run.groups(.target).pooled + run.groups(.shadow).pooled + run.own.members {
        seen.insert(images.fingerprint(of: index))
        pictures.insert(images.dataset.identity(of: index))
      }
    }
    return DownstreamSet.unused(
      of: images ?? own, except: seen, pictures: pictures, most: configuration.downstream.images,
      seed: configuration.seed)
  }

  /// What the audit finds at one level of knowledge after the other; of several, those that encoders or data do not
  /// allow are left out.
  /// - Parameter levels: nil for the configuration's, or all that is possible.
  /// - Returns: nil if it was asked to stop.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func findings(
    levels: [CaptionKnowledge]? = nil, shouldStop: () -> Bool = { false },
    report: (ExperimentEvent) -> Void
  ) throws -> [AuditFindings]? {
    try found(subjects(), levels: levels, downstream(), shouldStop: shouldStop, report: report)
  }

  /// Ends an audit that was asked to stop.
  private struct Stopped: Error {}

  private func found(
    _ subjects: Subjects, levels: [CaptionKnowledge]?, _ downstream: DownstreamSet?,
    keeping kept: EvidenceFolder? = nil, within budget: QuestionBudget? = nil,
    saving: Set<RawMaterial> = [],
    collecting collect: (RawMaterial, [String: PiecewiseTensor]) -> Void = { _, _ in },
    shouldStop: () -> Bool,
    report: (ExperimentEvent) -> Void
  ) throws -> [AuditFindings]? {
    let levels = possible(levels, subjects, report)
    if let downstream, configuration.downstream.data != nil {
      report(
        .downstream(
          downstream.images.dataset.location, images: downstream.indices.count, leftOut: downstream.leftOut,
          omissions: downstream.images.dataset.omissions))
    }
    do {
      return try runs.namingFeatures {
        try Audit(configuration).run(
          levels: levels, target: subjects.target, shadow: subjects.shadow, references: subjects.references,
          downstream: downstream, keeping: kept, needsAttack: true, within: budget, saving: saving,
          collecting: collect
        ) { event in
          report(.audit(event))
          if shouldStop() { throw Stopped() }
        }
      }
    } catch is Stopped {
      return nil
    }
  }

  /// Of several levels those that encoders and data allow.
  private func possible(
    _ levels: [CaptionKnowledge]?, _ subjects: Subjects, _ report: (ExperimentEvent) -> Void
  ) -> [CaptionKnowledge]? {
    guard let asked = levels, asked.count > 1 else { return levels }
    let obstacles = Audit.levels(target: subjects.target, shadow: subjects.shadow)
    return asked.filter { level in
      guard let obstacle = obstacles.first(where: { $0.knowledge == level })?.obstacle else { return true }
      report(.leftOut(level, obstacle.description))
      return false
    }
  }

  /// Asks a recorder in an encoder's place all that the attack would ask that encoder.
  func ask(
    _ recorder: QuestionRecorder, as role: AuditGroup, levels: [CaptionKnowledge]?,
    report: (ExperimentEvent) -> Void
  ) throws {
    let subjects = try subjects(recorder: recorder, as: role)
    try runs.namingFeatures {
      try Audit(configuration).ask(
        role, levels: possible(levels, subjects, report), target: subjects.target, shadow: subjects.shadow,
        references: subjects.references, downstream: try downstream()
      ) { report(.audit($0)) }
    }
  }

  /// Attacks, writes everything to the folder, and returns what was found at each level of knowledge that is possible:
  /// of several, each in a folder of its own.
  ///
  /// What encoders answered is kept in the folder until the results are there. An attack that was stopped or killed goes
  /// on from there, asks nothing again, and ends with the same bytes as one that was not.
  /// - Parameters:
  ///   - isResuming: whether the folder holds this attack, begun and not ended.
  ///   - budget: how much the target may be asked, beside what the folder holds; nil for any amount.
  ///   - saving: raw material that is written too, to `features.safetensors` and `answers.safetensors`.
  ///   - shouldStop: asked after each part of the inputs and before each attack.
  /// - Returns: nil if it was asked to stop.
  /// - Throws: ``RunError`` where the folder has no room, or another attack writes to it; `EvidenceError` where it holds
  ///   another attack's answers, or damaged ones; an error of the runs, the images, the features or a classifier.
  public func run(
    levels: [CaptionKnowledge]? = nil, in folder: URL, isResuming: Bool = false,
    within budget: QuestionBudget? = nil, saving: Set<RawMaterial> = [], shouldStop: () -> Bool = { false },
    report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> [AttackResults]? {
    try runs.check()
    return try ResultsFolder.occupying(folder, isResuming: isResuming) { kept in
      let (subjects, downstream) = (try subjects(), try downstream())
      let found: [AuditFindings]?
      var material: [RawMaterial: [String: PiecewiseTensor]] = [:]
      do {
        found = try self.found(
          subjects, levels: levels, downstream, keeping: kept, within: budget,
          saving: saving, collecting: { material[$0] = $1 }, shouldStop: shouldStop, report: report)
      } catch let error as RecordedError {
        guard case .unanswered(let place, _) = error else { throw error }
        let encoders: [(AuditGroup, any AuditedEncoder)] = [
          (.target, subjects.target.encoder), (.shadow, subjects.shadow.encoder),
        ]
        let recorded = encoders.compactMap { role, encoder in
          (encoder as? RecordedAnswers).map { (role, $0) }
        }
        guard let (role, answers) = recorded.first(where: { $0.1.folder.path == place }) else { throw error }
        // What is answered now costs little to ask again; what was kept would be in the way of the next attempt,
        // which says so if it could not be removed.
        if !isResuming { try? FileManager.default.removeItem(at: kept.folder) }
        throw try answers.furtherQuestions { try ask($0, as: role, levels: levels, report: report) } ?? error
      }
      guard let found else { return nil }
      let results = try found.map { findings in
        var results = try self.results(findings, subjects)
        results.dataFingerprints["downstream"] = downstream.map { $0.images.subset($0.indices).fingerprint }
        if let downstream, configuration.downstream.data != nil, downstream.leftOut > 0 {
          results.warnings.append(
            "\(downstream.leftOut) of the labelled images are in the groups and were left out")
        }
        return results
      }
      // The whole folder is replaced, and so what was kept of answers is gone.
      try replaceFolder(folder) { temporary in
        for (findings, results) in zip(found, results) {
          let name = findings.knowledge.rawValue
          try write(
            findings, results, subjects, to: found.count == 1 ? temporary : temporary.appending(path: name))
        }
        for (kind, tensors) in material {
          try SafetensorsFile.write(tensors, to: temporary.appending(path: AttackJob.name(of: kind)))
        }
      }
      return results
    }
  }

  private func write(
    _ findings: AuditFindings, _ results: AttackResults, _ subjects: Subjects, to folder: URL
  ) throws {
    try makeFolder(folder)
    var settings = configuration
    settings.knowledge = findings.knowledge
    try Configuration.write(settings, to: folder.appending(path: AttackJob.configurationName))
    for finding in findings.attacks {
      guard let classifier = finding.classifier else { continue }
      let name = AttackJob.name(of: classifier, findings)
      let place = folder.appending(path: "\(AttackJob.classifiersName)/\(name)")
      try classifier.write(to: place)
      try KnownScores(finding.scores.groups).write(to: place)
      try ClassifierRecipe(
        configuration: settings, shadow: subjects.shadow.encoder.identity,
        target: subjects.target.encoder.identity, measured: finding.metrics,
        doubts: AttackMetrics.aboveChance(
          findings.controls.filter { $0.family != .swapped }.map(\.metrics)
        ).map(\.name)
      ).write(to: place)
      try FolderDigests(of: try Paths.names(in: place.path), in: place).write(to: place)
    }
    try ScoresFile.write(findings.scoreColumns, of: runs.inputNames, to: folder)
    try results.write(to: folder)
  }

  /// The name of a file of raw material in a folder of results.
  private static func name(of material: RawMaterial) -> String { "\(material.rawValue).safetensors" }

  /// A classifier's folder: its kind, and its feature sets where there are several, as in `vector-imageText`.
  private static func name(of classifier: any InferenceClassifier, _ findings: AuditFindings) -> String {
    let description = classifier.description
    let sets = findings.isJoint ? description.features.kinds.map(\.rawValue) : []
    return ([description.kind.rawValue] + sets).joined(separator: "-")
  }

  private func results(_ findings: AuditFindings, _ subjects: Subjects) throws -> AttackResults {
    var warnings = runs.target.warnings
    if findings.knowledge.hasCaption, let captions = subjects.target.captions {
      let groups = subjects.target.groups
      let trained = Set(groups.members.map { captions[$0][0] })
      let shared = groups.nonmembers.count { trained.contains(captions[$0][0]) }
      if shared > 0 {
        warnings.append(
          "\(shared) nonmembers have the caption of a member, so for attacks on captions alone they are members too"
        )
      }
    }
    return AttackResults(
      findings, utility: (target: try runs.target.utility(), shadow: try runs.shadow.utility()),
      seeds: runs.seeds(attack: configuration.seed), versions: Versions.all,
      dataFingerprints: runs.dataFingerprints, warnings: warnings)
  }
}
