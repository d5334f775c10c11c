import Encoders
import Kernels

/// What an audit costs, before it is spent.
extension Evidence {
  /// The most similarities that are held at once: 1 GiB of them.
  static let mostScores = 1 << 28
  /// Similarities that are worth a word before they are made: 256 MiB of them.
  static let manyScores = 1 << 26

  /// Checks that the similarities that some needs are made of can be held: with the number of views they grow by its square.
  /// - Throws: ``AttackError/tooManyScores(views:variants:inputs:scores:most:)``.
  func requireRoom(for needs: [Need]) throws {
    let (configuration, (scores, inputs)) = (questions.configuration, scores(of: needs))
    guard scores <= Evidence.mostScores else {
      throw AttackError.tooManyScores(
        views: configuration.views, variants: configuration.variants, inputs: inputs, scores: scores,
        most: Evidence.mostScores)
    }
  }

  /// About how many bytes the similarities of some needs take, and what attacks and controls learn: for each similarity of an input
  /// EncoderMI-V has a weight to each neuron of its first layer, with a gradient, Adam's two means, and copies while it is
  /// trained and written.
  func memory(_ needs: [Need], _ attacks: [any MembershipAttack], _ controls: [any Control] = []) -> Int {
    let vectors =
      attacks.compactMap { $0 as? InferenceAttack }.filter { $0.kind == .vector }.map(\.sets)
      + controls.compactMap {
        ($0 as? UntrainedControl)?.vectorSets ?? ($0 as? NonmembersControl)?.vectorSets
      }
    let widest = vectors.map { questions.configuration.features(of: $0).scores }.max()
    return (scores(of: needs).scores + 6 * VectorClassifier.width * (widest ?? 0)) * MemoryLayout<Float>.size
  }

  /// What an audit costs where that is much; nil else.
  func cost(
    _ needs: [Need], _ attacks: [any MembershipAttack], _ controls: [any Control] = []
  ) -> AuditEvent? {
    let memory = memory(needs, attacks, controls)
    guard memory >= Evidence.manyScores * MemoryLayout<Float>.size else { return nil }
    let sets = needs.reduce(into: Set<FeatureSet>()) { sets, need in
      if case .similarities(let set, _) = need.extract { sets.insert(set) }
    }
    let similarities = sets.map { questions.configuration.features(of: [$0]).scores }.reduce(0, +)
    return .costly(memory: memory, similarities: similarities)
  }

  /// What questions cost that are written down, where that is a gibibyte of pictures or more; nil else.
  func cost(ofWriting needs: [Need], size: Int) -> AuditEvent? {
    var pictures = 0
    for pass in passes(for: needs) {
      let rows = pass.questions(questions.configuration).pictures.map(\.rows).reduce(0, +)
      pictures += Set(population(pass.group)[pass.membership].indices).count * rows
    }
    let bytes = 3 * size * size * pictures
    return bytes >= 1 << 30 ? .writing(pictures: pictures, bytes: bytes) : nil
  }

  /// How many similarities some needs are made of, of how many inputs at most.
  private func scores(of needs: [Need]) -> (scores: Int, inputs: Int) {
    let configuration = questions.configuration
    var (scores, inputs) = (0, 0)
    var seen: Set<Need> = []
    for need in needs where seen.insert(need).inserted {
      guard case .similarities(let set, _) = need.extract else { continue }
      let groups = population(need.group)
      let count = groups.members.count + groups.nonmembers.count
      let (more, isBeyond) = count.multipliedReportingOverflow(
        by: configuration.features(of: [set]).scores(of: set))
      scores = isBeyond ? .max : scores.addingReportingOverflow(more).overflow ? .max : scores + more
      inputs = max(inputs, count)
    }
    return (scores, inputs)
  }

  /// Inputs whose embeddings are computed at once: of many views fewer, so that memory does not grow with them.
  static func chunk(of asked: Set<Question>) -> Int {
    let rows = asked.map(\.rows).max() ?? 1
    return rows <= 32 ? chunk : max(1, 32 * chunk / rows)
  }
}

extension Audit {
  /// Inputs whose similarities are held at once where each input is judged by itself, in whole parts: 64 MiB of them, or one
  /// part.
  static func block(similarities: Int) -> Int {
    max(1, (1 << 24) / max(1, similarities) / Evidence.part) * Evidence.part
  }

  /// What is made of inputs one by one, block after block where all their similarities are too many to hold.
  /// - Parameters:
  ///   - similarities: of each input.
  ///   - report: told at first what it costs where all similarities together are many.
  ///   - body: gives a value for each input of a block.
  func inBlocks<Value>(
    _ population: Population, similarities: Int, _ report: (AuditEvent) throws -> Void,
    _ body: (Population, @escaping (AuditEvent) throws -> Void) throws -> [Value]
  ) throws -> [Value] {
    let block = Audit.block(similarities: similarities)
    if population.count * similarities >= Evidence.manyScores {
      // In parts, as a whole, and as numbers that are looked at.
      let memory = 3 * min(block, population.count) * similarities * MemoryLayout<Float>.size
      try report(.costly(memory: memory, similarities: similarities))
    }
    return try withoutActuallyEscaping(report) { report in
      guard population.count > block else { return try body(population, report) }
      return try stride(from: 0, to: population.count, by: block).flatMap { start in
        try body(population.part(start..<min(population.count, start + block))) { event in
          guard case .asked(let role, let group, .member, let done, _) = event else {
            return try report(event)
          }
          try report(.asked(role, group, .member, done: start + done, of: population.count))
        }
      }
    }
  }

  /// Membership scores of inputs whose membership nobody knows, by a classifier that an audit of this configuration trained;
  /// see ``features(_:of:by:within:report:)``.
  /// - Throws: as that does, and an error of the classifier.
  public func scores(
    by classifier: any InferenceClassifier, of population: Population, by encoder: any AuditedEncoder,
    within budget: QuestionBudget? = nil, report: (AuditEvent) throws -> Void = { _ in }
  ) throws -> [Float] {
    let sets = classifier.description.features.kinds
    let similarities = configuration.features(of: sets).scores
    return try inBlocks(population, similarities: similarities, report) { block, report in
      try classifier.scores(features(sets, of: block, by: encoder, within: budget, report: report))
    }
  }
}
