import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import Testing

@testable import Experiments

/// The table of experiments: what their cells say.
@Suite struct StudyTests {
  /// The places of all values of a cell with the values, as `shadow.pretraining.batch`.
  private func leaves(_ cell: StudyCell) throws -> [String: String] {
    var plain = cell
    plain.labels = []
    var found: [String: String] = [:]
    func walk(_ value: JSONValue, _ place: String) {
      if case .object(let members) = value {
        for member in members { walk(member.value, place.isEmpty ? member.key : "\(place).\(member.key)") }
      } else {
        found[place] = value.text
      }
    }
    walk(try JSONParser.parse(Configuration.encode(plain)), "")
    return found
  }

  @Test(
    "Cells of an experiment differ in what it says, and in nothing else", arguments: Study.all.map(\.name))
  func differences(name: String) throws {
    let study = try #require(Study.named(name))
    func covers(_ said: String, _ place: String) -> Bool { place == said || place.hasPrefix(said + ".") }
    var ever: Set<String> = []
    for scale in StudyScale.all {
      let all = try study.cells(scale).map(leaves)
      let differing = Set(all.flatMap(\.keys)).filter { place in Set(all.map { $0[place] }).count > 1 }
      let unsaid = differing.filter { place in !study.differsIn.contains { covers($0, place) } }
      #expect(unsaid.isEmpty, "\(scale.name): \(unsaid.sorted())")
      ever.formUnion(differing)
    }
    let idle = study.differsIn.filter { said in !ever.contains { covers(said, $0) } }
    #expect(idle.isEmpty, "\(idle)")
  }

