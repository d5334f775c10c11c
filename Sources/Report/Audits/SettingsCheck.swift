import Attack
import Experiments
import Files

/// What results say of encoders, groups and settings, by the other files and by itself.
extension NumberCheck {
  mutating func compareEncoders(_ results: AttackResults) {
    let shadow = results.shadow.map { [("shadow", $0)] } ?? []
    let references = results.references.enumerated().map { ("reference \($0 + 1)", $1) }
    for (name, encoder) in [("target", results.target)] + shadow + references {
      var ratio: Double?
      if let epochs = encoder.epochs, let members = encoder.members, members > 0 {
        ratio = Double(epochs) / Double(members)
      }
      requireNumber(encoder.epochsPerMember, is: ratio, "T/N of the \(name)")
    }
    let rest =
      "architecture, fingerprint, algorithm, T, N, augmentation and usefulness, which takes the encoder and its data"
    note("target", checked: "T/N", unchecked: rest)
    note(
      "shadow",
      checked: results.shadow == nil
        ? "there is none, as errorRate says" : "T/N; that there is one, as errorRate says",
      unchecked: results.shadow == nil ? nil : rest)
    note(
      "references", checked: results.references.isEmpty ? nil : "T/N of \(results.references.count)",
      unchecked: results.references.isEmpty ? "that there are none, which nothing here tells" : rest)
  }

  mutating func compareCounts(_ results: AttackResults, _ scores: RecordedScores, _ learned: RecordedScores) {
    let (tested, others) = (scores.inputs.map(\.count), learned.inputs.map(\.count))
    let counts = results.counts
    requireNumber(Double(counts.target.members), is: Double(tested.members), "counts.target.members")
    requireNumber(Double(counts.target.nonmembers), is: Double(tested.nonmembers), "counts.target.nonmembers")
    if let shadow = counts.shadow {
      requireNumber(Double(shadow.members), is: Double(others.members), "counts.shadow.members")
      requireNumber(Double(shadow.nonmembers), is: Double(others.nonmembers), "counts.shadow.nonmembers")
    } else {
      requireNumber(
        results.errorRate.calibrating.map(Double.init), is: Double(others.nonmembers),
        "errorRate.calibrating")
      requireNumber(0, is: Double(others.members), "members of the shadow, which counts.shadow says is none,")
    }
    note("counts", checked: "equal to the rows of scores.csv")
  }

  mutating func compareErrorRate(_ results: AttackResults) {
    let (basis, hasShadow) = (results.errorRate, results.shadow != nil)
    require(
      (basis.threshold == .shadow) == hasShadow, "shadow", hasShadow ? "there" : "null",
      is: hasShadow ? "null, as thresholds come from known nonmembers," : "there, as thresholds come from it,"
    )
    require(
      (results.counts.shadow != nil) == hasShadow, "counts.shadow",
      results.counts.shadow == nil ? "null" : "there", is: hasShadow ? "there" : "null")
    let isKnown = basis.threshold == .knownNonmembers
    require(
      (basis.level != nil) == isKnown && (basis.calibrating != nil) == isKnown,
      "errorRate.level, or errorRate.calibrating,", isKnown ? "null" : "there",
      is: isKnown ? "there" : "null")
    let words = "errorRate.groups, that is where groups come from, which nothing here tells"
    guard NumberCheck.isOwn(results) else {
      return note(
        "errorRate", checked: "threshold, level and calibrating",
        unchecked: "\(words); statement, whose words are another version's")
    }
    require(
      basis.statement, is: basis.reworded?.statement ?? "none of this program's", AttackResults.fileName,
      "errorRate.statement")
    note("errorRate", checked: "threshold, level, calibrating and statement", unchecked: words)
  }

  mutating func compareSettings(_ results: AttackResults, _ settings: AttackConfiguration) {
    let file = AttackJob.configurationName
    func name<Value: RawRepresentable<String>>(_ value: Value) -> String { value.rawValue }
    require(settings.knowledge.map(name) ?? "none", is: name(results.knowledge), file, "knowledge")
    require(name(settings.layer), is: name(results.layer), file, "layer")
    require(name(settings.similarity), is: name(results.similarity), file, "similarity")
    let (hasImage, hasCaption) = (results.knowledge.hasImage, results.knowledge.hasCaption)
    requireNumber(
      hasImage ? Double(settings.views) : nil, is: results.views.map(Double.init), "views", in: file)
    requireNumber(
      hasCaption ? Double(settings.variants) : nil, is: results.variants.map(Double.init), "variants",
      in: file)
    require(
      "\(settings.seed)", is: results.seeds["attack"].map { "\($0)" } ?? "none", file, "seed")
    for field in ["knowledge", "layer", "similarity", "views", "variants"] {
      note(field, checked: "equal to what attack.json sets")
    }
    note(
      "seeds", checked: "that of the attack, equal to what attack.json sets",
      unchecked: results.seeds.count > 1 ? "those of pre-training, which takes the encoders" : nil)
    compareSets(results, settings)
  }

  private mutating func compareSets(_ results: AttackResults, _ settings: AttackConfiguration) {
    let found = results.featureSets
    func names(_ sets: [[FeatureSet]]) -> String { sets.map(FeatureSet.name).joined(separator: "; ") }
    if results.shadow == nil {
      let made = results.attacks.map(\.sets)
      require(found == made, "featureSets", names(found), is: names(made))
      return note("featureSets", checked: "those that attacks look at")
    }
    let held = Set(results.knowledge.featureSets)
    let possible = settings.sets.filter { held.isSuperset(of: $0) }
    var rest = possible[...]
    for sets in found {
      // In the order of the settings, each once.
      guard let place = rest.firstIndex(of: sets) else {
        require(false, "featureSets", names(found), is: "some of \(names(possible)) in this order")
        break
      }
      rest = rest[(place + 1)...]
    }
    let left = possible.filter { !found.contains($0) }
    require(!found.isEmpty, "featureSets", "empty", is: "some of \(names(possible))")
    note(
      "featureSets", checked: "those of attack.json that the auditor's knowledge allows",
      unchecked: left.isEmpty ? nil : "why \(names(left)) are not among them, which takes the encoders")
  }

  mutating func compareQueries(_ results: AttackResults) {
    let attacks = Set(results.attacks.map { ExactText($0.name) })
    for point in results.byQueries {
      require(
        attacks.contains(ExactText(point.attack)), "byQueries", "of '\(excerpt(point.attack))'",
        is: "none of it, which is no attack,")
    }
    let count = results.byQueries.count
    note(
      "byQueries", checked: count == 0 ? nil : "names, order and ranges of \(count) points",
      unchecked: count == 0
        ? "that there are none, which nothing here tells"
        : "accuracy and AUC with fewer questions, which takes the answers to each")
  }

  mutating func compareWarnings(_ results: AttackResults) {
    guard NumberCheck.isOwn(results) else {
      return note("warnings", unchecked: "all of them: their words are another version's")
    }
    let found = Set(results.warnings.map { ExactText($0) })
    let implied = results.impliedWarnings
    for warning in implied {
      require(
        found.contains(ExactText(warning)), "warnings", "silent", is: "\u{201C}\(excerpt(warning))\u{201D}")
    }
    let others = results.warnings.count - implied.count
    note(
      "warnings", checked: "the \(implied.count) that encoders and numbers call for are there",
      unchecked: "whether the other \(max(0, others)) are all that the audit had to say")
  }

  /// Whether this version of the program made results, so that their sentences must be those that it makes.
  private static func isOwn(_ results: AttackResults) -> Bool {
    results.versions[Versions.programName] == Versions.all[Versions.programName]
  }
}
