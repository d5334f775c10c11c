import Contrastive
import Data
import Encoders
import Kernels

/// How encoders are asked, chunk by chunk, and the questions counted.
extension Evidence {
  /// What an encoder answers about the images of some inputs. One with several captions is asked about once among them.
  func pictureAnswers(
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
      try count(role, pictures: pictures.count)
      return (try encoder.answers(to: pictures), pictures.count)
    }
    guard distinct.count < rows.count else { return found }
    return Dictionary(uniqueKeysWithValues: found.map { ($0, $1.gathered(rows, each: $0.rows)) })
  }

  /// What an encoder answers about the captions that stand beside some inputs.
  func captionAnswers(
    _ range: Range<Int>, _ asked: Set<Question>, _ use: CaptionUse, _ role: EncoderRole, _ group: AuditGroup,
    _ membership: Membership
  ) throws -> [Question: EncoderAnswers] {
    let own = population(group)[membership].captions[use.holding] ?? []
    let whole = texts[TextPlace(place: place(role, group, use.partner ?? membership), holding: use.holding)]
    if let partner = use.partner {
      let others = population(group)[partner].captions[use.holding] ?? []
      let partners = range.map { ExchangedCaptions.partner(of: $0, in: own, among: others) }
      return try (whole ?? [:]).filter { asked.contains($0.key) }.mapValues { try $0.of(partners) }
    }
    if let whole, asked.isSubset(of: whole.keys) {
      return try whole.filter { asked.contains($0.key) }.mapValues { try $0.of(Array(range)) }
    }
    return try answers(to: Array(own[range]), asked, role)
  }

  /// Asks about all captions of a group, and keeps the answers.
  func askAllCaptions(
    _ asked: Set<Question>, _ holding: CaptionHolding, _ role: EncoderRole, _ group: AuditGroup,
    _ membership: Membership, _ report: (AuditEvent) throws -> Void
  ) throws {
    let key = TextPlace(place: place(role, group, membership), holding: holding)
    let missing = asked.subtracting(texts[key].map { Set($0.keys) } ?? [])
    guard !missing.isEmpty else { return }
    let all = population(group)[membership].captions[holding] ?? []
    // The embeddings of captions that are exchanged are kept too: what is missing of the extracts is made of them.
    let name = Evidence.captionsName(missing, holding, role, group, membership)
    func answered(_ question: Question, _ tensors: [String: Tensor]) -> EncoderAnswers {
      let layers = EmbeddingLayer.allCases.compactMap { layer in
        tensors["\(question) \(layer)"].map { (layer, $0) }
      }
      return EncoderAnswers(Dictionary(uniqueKeysWithValues: layers))
    }
    let found = Dictionary(
      uniqueKeysWithValues: missing.map { ($0, CaptionAnswers(part: Evidence.part, each: $0.rows)) })
    for start in stride(from: 0, to: all.count, by: Evidence.part) {
      let (some, record) = (Array(all[start..<min(all.count, start + Evidence.part)]), "\(name)-\(start)")
      let tensors = try recalled(record) {
        var tensors: [String: Tensor] = [:]
        for (question, answers) in try answers(to: some, missing, role) {
          for layer in answers.layers { tensors["\(question) \(layer)"] = answers[layer] }
        }
        return tensors
      }
      let size = tensors.values.reduce(0) { $0 + $1.count * MemoryLayout<Float>.size }
      let isHeld = kept == nil || heldCaptions + size <= mostHeldCaptions
      if isHeld { heldCaptions += size }
      for (question, parts) in found {
        if isHeld {
          let answers = answered(question, tensors)
          parts.append { answers }
        } else {
          parts.append { [unowned self] in answered(question, try self.tensors(keptAs: record)) }
        }
      }
      try report(.progress(progress))
    }
    texts[key, default: [:]].merge(found) { old, _ in old }
  }

  /// What an encoder answers about captions.
  private func answers(
    to captions: [String], _ asked: Set<Question>, _ role: EncoderRole
  ) throws -> [Question: EncoderAnswers] {
    try collected(captions.count, asked, role, .text) { range, question, encoder in
      let texts = try questions.texts(question, of: Array(captions[range]))
      try count(role, captions: texts.count)
      return (try encoder.answers(to: texts), texts.count)
    }
  }

  /// Collects the answers to some questions chunk by chunk.
  func collected(
    _ inputs: Int, _ asked: Set<Question>, _ role: EncoderRole, _ modality: Modality,
    _ ask: (Range<Int>, Question, any AuditedEncoder) throws -> (EncoderAnswers, rows: Int)
  ) throws -> [Question: EncoderAnswers] {
    let encoder = encoder(role)
    let voice = Voice(encoder: ObjectIdentifier(encoder), modality: modality)
    var parts: [Question: [EncoderAnswers]] = [:]
    let chunk = Evidence.chunk(of: asked)
    for start in stride(from: 0, to: inputs, by: chunk) {
      let range = start..<min(inputs, start + chunk)
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
