import Data
import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Attack

/// Damaged files of an attack give an error or are read, nothing else.
@Suite("Damaged attacks", .serialized) struct AttackFuzzTests {
  @Test("The settings of an attack: an error, or settings that hold together")
  func fuzzSettings() throws {
    var other = AttackConfiguration()
    (other.views, other.knowledge, other.sets, other.attacks) = (
      4, .exact, [[.imageText, .pair]], ["EncoderMI-V"]
    )
    other.augmentation = .simCLR
    let samples = try [AttackConfiguration(), other].map { [UInt8](try Configuration.encode($0)) }
    try Fuzz.feed("attack.json", samples) { input, damage in
      let defaults = damage.oneIn(2) ? AttackConfiguration() : nil
      return try Fuzz.takes {
        let read: AttackConfiguration = try Configuration.decode(
          from: Data(input), file: "attack.json", defaults: defaults)
        let again: AttackConfiguration = try Configuration.decode(
          from: try Configuration.encode(read), file: "attack.json")
        try Fuzz.require(again == read, "it is not read as it is written")
      }
    }
  }

  @Test("A classifier: an error, or one that scores", arguments: InferenceClassifierKind.allCases)
  func fuzzClassifier(_ kind: InferenceClassifierKind) throws {
    let configuration = FeatureConfiguration(views: 3)
    let features = try MembershipFeatures(
      configuration: configuration, scores: [[0.5, 0.75, 0.25], [0.1, 0.2, 0.4], [0.9, 0.8, 0.7]])
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (1, 1)
    let classifier = try kind.fit(
      MembershipGroups(members: features, nonmembers: features), settings: settings, seed: 4)
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "classifier")
      try classifier.write(to: place)
      let names = ["checkpoint.json", "weights.safetensors"]
      let whole = try names.map { try readFile(place.appending(path: $0)) }
      try Fuzz.feed("classifier \(kind.rawValue)", [[UInt8](whole[0])], rounds: 40) { input, damage in
        let ofWeights = damage.oneIn(2)
        try Data(ofWeights ? [UInt8](whole[0]) : input).write(to: place.appending(path: names[0]))
        try Data(ofWeights ? damage.applied(to: [[UInt8](whole[1])]) : [UInt8](whole[1]))
          .write(to: place.appending(path: names[1]))
        return try Fuzz.takes {
          let read = try InferenceClassifierKind.read(from: place)
          guard read.description.features == configuration else { return }
          try Fuzz.require(try read.scores(features).count == 3, "a score for each input")
        }
      }
    }
  }

  @Test("Known scores: an error, or verdicts")
  func fuzzKnownScores() throws {
    let sample = KnownScores(MembershipGroups(members: [0.5, -1.25e-3, 3], nonmembers: [0, 1e300]))
    try withTemporaryFolder { folder in
      try Fuzz.feed("known-scores.json", [[UInt8](try Configuration.encode(sample))]) { input, _ in
        try Data(input).write(to: folder.appending(path: KnownScores.fileName))
        return try Fuzz.takes { _ = try KnownScores.read(from: folder).test }
      }
    }
  }

  @Test("What an attack kept of answers: an error, or what was written")
  func fuzzEvidence() throws {
    try withTemporaryFolder { folder in
      let kept = EvidenceFolder(folder.appending(path: "unfinished"), versions: ["blas": "1"])
      func begin() throws { try kept.begin(AttackConfiguration(), levels: [], digests: ["inputs": "f00d"]) }
      try begin()
      let tensor = Tensor([1, 2, 3, 4], shape: [2, 2])
      try kept.keep(EvidenceRecord(tensors: ["scores": tensor]), as: "part")
      for name in ["part.safetensors", "origin.json"] {
        let file = kept.folder.appending(path: name)
        let whole = try readFile(file)
        try Fuzz.feed("unfinished \(name)", [[UInt8](whole)]) { input, _ in
          try Data(input).write(to: file)
          return try Fuzz.takes {
            try begin()
            let read = try kept.record("part")?.tensors["scores"]
            try Fuzz.require(read?.values == tensor.values, "\(String(describing: read?.values)) was read")
          }
        }
        try whole.write(to: file)
      }
    }
  }
}
