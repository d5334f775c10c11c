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
/// captions.
public final class Evidence {
  /// Inputs that are asked about at once, and whose extracts are kept together.
  private static let part = 64
  /// Inputs whose embeddings are computed at once.
  private static let chunk = 32

  private let questions: Questions
  private let encoders: [EncoderRole: any AuditedEncoder]
  private let groups: [AuditGroup: MembershipGroups<Population>]
  /// Labelled images for classifiers downstream of the encoders; nil where there are none.
  public let downstream: DownstreamSet?
  private var found: [Place: [Extract: Tensor]] = [:]
  private var texts: [TextPlace: [Question: EncoderAnswers]] = [:]
  /// The widths of each encoder's spaces, as it answered first.
  private var widths: [Voice: [EmbeddingLayer: Int]] = [:]
  private var rounds: [FurtherRound: [AuditGroup: MembershipGroups<Tensor>]] = [:]
  private var classifiers: [ObjectIdentifier: DownstreamClassifier] = [:]
  private var report: ((AuditEvent) throws -> Void)?
  private let kept: EvidenceFolder?
  /// How far the audit is.
  var progress = AuditProgress()
  /// What statistics of the images alone tell, the same whatever captions the auditor holds; see ``BlindImageControl``.
  var blindImages: AttackOutcome?
  /// How many pictures and captions each encoder was asked about, by role.
  public private(set) var ledger: [EncoderRole: QuestionCount] = [:]

  /// One encoder and one group. Roles that one encoder plays share its answers.
  private struct Place: Hashable {
    let encoder: ObjectIdentifier
    let group: AuditGroup
    let membership: Membership
  }

  private struct Voice: Hashable {
    let encoder: ObjectIdentifier
    let modality: Modality
  }

