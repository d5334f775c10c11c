import Contrastive
import Kernels
import Networks

/// What is kept of an audit for whoever wants to go on from there, on request.
public enum RawMaterial: String, CaseIterable, Sendable {
  /// The similarities of every input, each row descending: `[inputs, scores]`.
  case features
  /// What target and shadow answered about their own inputs, `[inputs, rows, width]`, an input's views or variants in the
  /// order in which they were asked about.
  case answers
}

extension Evidence {
  /// Needs of all answers that some needs of target and shadow, about their own groups, are made of.
  func answerNeeds(_ needs: [Need]) -> [Need] {
    var seen: Set<Need> = []
    return needs.filter { $0.role == ($0.group == .target ? .target : .shadow) }.flatMap { need in
      need.extract.answers(questions.configuration).map { Need($0, of: need.group, by: need.role) }
    }.filter { seen.insert($0).inserted }
  }

  /// A kind of material, by role, group, membership and what it is, such as `target.target.member.imageImage` or
  /// `target.target.member.pictures.varied.embedding`; rows in the order of `scores.csv`. A name of similarities ends in
  /// whose caption stood beside an image where that was not its own.
  func material(_ kind: RawMaterial) -> [String: PiecewiseTensor] {
    var result: [String: PiecewiseTensor] = [:]
    func collect(_ place: Place, _ extract: Extract, _ tensor: PiecewiseTensor) {
      let roles = encoders.filter { ObjectIdentifier($0.value) == place.encoder }.map(\.key.name).sorted()
      guard let role = roles.first, let name = extract.name(as: kind) else { return }
      let parts = [role, place.group.rawValue, place.membership.rawValue] + name
      result[parts.joined(separator: ".")] = tensor
    }
    for (place, extracts) in found {
      for (extract, tensor) in extracts { collect(place, extract, PiecewiseTensor(tensor)) }
    }
    for (place, extracts) in stored {
      for (extract, records) in extracts {
        collect(
          place, extract,
          PiecewiseTensor(
            shape: records.shape,
            parts: records.names.map { name in { try self.part("\(extract)", of: name) } }))
      }
    }
    return result
  }

  private func part(_ tensor: String, of name: String) throws -> Tensor {
    guard let found = try tensors(keptAs: name)[tensor] else {
      preconditionFailure("Evidence: \(name) was kept without \(tensor)")
    }
    return found
  }
}

extension Question {
  fileprivate var name: String {
    switch self {
    case .plain: "plain"
    case .varied: "varied"
    case .patches: "patches"
    }
  }
}

extension Extract {
  /// Whether it is all that was answered to a question, of which there may be much: nothing but a file is made of it.
  var isAnswer: Bool {
    switch self {
    case .pictures, .captions: true
    default: false
    }
  }

  /// The last parts of its name among a kind of material; nil where it is none.
  fileprivate func name(as kind: RawMaterial) -> [String]? {
    switch (kind, self) {
    case (.features, .similarities(let set, let use)):
      let captions = use.map { use in
        (use.holding == .exact ? [] : ["\(use.holding)"]) + (use.partner.map { ["caption of \($0)"] } ?? [])
      }
      return [set.rawValue] + (captions ?? [])
    case (.answers, .pictures(let question, let layer)): return ["pictures", question.name, layer.rawValue]
    case (.answers, .captions(let question, let layer, let holding)):
      return ["captions", question.name, layer.rawValue] + (holding == .exact ? [] : ["\(holding)"])
    default: return nil
    }
  }
}
