import Contrastive
import Data
import Encoders
import Kernels
import Networks

/// What attacks ask for: one extract of one encoder's answers about one group.
public struct Need: Hashable, Sendable {
  /// Who is asked.
  public var role: EncoderRole
  /// About whom.
  public var group: AuditGroup
  /// What is kept of the answers.
  public var extract: Extract

  /// A need.
  public init(_ extract: Extract, of group: AuditGroup, by role: EncoderRole) {
    (self.role, self.group, self.extract) = (role, group, extract)
  }
}

/// Between encoders and attacks: asks each encoder about each input once, keeps what is needed of the answers, and counts
/// the questions.
///
/// Needs that are announced together by ``prepare(_:report:)`` are met in one pass over the inputs. What an attack can only
/// ask once it has answers it asks in a further round, by ``embeddings(of:by:)``. Beside the extracts
/// the embeddings of a part of the inputs are in memory, and, where captions are exchanged among inputs, those of all
/// captions; of an audit that keeps its records no more of these than 256 MiB.
public final class Evidence {
  /// Inputs that are asked about at once, and whose extracts are kept together.
  static let part = 64
  /// Inputs whose embeddings are computed at once.
  static let chunk = 32

  let questions: Questions
  let encoders: [EncoderRole: any AuditedEncoder]
  private let groups: [AuditGroup: MembershipGroups<Population>]
  /// Labelled images for classifiers downstream of the encoders; nil where there are none.
  public let downstream: DownstreamSet?
  private(set) var found: [Place: [Extract: Tensor]] = [:]
  /// All answers to some questions, where they are read again from what is kept when they are wanted.
  private(set) var stored: [Place: [Extract: (shape: [Int], names: [String])]] = [:]
  var texts: [TextPlace: [Question: CaptionAnswers]] = [:]
  /// Bytes of them that are in memory, and the most where they can be read again.
  var (heldCaptions, mostHeldCaptions) = (0, 1 << 28)
  /// The widths of each encoder's spaces, as it answered first.
  var widths: [Voice: [EmbeddingLayer: Int]] = [:]
  var rounds: [FurtherRound: [AuditGroup: MembershipGroups<Tensor>]] = [:]
  /// What encoders answered about the labelled images, until a classifier is trained on it.
  var labelled: [ObjectIdentifier: Tensor] = [:]
  var classifiers: [ObjectIdentifier: DownstreamClassifier] = [:]
  private var report: ((AuditEvent) throws -> Void)?
  let kept: EvidenceFolder?
  /// How much the target may be asked; nil for any amount.
  var budget: QuestionBudget?
  /// How far the audit is.
  var progress = AuditProgress()
  /// What statistics of the images alone tell, the same whatever captions the auditor holds; see ``BlindImageControl``.
  var blindImages: AttackOutcome?
  /// How many pictures and captions each encoder was asked about, by role.
  public internal(set) var ledger: [EncoderRole: QuestionCount] = [:]

  /// One encoder and one group. Roles that one encoder plays share its answers.
  struct Place: Hashable {
    let encoder: ObjectIdentifier
    let group: AuditGroup
    let membership: Membership
  }

  struct Voice: Hashable {
    let encoder: ObjectIdentifier
    let modality: Modality
  }

  struct TextPlace: Hashable {
    let place: Place
    let holding: CaptionHolding
  }

  init(
    _ questions: Questions, encoders: [EncoderRole: any AuditedEncoder],
    groups: [AuditGroup: MembershipGroups<Population>], downstream: DownstreamSet? = nil,
    keeping kept: EvidenceFolder? = nil
  ) {
    (self.questions, self.encoders, self.groups) = (questions, encoders, groups)
    (self.downstream, self.kept) = (downstream, kept)
  }

  /// The encoder in a role.
  public func encoder(_ role: EncoderRole) -> any AuditedEncoder {
    guard let encoder = encoders[role] else { preconditionFailure("Evidence: no encoder is the \(role)") }
    return encoder
  }

  /// Whether there is an encoder in a role.
  public func has(_ role: EncoderRole) -> Bool { encoders[role] != nil }

  /// The inputs of a group.
  public func population(_ group: AuditGroup) -> MembershipGroups<Population> {
    guard let population = groups[group] else {
      preconditionFailure("Evidence: no inputs are the \(group)'s")
    }
    return population
  }

