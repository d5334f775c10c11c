import ArgumentParser
import Attack
import Data
import Encoders
import Experiments
import Files
import Foundation

extension Infer {
  /// What gives inputs their scores: a classifier that an attack left, or a score for which nothing is learned.
  struct Judge {
    /// Its name in sentences.
    let name: String
    let subject: Subject
    let configuration: AttackConfiguration
    /// From which score on an input is taken for a member; nil where nothing was learned.
    var threshold: Float?
    /// How the classifier was made, and what was measured with it.
    var recipe: ClassifierRecipe?
    /// Asks an encoder, and gives scores.
    let scores:
      (Population, any AuditedEncoder, QuestionBudget?, (AuditEvent) throws -> Void) throws -> [Float]
    /// How much that will ask.
    let questions: (Population, any AuditedEncoder) throws -> QuestionCount
  }

  /// Scores of inputs, and what is to be said beside them.
  struct Asked {
    /// What identifies each input.
    let inputs: [Verdicts.Input]
    let scores: [Float]
    /// Of known nonmembers, and of known members where there are some; nil without.
    let known: (nonmembers: [Double], members: [Double]?)?
    let leftOut: Int
    /// What makes the verdicts doubtful.
    let warnings: [String]
    /// What else a reader wants to know.
    let remarks: [String]
  }

  /// The judge that the options name.
  func judge() throws -> Judge {
    if let classifier {
      let folder = URL(filePath: classifier)
      try FolderDigests.read(from: folder)?.check(all: folder)
      let trained = try InferenceClassifierKind.read(from: folder)
      let recipe = try recipe(of: trained, in: folder)
      let (sets, audit) = (trained.description.features.kinds, try Audit(recipe.configuration))
      return Judge(
        name: trained.description.kind.name, subject: Subject(sets), configuration: recipe.configuration,
        threshold: trained.threshold, recipe: recipe,
        scores: { try audit.scores(by: trained, of: $0, by: $1, within: $2, report: $3) },
        questions: { try audit.questions(sets, of: $0, by: $1) })
    }
    let name = try scoring.score ?? usualScore()
    guard let sets = ScoreTable.sets(of: name) else { preconditionFailure("Infer: no score \(name)") }
    let configuration = try scoring.configuration()
    let audit = try Audit(configuration)
    return Judge(
      name: name, subject: Subject(sets), configuration: configuration,
      scores: { try audit.scores(name, of: $0, by: $1, within: $2, report: $3) },
      questions: { try audit.questions(name, of: $0, by: $1) })
  }

  /// EncoderMI-T on what was given: pictures, captions, or pairs.
  private func usualScore() throws -> String {
    let isText = !caption.isEmpty || !captions.isEmpty
    guard let name = ScoreTable.usual(images: !isText, captions: isText || !pairs.isEmpty) else {
      preconditionFailure("Infer: no score for images nor for captions")
    }
    return name
  }

  /// Asks the target about inputs, and about those whose membership is known.
  func ask(_ judge: Judge) throws -> Asked {
    let place = EncoderPlace(target)
    let (encoder, size) = try place.open(captions: judge.subject != .images)
    if let recipe = judge.recipe { try warnIfOther(encoder, than: recipe) }
    warnOfTemplates(judge)
    let inputs = try inputs(judge.subject, size: size)
    var (warnings, known): ([String], [Population]) = ([], [])
    for (option, places) in [("--nonmembers", nonmembers), ("--members", members)] where !places.isEmpty {
      let opened = try self.known(KnownList(option: option, places: places), judge, inputs, size)
      known.append(opened.population)
      warnings += opened.warnings
    }
    let all = [inputs.population] + known
    let asked = try within(judge, all, encoder)
    let progress = Progress("infer")
    defer { progress.finish() }
    var hasToldCost = false
    func scores(by encoder: any AuditedEncoder, _ budget: QuestionBudget?) throws -> [[Float]] {
      try all.map { population in
        try judge.scores(population, encoder, budget) { event in
          if case .costly = event, !hasToldCost {
            hasToldCost = true
            Narrator.tellCost(event)
          }
          guard case .asked(_, _, let membership, let done, let count) = event, membership == .member,
            done < count
          else { return }
          progress.note("\(done) of \(judge.subject.counted(count))", isPassing: true)
        }
      }
    }
    var found: [[Float]] = []
    do {
      found = try scores(by: encoder, budget.map { QuestionBudget($0) })
    } catch let error as RecordedError {
      guard case .unanswered = error, let recorded = encoder as? RecordedAnswers else { throw error }
      throw try recorded.furtherQuestions { _ = try scores(by: $0, nil) } ?? error
    }
    let doubles = found.map { $0.map(Double.init) }
    let blind = try blindness(inputs.population, known)
    return Asked(
      inputs: inputs.names, scores: found[0],
      known: known.isEmpty ? nil : (doubles[1], doubles.count > 2 ? doubles[2] : nil),
      leftOut: inputs.leftOut, warnings: warnings + blind.warnings,
      remarks: blind.remarks + remarks(judge, encoder, asked, inputs: all.reduce(0) { $0 + $1.count }))
  }

