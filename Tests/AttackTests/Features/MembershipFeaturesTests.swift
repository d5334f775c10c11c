import Files
import Kernels
import Networks
import Testing

@testable import Attack

@Suite struct MembershipFeaturesTests {
  private let configuration = FeatureConfiguration(views: 4)

  /// Embeddings that depend on the input alone, as those of an encoder over seeded views do.
  private func embed(_ inputs: ArraySlice<Int>) -> Tensor {
    let values = inputs.flatMap { input -> [Float] in
      var stream = RandomStream(seed: 1, name: "embeddings").substream(input)
      return (0..<(4 * 12)).map { _ in stream.normal() }
    }
    return Tensor(values, shape: [inputs.count * 4, 12])
  }

  @Test("features do not depend on how inputs are cut into chunks, and follow the order of the inputs")
  func chunks() throws {
    let inputs = Array(3..<40)
    let one = try MembershipFeatures(of: inputs, configuration: configuration, chunk: 1, embed: embed)
    let seven = try MembershipFeatures(of: inputs, configuration: configuration, chunk: 7, embed: embed)
    let all = try MembershipFeatures(of: inputs, configuration: configuration, chunk: 100, embed: embed)
    #expect(one.scores.values == seven.scores.values && one.scores.values == all.scores.values)
    let reversed = try MembershipFeatures(of: inputs.reversed(), configuration: configuration, embed: embed)
    #expect(reversed.rows == all.rows.reversed())
  }

  @Test("no more than a chunk of embeddings is asked for at a time, each input once")
  func streaming() throws {
    var asked: [Int] = []
    _ = try MembershipFeatures(of: Array(0..<50), configuration: configuration, chunk: 8) { inputs in
      #expect(inputs.count <= 8)
      asked += inputs
      return embed(inputs)
    }
    #expect(asked == Array(0..<50))
  }

  @Test("each row is descending and its mean is the mean of its scores")
  func ranking() throws {
    let features = try MembershipFeatures(of: Array(0..<9), configuration: configuration, embed: embed)
    #expect(features.scores.shape == [9, 6])
    for (row, mean) in zip(features.rows, features.means) {
      #expect(row == row.sorted(by: >))
      #expect(abs(row.reduce(0, +) / 6 - mean) < 1e-6)
    }
  }

  @Test("fewer than two views are an error")
  func tooFewViews() {
    #expect(throws: InvalidSetting.self) {
      try MembershipFeatures(of: [0], configuration: FeatureConfiguration(views: 1), embed: embed)
    }
  }

  @Test("an encoder that gives the wrong number of embeddings is an error that names both shapes")
  func wrongShape() {
    let error = #expect(throws: FeatureError.self) {
      try MembershipFeatures(of: [0, 1], configuration: configuration) { _ in Tensor(zeros: [7, 3]) }
    }
    #expect(error?.description.contains("[7, 3], expected [8, width]") == true)
  }

  @Test("an embedding of zeros is an error that names its input")
  func zeroEmbedding() {
    let error = #expect(throws: FeatureError.self) {
      try MembershipFeatures(of: [10, 11, 12], configuration: configuration, chunk: 2) { inputs in
        let values = embed(inputs).values.enumerated().map { inputs.contains(12) && $0 < 12 ? 0 : $1 }
        return Tensor(values, shape: [inputs.count * 4, 12])
      }
    }
    #expect(error?.description.contains("(12)") == true)
  }

  @Test("rows can be selected and appended")
  func selection() throws {
    let features = try MembershipFeatures(of: Array(0..<5), configuration: configuration, embed: embed)
    let selected = features.selecting([4, 0])
    #expect(selected.rows == [features.rows[4], features.rows[0]])
    #expect(try selected.appending(features).rows == selected.rows + features.rows)
    let other = try MembershipFeatures(configuration: FeatureConfiguration(views: 2), scores: [[0.5]])
    #expect(throws: FeatureError.self) { try selected.appending(other) }
  }
}
