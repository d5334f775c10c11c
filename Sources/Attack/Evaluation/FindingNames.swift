/// What names of findings say: which attack or control it is, what it looks at, and of which family it is. Whoever checks
/// results compares them with what stands beside.
extension AttackTable {
  /// Whether results call an attack, or a control, of these feature sets so: by its own name, or by that with what it looks
  /// at, where encoders of images and captions allow several things.
  package static func isName(_ name: String, of attack: String, sets: [FeatureSet]) -> Bool {
    let what = FeatureSet.name(of: sets)
    var names = [attack, "\(attack) (\(what))"]
    if attack.hasSuffix(")") {
      let open = attack.dropLast()
      names += ["\(open), \(what))", "\(open) (\(what)))"]
      names.append(
        names[2].replacing("untrained encoder (", with: "untrained encoders (", maxReplacements: 1))
    }
    return names.contains(name)
  }

  /// The feature sets that an attack of a name may look at; nil where the table has none of that name.
  /// - Parameter tried: the lists of sets that the classifiers of membership features were tried on.
  package static func sets(ofAttack name: String, trying tried: [[FeatureSet]]) -> [[FeatureSet]]? {
    if InferenceClassifierKind.allCases.contains(where: { $0.name == name }) { return tried }
    let found =
      entries(sets: []).filter { $0.name == name }.map(\.sets)
      + ScoreTable.entries.filter { $0.name == name }.map(\.sets)
    return found.isEmpty ? nil : found
  }
}

extension ControlFamily {
  /// The family that a control of a name is of; nil where no control has such a name.
  package init?(ofControl name: String) {
    let beginnings: [(ControlFamily, [String])] = [
      (
        .untrained,
        ["untrained encoder (", "fresh ResNet-18 as untrained encoder (", "nonmembers against nonmembers ("]
      ),
      (.blind, ["blind"]), (.swapped, ["swapped: "]),
    ]
    let found = beginnings.first { $0.1.contains(where: name.hasPrefix) }
    guard let found else { return nil }
    self = found.0
  }
}

extension ErrorBasis {
  /// The same with the sentence that belongs to its parts; nil where no audit has such parts.
  package var reworded: ErrorBasis? {
    switch (groups, threshold, level, calibrating) {
    case (.drawn, .shadow, nil, nil): .drawn
    case (.given, .shadow, nil, nil): .given
    case (.given, .knownNonmembers, let level?, let calibrating?):
      .known(level: level, calibrating: calibrating)
    default: nil
    }
  }
}