  /// Says so where a classifier knows captions of one form only.
  func warnOfTemplates(_ judge: Judge) {
    if judge.subject != .images && judge.configuration.knowledge == .template {
      warn(
        "\(classifier ?? "the classifier") was made with captions by a template, \"a photo of\" and a few words; captions "
          + "are asked about as they are, so write them alike")
    }
  }

  /// Known inputs, without those that are among the inputs asked about.
  private func known(
    _ list: KnownList, _ judge: Judge, _ inputs: Inputs, _ size: Int
  ) throws -> (population: Population, warnings: [String]) {
    let name = list.option == "--members" ? "the known members" : "the known nonmembers"
    let kind = try list.kind(captions: judge.subject == .pairs)
    guard kind == judge.subject else {
      throw ValidationError(
        "\(list.option) holds \(kind.name), and \(judge.name) is asked about \(judge.subject.name); give the same kind"
      )
    }
    func checked(_ side: GroupChecks.Side) throws -> (GroupChecks, warnings: [String]) {
      let own = GroupChecks.Side(
        "the inputs", data: inputs.data, captions: inputs.population.captions[.exact])
      let checks = try GroupChecks(own, side)
      return (checks, checks.warnings(own, side, consequence: "they are left out of \(name)"))
    }
    if kind == .captions {
      let texts = try list.captions(repairing: dataOptions.brokenText == .repair).captions
      let (checks, warnings) = try checked(GroupChecks.Side(name, captions: texts))
      let shared = Set(checks.equalCaptions.map(\.second))
      let kept = texts.indices.filter { !shared.contains($0) }.map { texts[$0] }
      if kept.isEmpty { throw InferError.nothingKnown(list.option) }
      return (Population(captions: kept), warnings)
    }
    let language = try EncoderPlace(target).runDescription?.options.language
    let data = try list.data(
      kind, size: size, language: language, dataOptions: dataOptions, strict: strict
    ).data
    let (checks, warnings) = try checked(GroupChecks.Side(name, data, captions: kind == .pairs))
    let shared = Set(checks.equalPictures.map(\.second))
    let kept = (0..<data.count).filter { !shared.contains($0) }
    if kept.isEmpty { throw InferError.nothingKnown(list.option) }
    let captions = kind == .pairs ? data.captions : nil
    return (
      Population(
        try data.images(at: size), kept,
        captions: captions.map { all in [.exact: kept.map { all[$0].first ?? "" }] } ?? [:]), warnings
    )
  }

  /// Refuses what would ask more than may be asked.
  private func within(
    _ judge: Judge, _ populations: [Population], _ encoder: any AuditedEncoder
  ) throws -> QuestionCount {
    let planned = try populations.reduce(into: QuestionCount()) { count, population in
      let more = try judge.questions(population, encoder)
      count.pictures += more.pictures
      count.captions += more.captions
    }
    guard let budget, planned.total > budget else { return planned }
    let inputs = populations.reduce(0) { $0 + $1.count }
    let fitting = inputs * budget / planned.total
    throw AttackError.tooManyQuestions(
      limit: budget, planned: planned,
      advice: judge.recipe == nil
        ? "give fewer --views or --variants, or about \(fitting) inputs in all"
        : "give about \(fitting) inputs in all")
  }

  /// Whether what needs no encoder tells the inputs from the known nonmembers: then these are not like them.
  private func blindness(
    _ inputs: Population, _ known: [Population]
  ) throws -> (warnings: [String], remarks: [String]) {
    guard let nonmembers = known.first else { return ([], []) }
    let groups = MembershipGroups(members: inputs, nonmembers: nonmembers)
    if let obstacle = GroupsControl.obstacle(groups) { return ([], [obstacle]) }
    let found = try GroupsControl.metrics(groups, seed: 0)
    let warnings = AttackMetrics.aboveChance(found).map { control in
      "control '\(control.name)' tells the inputs from the known nonmembers without asking the target: these are not "
        + "alike, and the bound on errors does not hold"
    }
    return (warnings, found.map { "control '\($0.name)': AUC \(Verdicts.percent($0.auc))" })
  }

  private func remarks(
    _ judge: Judge, _ encoder: any AuditedEncoder, _ asked: QuestionCount, inputs: Int
  ) -> [String] {
    var lines = [
      "asked: \(asked.pictures) pictures and \(asked.captions) captions, "
        + String(format: "%.4g an input", Double(asked.total) / Double(max(1, inputs)))
    ]
    let isAssumed = judge.configuration.augmentation == nil && encoder.facts.augmentation == nil
    if judge.recipe == nil && judge.subject != .captions && isAssumed {
      lines.append(
        "nothing is known of the target's augmentation: its views are made as MoCo's are, and others may tell more"
      )
    }
    return lines
  }
}