  @Test("Every cell has labels and a folder of its own, and settings that are within their ranges")
  func cells() throws {
    for scale in StudyScale.all {
      for study in Study.all {
        let cells = study.cells(scale)
        #expect(!cells.isEmpty && !study.seeds(scale).isEmpty)
        #expect(Set(cells.map(\.name)).count == cells.count, "\(study.name)")
        #expect(Set(cells.map(\.folderName)).count == cells.count, "\(study.name)")
        #expect(Set(cells.map { $0.labels.map(\.axis) }).count == 1, "\(study.name)")
        for cell in cells {
          try cell.audit.validate()
          try cell.defence?.validate()
          for recipe in [cell.target, cell.shadow] {
            try recipe.pretraining.validate()
            #expect(recipe.members <= scale.largest(recipe.data))
            #expect(
              recipe.stoppedAfter.map { recipe.pretraining.checkpointEpochs.contains($0) } ?? true)
          }
        }
      }
    }
  }

  @Test("The paper's numbers are those of attacks and cells that there are")
  func paper() {
    for study in Study.all {
      let names = Set(study.cells(.quick).map(\.name))
      #expect(study.paper.allSatisfy { names.contains($0.cell) }, "\(study.name)")
    }
    #expect(Study.backgroundKnowledge.paper.count == 27)
  }

  @Test("A checkpoint stands for a shorter pre-training only where the learning rate is constant")
  func shorter() {
    var recipe = EncoderRecipe(data: .main, members: 10, pretraining: StudyScale.quick.moco)
    recipe.train(epochs: 100)
    #expect(recipe.stoppedAfter == 100 && recipe.pretraining == StudyScale.quick.moco && recipe.epochs == 100)
    recipe = EncoderRecipe(data: .main, members: 10, pretraining: StudyScale.paper.moco)
    recipe.train(epochs: 400)
    #expect(recipe.stoppedAfter == nil && recipe.pretraining.epochs == 400 && recipe.epochs == 400)
    #expect(recipe.pretraining.checkpointEpochs == [100, 200, 400])
  }

  @Test("Data that are not at hand are named with how to get them")
  func places() throws {
    let error = #expect(throws: StudyError.self) {
      try StudyScale.desktop.place(of: .main, in: StudyFolders(root: "/nowhere"))
    }
    #expect(error?.description.contains("cifar-10-binary.tar.gz") == true)
    #expect(error?.description.contains("--cifar10") == true)
  }

  @Test("As many trials are made as were asked for, else as many as the scale has and the experiment wants")
  func trials() {
    var scale = StudyScale.desktop
    #expect(Study.backgroundKnowledge.seeds(scale) == [0, 1, 2] && Study.sizes.seeds(scale) == [0])
    scale.trials = 2
    #expect(Study.sizes.seeds(scale) == [0, 1] && Study.sizes.seeds(scale.at(side: 64)) == [0, 1])
  }

  @Test("A part is a number and how many parts there are")
  func parts() {
    #expect(WorkPart("2/3")?.of([0, 1, 2, 3, 4, 5, 6]) == [1, 4])
    for wrong in ["0/2", "3/2", "1", "1/0", "a/2", "1/2/3", ""] {
      #expect(WorkPart(wrong) == nil, "\(wrong)")
    }
  }

  @Test("An ordering is reproduced, contradicted, or left open, by the interval of its difference")
  func orderings() throws {
    func cell(_ name: String, _ usefulness: [Double]) -> StudyResults.Cell {
      let records = usefulness.map {
        EncoderRecord(
          EncoderIdentity(name: "e", fingerprint: "f"), EncoderFacts(), views: nil,
          utility: EncoderRecord.Utility(measure: "kNN accuracy", value: $0))
      }
      return StudyResults.Cell(
        labels: [StudyCell.Label(axis: "T", value: name)], target: StudyResults.Encoder(records),
        shadow: StudyResults.Encoder(records), attacks: [], controls: [], similarities: nil, trials: [])
    }
    let cells = [cell("low", [0.3, 0.31]), cell("high", [0.5, 0.52]), cell("mixed", [0.3, 0.6])]
    func verdict(_ higher: String, _ lower: String) throws -> StudyResults.Ordering.Verdict? {
      try StudyResults.Ordering(.target("", .usefulness, higher, over: lower), in: cells)?.verdict
    }
    #expect(try verdict("high", "low") == .reproduced && verdict("low", "high") == .contradicted)
    #expect(try verdict("mixed", "low") == .open && verdict("mixed", "nowhere") == nil)
  }

  @Test(
    "In a single trial attacks are ordered by their areas on the same inputs, or where these differ by both intervals"
  )
  func singleTrial() throws {
    // Members are above all nonmembers by the first attack but for some; the second is a little worse on each side.
    let count = 60
    func groups(_ shift: Int) -> MembershipGroups<[Double]> {
      MembershipGroups(
        members: (0..<count).map { Double(($0 * 7 + 3) % count + shift) },
        nonmembers: (0..<count).map { Double(($0 * 11 + 5) % count) })
    }
    func scored(_ shift: Int, named: String = "") -> MembershipGroups<[ScoresFile.Scored]> {
      groups(shift).map { scores in
        scores.enumerated().map { ScoresFile.Scored(input: "\(named)\($0)", score: $1) }
      }
    }
    func area(_ shift: Int) throws -> Estimate {
      AttackMetrics(name: "a", scores: try MembershipScores(groups(shift), threshold: 0)).auc
    }
    let (first, second) = (try area(16), try area(8))
    #expect(first.low < second.high && first.value > second.value, "the intervals overlap")
    typealias Areas = StudyResults.Ordering.Areas
    let paired = try Areas((first, scored(16)), (second, scored(8)))
    let difference = try #require(paired.difference)
    #expect(abs(difference.value - (first.value - second.value)) < 1e-12 && paired.verdict == .reproduced)
    #expect(try Areas((second, scored(8)), (first, scored(16))).verdict == .contradicted)
    let apart = try Areas((first, scored(16)), (second, scored(8, named: "other ")))
    #expect(apart.difference == nil && apart.verdict == .open)
    #expect(try Areas((try area(55), nil), (second, nil)).verdict == .reproduced)
  }

  @Test("Every ordering names cells and attacks that there are", arguments: Study.all.map(\.name))
  func claims(name: String) throws {
    let study = try #require(Study.named(name))
    let names = study.cells(.desktop).map(\.name)
    for claim in study.claims(names) {
      #expect(names.contains(claim.higher.cell) && names.contains(claim.lower.cell), "\(claim.text)")
    }
  }
}
