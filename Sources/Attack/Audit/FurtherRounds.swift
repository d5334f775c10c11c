import Data
import Encoders
import Kernels
import Networks
import Vision

/// Questions beyond those about the inputs that are known beforehand: about labelled images, and further rounds.
extension Evidence {
  /// Labelled images that are asked about at once.
  private static let labelledPart = 256

  /// Asks an encoder about the labelled images, once. Its answers are kept like those about inputs.
  /// - Parameter report: told after each part; what it throws ends the audit.
  /// - Throws: an error of reading images or of the encoder, or ``AttackError``.
  func askAboutLabelledImages(
    _ role: EncoderRole, _ report: (AuditEvent) throws -> Void = { _ in }
  ) throws {
    let key = ObjectIdentifier(encoder(role))
    guard classifiers[key] == nil, labelled[key] == nil else { return }
    guard let downstream else { preconditionFailure("Evidence: no labelled images to ask about") }
    let (indices, part) = (downstream.indices, Evidence.labelledPart)
    labelled[key] = Tensor.stacked(
      try stride(from: 0, to: indices.count, by: part).map { start in
        let some = Array(indices[start..<min(indices.count, start + part)])
        let found = try recalled("labelled-\(role)-\(start)") {
          let pictures = try plainPictures(of: some, in: downstream.images, for: role)
          return ["embeddings": try embeddings(of: pictures, by: role)]
        }
        guard let answers = found["embeddings"] else {
          preconditionFailure("Evidence: answers about labelled images were kept without embeddings")
        }
        try report(.progress(progress))
        return answers
      })
  }

  /// How many labelled images an encoder is still to be asked about.
  func labelledLeft(_ role: EncoderRole) -> Int {
    let key = ObjectIdentifier(encoder(role))
    guard let count = downstream?.indices.count, classifiers[key] == nil, labelled[key] == nil else {
      return 0
    }
    return stride(from: 0, to: count, by: Evidence.labelledPart).reduce(0) { sum, start in
      let isKept = kept?.holds(Evidence.fileName("labelled-\(role)-\(start)")) ?? false
      return sum + (isKept ? 0 : min(count, start + Evidence.labelledPart) - start)
    }
  }

  /// The classifier downstream of an encoder, trained once on what it answers about the labelled images.
  /// - Throws: an error of reading images or of the encoder, or ``AttackError``.
  func downstreamClassifier(of role: EncoderRole) throws -> DownstreamClassifier {
    let key = ObjectIdentifier(encoder(role))
    if let trained = classifiers[key] { return trained }
    try askAboutLabelledImages(role)
    guard let downstream, let answers = labelled.removeValue(forKey: key) else {
      preconditionFailure("Evidence: no labelled images for a classifier")
    }
    let classifier = try DownstreamClassifier(
      answers, labels: downstream.labels, classes: downstream.classes,
      training: questions.configuration.downstream,
      stream: RandomStream(seed: questions.configuration.seed, name: "downstream classifier"))
    classifiers[key] = classifier
    return classifier
  }

  /// The pictures that an encoder sees of some images when it is asked about them as they are, at its size.
  /// - Throws: an error of reading images.
  public func plainPictures(of images: [Int], in data: Images, for role: EncoderRole) throws -> Pictures {
    try questions.pictures(.plain, of: images, in: data, for: encoder(role))
  }

  /// Asks an encoder about pictures that are no views of an input, such as crafted ones; those of another size are
  /// brought to its own. The answers are not kept.
  /// - Returns: the embeddings, `[pictures, width]`.
  /// - Throws: an error of the encoder, or ``AttackError/noLayer(encoder:layer:)``.
  public func embeddings(of pictures: Pictures, by role: EncoderRole) throws -> Tensor {
    let answers = try collected(pictures.count, [.plain], role, .image) { range, _, encoder in
      try count(role, pictures: range.count)
      return (
        try encoder.answers(to: questions.resized(pictures.part(range), for: encoder)), range.count
      )
    }
    guard let embeddings = answers[.plain]?[.embedding] else {
      throw AttackError.noLayer(encoder: encoder(role).identity.name, layer: .embedding)
    }
    return embeddings
  }

  /// What came of a further round, which is made once, whatever the auditor's knowledge in the cases that need it.
  func once(
    _ round: FurtherRound, _ make: () throws -> [AuditGroup: MembershipGroups<Tensor>]
  ) throws -> [AuditGroup: MembershipGroups<Tensor>] {
    if let found = rounds[round] { return found }
    let tensors = try recalled(round.name) {
      var tensors: [String: Tensor] = [:]
      for (group, found) in try make() {
        for membership in Membership.allCases { tensors["\(group)-\(membership)"] = found[membership] }
      }
      return tensors
    }
    var made: [AuditGroup: MembershipGroups<Tensor>] = [:]
    for group in AuditGroup.allCases {
      guard let members = tensors["\(group)-\(Membership.member)"],
        let nonmembers = tensors["\(group)-\(Membership.nonmember)"]
      else { continue }
      made[group] = MembershipGroups(members: members, nonmembers: nonmembers)
    }
    rounds[round] = made
    return made
  }
}

/// A further round of questions: whose, and of which encoders.
struct FurtherRound: Hashable {
  let attack: String
  let learner: EncoderRole
  let tested: EncoderRole

  /// What it is kept under.
  var name: String { "round-\(attack)-\(learner)-\(tested)" }
}