  private struct TextPlace: Hashable {
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
    // In the order in which they were first asked for.
    var (order, wanted): ([(role: EncoderRole, group: AuditGroup)], [Place: [Extract]]) = ([], [:])
    var ordered: Set<Place> = []
    for need in needs {
      for membership in Membership.allCases {
        let place = place(need.role, need.group, membership)
        if found[place]?[need.extract] != nil || wanted[place]?.contains(need.extract) == true { continue }
        // Of a pass that an error ended, one membership may have been gathered and the other not.
        let isNew = ordered.insert(self.place(need.role, need.group, .member)).inserted
        if isNew { order.append((need.role, need.group)) }
        wanted[place, default: []].append(need.extract)
      }
    }
    for (role, group) in order {
      for membership in Membership.allCases {
        let asked = rows(of: wanted[place(role, group, membership)] ?? [])
        progress.questions += asked * population(group)[membership].count
      }
    }
    for (role, group) in order {
      for membership in Membership.allCases {
        let place = place(role, group, membership)
        guard let extracts = wanted[place] else { continue }
        try gather(extracts, role, group, membership, place, report: report)
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

  /// The classifier downstream of an encoder, trained once on what it answers about the labelled images.
  /// - Throws: an error of reading images or of the encoder, or ``AttackError``.
  func downstreamClassifier(of role: EncoderRole) throws -> DownstreamClassifier {
    let key = ObjectIdentifier(encoder(role))
    if let trained = classifiers[key] { return trained }
    guard let downstream else { preconditionFailure("Evidence: no labelled images for a classifier") }
    let (indices, part) = (downstream.indices, 256)
    let answers = try stride(from: 0, to: indices.count, by: part).map { start in
      let some = Array(indices[start..<min(indices.count, start + part)])
      return try embeddings(of: try plainPictures(of: some, in: downstream.images, for: role), by: role)
    }
    let classifier = try DownstreamClassifier(
      Tensor.stacked(answers), labels: downstream.labels, classes: downstream.classes,
      training: questions.configuration.downstream,
      stream: RandomStream(seed: questions.configuration.seed, name: "downstream classifier"))
    classifiers[key] = classifier
    return classifier
  }

  // MARK: Further rounds

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
      ledger[role, default: QuestionCount()].pictures += range.count
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
    let tensors = try recalled("round-\(round.attack)-\(round.learner)-\(round.tested)") {
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

  /// What was kept under a name, or else what `make` finds, which is then kept. Either way its questions are counted, so
  /// that the ledger of an audit that went on is that of one that was not stopped.
  private func recalled(_ name: String, _ make: () throws -> [String: Tensor]) throws -> [String: Tensor] {
    guard let kept else { return try make() }
    let name = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
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

  /// Begins to keep what is made of answers, or goes on with what was kept.
  /// - Throws: ``EvidenceError`` where the answers are another audit's, or `FileError`.
  func begin(levels: [CaptionKnowledge]) throws {
    guard let kept else { return }
    var digests: [String: String] = [:]
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

  private func place(_ role: EncoderRole, _ group: AuditGroup, _ membership: Membership) -> Place {
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
  private func gather(
    _ extracts: [Extract], _ role: EncoderRole, _ group: AuditGroup, _ membership: Membership, _ place: Place,
    report: (AuditEvent) throws -> Void
  ) throws {
    let (population, configuration) = (population(group)[membership], questions.configuration)
    let pictureQuestions = Set(extracts.flatMap { $0.pictureQuestions(configuration) })
    var captionQuestions: [CaptionUse: Set<Question>] = [:]
    for extract in extracts {
      guard let use = extract.captionUse else { continue }
      captionQuestions[use, default: []].formUnion(extract.captionQuestions(configuration))
    }
    // Captions that are exchanged among inputs are wanted as a whole.
    if captionQuestions.keys.contains(where: { $0.partner != nil }) {
      // In an order that is the same in every process, since what is kept bears the names of what was missing.
      for holding in CaptionHolding.allCases {
        for whose in Membership.allCases {
          let uses = captionQuestions.filter {
            $0.key.holding == holding && ($0.key.partner ?? membership) == whose
          }
          let asked = uses.values.reduce(into: Set<Question>()) { $0.formUnion($1) }
          try askAllCaptions(asked, holding, role, group, whose, report)
        }
      }
    }
    let needsClassifier = extracts.contains(where: \.isOfDownstreamClassifier)
    var parts: [Extract: [Tensor]] = [:]
    let names = extracts.map { "\($0)" }
    let pass = "\(role)-\(group)-\(membership)-\(EvidenceDigest.short(names.sorted()))"
    for start in stride(from: 0, to: population.count, by: Evidence.part) {
      let range = start..<min(population.count, start + Evidence.part)
      let found = try recalled("\(pass)-\(start)") {
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
          preconditionFailure("Evidence: \(pass) was kept without \(name)")
        }
        parts[extract, default: []].append(tensor)
      }
      progress.asked += rows(of: extracts) * range.count
      try report(.progress(progress))
      try report(.asked(role, group, membership, done: range.upperBound, of: population.count))
    }
    for (extract, parts) in parts {
      found[place, default: [:]][extract] = parts.count == 1 ? parts[0] : Tensor.stacked(parts)
    }
  }

  /// What an encoder answers about the images of some inputs. One with several captions is asked about once among them.
  private func pictureAnswers(
    _ range: Range<Int>, of population: Population, _ asked: Set<Question>, _ role: EncoderRole
  ) throws -> [Question: EncoderAnswers] {
    guard let data = population.images, !asked.isEmpty else { return [:] }
    var (distinct, places): ([Int], [Int: Int]) = ([], [:])
    let rows = population.indices[range].map { image -> Int in
      if let place = places[image] { return place }
      places[image] = distinct.count
      distinct.append(image)
      return distinct.count - 1
    }
    let found = try collected(distinct.count, asked, role, .image) { range, question, encoder in
      let pictures = try questions.pictures(question, of: Array(distinct[range]), in: data, for: encoder)
      ledger[role, default: QuestionCount()].pictures += pictures.count
      return (try encoder.answers(to: pictures), pictures.count)
    }
    guard distinct.count < rows.count else { return found }
    return Dictionary(uniqueKeysWithValues: found.map { ($0, $1.gathered(rows, each: $0.rows)) })
  }

  /// What an encoder answers about the captions that stand beside some inputs.
  private func captionAnswers(
    _ range: Range<Int>, _ asked: Set<Question>, _ use: CaptionUse, _ role: EncoderRole, _ group: AuditGroup,
    _ membership: Membership
  ) throws -> [Question: EncoderAnswers] {
    let own = population(group)[membership].captions[use.holding] ?? []
    let whole = texts[TextPlace(place: place(role, group, use.partner ?? membership), holding: use.holding)]
    if let partner = use.partner {
      let others = population(group)[partner].captions[use.holding] ?? []
      let partners = range.map { ExchangedCaptions.partner(of: $0, in: own, among: others) }
      return Dictionary(
        uniqueKeysWithValues: (whole ?? [:]).map { ($0, $1.gathered(partners, each: $0.rows)) })
    }
    if let whole, asked.isSubset(of: whole.keys) {
      return Dictionary(uniqueKeysWithValues: whole.map { ($0, $1.gathered(Array(range), each: $0.rows)) })
    }
    return try answers(to: Array(own[range]), asked, role)
  }

  /// Asks about all captions of a group, and keeps the answers.
  private func askAllCaptions(
    _ asked: Set<Question>, _ holding: CaptionHolding, _ role: EncoderRole, _ group: AuditGroup,
    _ membership: Membership, _ report: (AuditEvent) throws -> Void
  ) throws {
    let key = TextPlace(place: place(role, group, membership), holding: holding)
    let missing = asked.subtracting(texts[key].map { Set($0.keys) } ?? [])
    guard !missing.isEmpty else { return }
    let all = population(group)[membership].captions[holding] ?? []
    // The embeddings of captions that are exchanged are kept too: what is missing of the extracts is made of them.
    let name =
      "captions-\(role)-\(group)-\(membership)-\(holding)-"
      + EvidenceDigest.short(missing.map { "\($0)" }.sorted())
    var parts: [Question: [EncoderAnswers]] = [:]
    for start in stride(from: 0, to: all.count, by: Evidence.part) {
      let some = Array(all[start..<min(all.count, start + Evidence.part)])
      let tensors = try recalled("\(name)-\(start)") {
        var tensors: [String: Tensor] = [:]
        for (question, answers) in try answers(to: some, missing, role) {
          for layer in answers.layers { tensors["\(question) \(layer)"] = answers[layer] }
        }
        return tensors
      }
      for question in missing {
        let layers = EmbeddingLayer.allCases.compactMap { layer in
          tensors["\(question) \(layer)"].map { (layer, $0) }
        }
        parts[question, default: []].append(EncoderAnswers(Dictionary(uniqueKeysWithValues: layers)))
      }
      try report(.progress(progress))
    }
    texts[key, default: [:]].merge(parts.mapValues(EncoderAnswers.init(stacking:))) { old, _ in old }
  }

  /// What an encoder answers about captions.
  private func answers(
    to captions: [String], _ asked: Set<Question>, _ role: EncoderRole
  ) throws -> [Question: EncoderAnswers] {
    try collected(captions.count, asked, role, .text) { range, question, encoder in
      let texts = try questions.texts(question, of: Array(captions[range]))
      ledger[role, default: QuestionCount()].captions += texts.count
      return (try encoder.answers(to: texts), texts.count)
    }
  }

  /// Collects the answers to some questions chunk by chunk.
  private func collected(
    _ inputs: Int, _ asked: Set<Question>, _ role: EncoderRole, _ modality: Modality,
    _ ask: (Range<Int>, Question, any AuditedEncoder) throws -> (EncoderAnswers, rows: Int)
  ) throws -> [Question: EncoderAnswers] {
    let encoder = encoder(role)
    let voice = Voice(encoder: ObjectIdentifier(encoder), modality: modality)
    var parts: [Question: [EncoderAnswers]] = [:]
    for start in stride(from: 0, to: inputs, by: Evidence.chunk) {
      let range = start..<min(inputs, start + Evidence.chunk)
      for question in asked {
        let (answers, rows) = try ask(range, question, encoder)
        try answers.validate(inputs: rows, widths: widths[voice], from: encoder.identity.name)
        widths[voice] = answers.widths
        parts[question, default: []].append(answers)
      }
    }
    return parts.mapValues(EncoderAnswers.init(stacking:))
  }
}

/// A further round of questions: whose, and of which encoders.
struct FurtherRound: Hashable {
  let attack: String
  let learner: EncoderRole
  let tested: EncoderRole
}

/// How many questions an encoder was asked.
public struct QuestionCount: Codable, Sendable, Equatable {
  /// Pictures that it embedded.
  public var pictures = 0
  /// Captions that it embedded.
  public var captions = 0

  /// None so far.
  public init() {}

  static func += (left: inout QuestionCount, right: QuestionCount) {
    left.pictures += right.pictures
    left.captions += right.captions
  }

  static func - (left: QuestionCount, right: QuestionCount) -> QuestionCount {
    var difference = QuestionCount()
    difference.pictures = left.pictures - right.pictures
    difference.captions = left.captions - right.captions
    return difference
  }
}

/// How far an audit is.
public struct AuditProgress: Sendable, Equatable {
  /// Pictures and captions that were asked about, of those that are known beforehand.
  public var asked = 0
  /// Pictures and captions that are known beforehand to be asked about.
  public var questions = 0
  /// Attacks and controls that were made.
  public var made = 0
  /// Attacks and controls to make.
  public var total = 0

  /// At the beginning.
  public init() {}
}

/// What an audit is doing.
public enum AuditEvent: Sendable, Equatable {
  /// An encoder has answered about some inputs of a group.
  case asked(EncoderRole, AuditGroup, Membership, done: Int, of: Int)
  /// An attack learns on the shadow.
  case learning(attack: String, CaptionKnowledge)
  /// A control of some family is made.
  case control(ControlFamily, CaptionKnowledge)
  /// How far the whole audit is; told before what is being done.
  case progress(AuditProgress)
}