  /// Meets needs in as few passes over the inputs as possible: one for each encoder and group.
  /// - Parameter report: told after each part what is being asked.
  /// - Throws: an error of reading images, of an encoder, ``FeatureError`` or ``AttackError``.
  public func prepare(_ needs: [Need], report: (AuditEvent) throws -> Void = { _ in }) throws {
    let passes = passes(for: needs)
    for pass in passes {
      progress.questions += rows(of: pass.extracts) * population(pass.group)[pass.membership].count
    }
    for pass in passes { try gather(pass, report: report) }
  }

  /// One pass over the inputs of a group: whom it asks, about whom, and what is kept of the answers.
  struct Pass {
    let role: EncoderRole
    let group: AuditGroup
    let membership: Membership
    let extracts: [Extract]

    /// What records of it are kept under, with the first input of each part after it.
    var name: String {
      "\(role)-\(group)-\(membership)-\(EvidenceDigest.short(extracts.map { "\($0)" }.sorted()))"
    }
  }

  /// The passes that meet needs, without what is there already.
  func passes(for needs: [Need]) -> [Pass] {
    // In the order in which they were first asked for.
    var (order, wanted): ([(role: EncoderRole, group: AuditGroup)], [Place: [Extract]]) = ([], [:])
    var ordered: Set<Place> = []
    for need in needs {
      for membership in Membership.allCases {
        let place = place(need.role, need.group, membership)
        let isThere = found[place]?[need.extract] != nil || stored[place]?[need.extract] != nil
        if isThere || wanted[place]?.contains(need.extract) == true { continue }
        // Of a pass that an error ended, one membership may have been gathered and the other not.
        let isNew = ordered.insert(self.place(need.role, need.group, .member)).inserted
        if isNew { order.append((need.role, need.group)) }
        wanted[place, default: []].append(need.extract)
      }
    }
    return order.flatMap { role, group in
      Membership.allCases.compactMap { membership in
        wanted[place(role, group, membership)].map {
          Pass(role: role, group: group, membership: membership, extracts: $0)
        }
      }
    }
  }

  /// An extract of both groups, gathered now where nobody announced it.
  /// - Throws: as ``prepare(_:report:)``.
  public func groups(_ need: Need) throws -> MembershipGroups<Tensor> {
    try prepare([need])
    return MembershipGroups(
      members: found[place(need.role, need.group, .member)]?[need.extract] ?? Tensor(zeros: [0, 1]),
      nonmembers: found[place(need.role, need.group, .nonmember)]?[need.extract] ?? Tensor(zeros: [0, 1]))
  }

  /// What was kept under a name, or else what `make` finds, which is then kept. Either way its questions are counted, so
  /// that the ledger of an audit that went on is that of one that was not stopped.
  func recalled(_ name: String, _ make: () throws -> [String: Tensor]) throws -> [String: Tensor] {
    guard let kept else { return try make() }
    let name = Evidence.fileName(name)
    if let record = try kept.record(name) {
      for role in encoders.keys {
        if let asked = record.asked["\(role)"] { ledger[role, default: QuestionCount()] += asked }
      }
      return record.tensors
    }
    let before = ledger
    var record = EvidenceRecord(tensors: try make())
    for (role, count) in ledger where count != before[role] {
      record.asked["\(role)"] = count - (before[role] ?? QuestionCount())
    }
    try kept.keep(record, as: name)
    return record.tensors
  }

  /// What was kept under a name, read again.
  /// - Throws: ``EvidenceError/damaged(file:folder:reason:)`` or `FileError`.
  func tensors(keptAs name: String) throws -> [String: Tensor] {
    guard let kept else { preconditionFailure("Evidence: \(name) is to be read again, and nothing is kept") }
    return try kept.tensors(Evidence.fileName(name))
  }

  /// The name of a file that something is kept in.
  static func fileName(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  /// Begins to keep what is made of answers, or goes on with what was kept.
  /// - Throws: ``EvidenceError`` where the answers are another audit's, or `FileError`.
  func begin(levels: [CaptionKnowledge], saving: Set<RawMaterial> = []) throws {
    guard let kept else { return }
    var digests: [String: String] = [:]
    // What is kept of a part of the inputs is kept together, so that other material is another audit.
    if saving.contains(.answers) { digests["what is saved"] = RawMaterial.answers.rawValue }
    for (role, encoder) in encoders { digests["encoder, \(role)"] = try EvidenceDigest.of(encoder) }
    for (group, populations) in groups {
      for membership in Membership.allCases {
        digests["inputs, \(group) \(membership)s"] = EvidenceDigest.of(populations[membership])
      }
    }
    if let downstream { digests["labelled images"] = EvidenceDigest.of(downstream) }
    try kept.begin(questions.configuration, levels: levels, digests: digests)
  }

  /// Runs `body`, in which ``tell(_:)`` reaches `report`.
  func reporting<Result>(
    _ report: @escaping (AuditEvent) throws -> Void, _ body: () throws -> Result
  ) rethrows -> Result {
    self.report = report
    defer { self.report = nil }
    return try body()
  }

  /// Tells how far a further round is.
  /// - Throws: whatever ends the audit.
  public func tell(_ event: AuditEvent) throws { try report?(event) }

  func place(_ role: EncoderRole, _ group: AuditGroup, _ membership: Membership) -> Place {
    Place(encoder: ObjectIdentifier(encoder(role)), group: group, membership: membership)
  }

  /// How many pictures and captions some extracts are made of, an input.
  private func rows(of extracts: [Extract]) -> Int {
    let pictures = Set(extracts.flatMap { $0.pictureQuestions(questions.configuration) })
    var captions: [CaptionHolding: Set<Question>] = [:]
    for extract in extracts {
      guard let use = extract.captionUse else { continue }
      captions[use.holding, default: []].formUnion(extract.captionQuestions(questions.configuration))
    }
    return (Array(pictures) + captions.values.flatMap { $0 }).map(\.rows).reduce(0, +)
  }

  /// One pass over the inputs of a group.
  private func gather(_ pass: Pass, report: (AuditEvent) throws -> Void) throws {
    let (role, group, membership, extracts) = (pass.role, pass.group, pass.membership, pass.extracts)
    let place = place(role, group, membership)
    let (population, configuration) = (population(group)[membership], questions.configuration)
    let (pictureQuestions, captionQuestions) = pass.questions(configuration)
    for (holding, whose, asked) in pass.exchanged(captionQuestions) {
      try askAllCaptions(asked, holding, role, group, whose, report)
    }
    let needsClassifier = extracts.contains(where: \.isOfDownstreamClassifier)
    // Before what is made of them, so that each record counts its own questions alone.
    if needsClassifier { try askAboutLabelledImages(role, report) }
    var (parts, shapes, records): ([Extract: [Tensor]], [Extract: [Int]], [String]) = ([:], [:], [])
    let names = extracts.map { "\($0)" }
    let record = pass.name
    for start in stride(from: 0, to: population.count, by: Evidence.part) {
      let range = start..<min(population.count, start + Evidence.part)
      let found = try recalled("\(record)-\(start)") {
        var captions: [CaptionUse: [Question: EncoderAnswers]] = [:]
        for (use, asked) in captionQuestions {
          captions[use] = try captionAnswers(range, asked, use, role, group, membership)
        }
        let classifier = needsClassifier ? try downstreamClassifier(of: role) : nil
        let answers = PartAnswers(
          inputs: range.count, pictures: try pictureAnswers(range, of: population, pictureQuestions, role),
          captions: captions, classifier: classifier, name: { population.name(of: range.lowerBound + $0) })
        return Dictionary(
          uniqueKeysWithValues: try zip(names, extracts).map {
            ($0, try answers.reduced(to: $1, configuration, by: encoder(role)))
          })
      }
      for (name, extract) in zip(names, extracts) {
        guard let tensor = found[name] else {
          preconditionFailure("Evidence: \(record) was kept without \(name)")
        }
        if kept != nil && extract.isAnswer {
          shapes[extract] = [population.count] + tensor.shape.dropFirst()
        } else {
          parts[extract, default: []].append(tensor)
        }
      }
      records.append("\(record)-\(start)")
      progress.asked += rows(of: extracts) * range.count
      try report(.progress(progress))
      try report(.asked(role, group, membership, done: range.upperBound, of: population.count))
    }
    for (extract, parts) in parts {
      found[place, default: [:]][extract] = parts.count == 1 ? parts[0] : Tensor.stacked(parts)
    }
    for (extract, shape) in shapes { stored[place, default: [:]][extract] = (shape, records) }
  }
}
