import Contrastive
import Data
import Encoders
import Files
import Kernels
import Testing

@testable import Attack

/// What evidence keeps of answers, beside the encoder's own answers to the same questions.
@Suite(.serialized) struct ExtractTests {
  private let members = [3, 70, 5, 41, 12]
  private let nonmembers = [8, 90, 33]

  private func configuration(_ change: (inout AttackConfiguration) -> Void = { _ in }) -> AttackConfiguration
  {
    FakeAudit.configuration {
      ($0.views, $0.variants) = (3, 2)
      change(&$0)
    }
  }

  private func encoder() -> FakeEncoder { FakeEncoder(.pairing, members: members, seed: 1) }

  private func text(_ number: Int) -> String { "item \(number) alpha" }

  private func evidence(
    _ encoder: FakeEncoder, _ change: (inout AttackConfiguration) -> Void = { _ in }
  ) throws -> Evidence {
    let images = try FakeAudit.images()
    func population(_ inputs: [Int]) -> Population {
      Population(
        images, inputs,
        captions: [.exact: inputs.map(text), .other: inputs.map { "item \($0) beta" }])
    }
    let groups = MembershipGroups(members: members, nonmembers: nonmembers).map(population)
    return Evidence(
      Questions(configuration(change), captionViews: FakeAudit.captionViews), encoders: [.target: encoder],
      groups: [.target: groups])
  }

  private func found(
    _ extract: Extract, by encoder: FakeEncoder? = nil,
    _ change: (inout AttackConfiguration) -> Void = { _ in }
  ) throws -> MembershipGroups<Tensor> {
    try evidence(encoder ?? self.encoder(), change).groups(Need(extract, of: .target, by: .target))
  }

  /// The rows of a matrix in double precision.
  private func rows(_ tensor: Tensor?) throws -> [[Double]] {
    let tensor = try #require(tensor)
    let (values, width) = (tensor.values.map(Double.init), tensor.count / tensor.shape[0])
    return (0..<tensor.shape[0]).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// The embeddings of a picture, asked by itself.
  private func picture(
    _ question: Question, _ input: Int, _ layer: EmbeddingLayer = .projection
  ) throws -> [[Double]] {
    let encoder = encoder()
    let pictures = try Questions(configuration()).pictures(
      question, of: [input], in: FakeAudit.images(), for: encoder)
    return try rows(encoder.answers(to: pictures)[layer])
  }

  /// The embeddings of a caption, asked by itself.
  private func caption(
    _ question: Question, _ text: String, _ layer: EmbeddingLayer = .projection
  ) throws -> [[Double]] {
    let texts = try Questions(configuration(), captionViews: FakeAudit.captionViews).texts(
      question, of: [text])
    return try rows(encoder().answers(to: texts)[layer])
  }

  private func cosine(_ x: [Double], _ y: [Double]) -> Double {
    func dot(_ p: [Double], _ q: [Double]) -> Double { zip(p, q).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
  }

  private func pairs(_ rows: [[Double]]) -> [Double] {
    rows.indices.flatMap { i in rows[(i + 1)...].map { cosine(rows[i], $0) } }.sorted(by: >)
  }

  private func crossed(_ a: [[Double]], _ b: [[Double]]) -> [Double] {
    a.flatMap { x in b.map { cosine(x, $0) } }.sorted(by: >)
  }

  private func expect(
    _ extract: Extract, location: SourceLocation = #_sourceLocation,
    _ expected: (_ input: Int) throws -> [Double]
  ) throws {
    let groups = try found(extract)
    for (tensor, inputs) in [(groups.members, members), (groups.nonmembers, nonmembers)] {
      let rows = try rows(tensor)
      #expect(rows.count == inputs.count, sourceLocation: location)
      for (row, input) in zip(rows, inputs) {
        let expected = try expected(input)
        #expect(row.count == expected.count, sourceLocation: location)
        for (a, b) in zip(row, expected) {
          #expect(abs(a - b) < 1e-5, "\(extract) of \(input)", sourceLocation: location)
        }
      }
    }
  }

  @Test("each set's scores equal their definition, in descending order")
  func sets() throws {
    let (views, variants) = (Question.varied(3), Question.varied(2))
    try expect(.similarities(.imageImage, nil)) { pairs(try picture(views, $0, .embedding)) }
    try expect(.similarities(.textText, CaptionUse(.exact))) {
      pairs(try caption(variants, text($0), .embedding))
    }
    try expect(.similarities(.imageText, CaptionUse(.exact))) {
      crossed(try picture(views, $0), try caption(variants, text($0)))
    }
    try expect(.similarities(.pair, CaptionUse(.exact))) {
      crossed(try picture(.plain, $0), try caption(.plain, text($0)))
    }
  }

  @Test("a pair with another caption has that caption's similarities")
  func otherCaption() throws {
    try expect(.similarities(.pair, CaptionUse(.other))) {
      crossed(try picture(.plain, $0), try caption(.plain, "item \($0) beta"))
    }
  }

  @Test("pictures and captions are kept as the encoder embedded them", arguments: EmbeddingLayer.allCases)
  func embeddings(_ layer: EmbeddingLayer) throws {
    try expect(.picture(layer)) { try picture(.plain, $0, layer)[0] }
    try expect(.caption(layer, .exact)) { try caption(.plain, text($0), layer)[0] }
    let (views, variants) = (Question.varied(3), Question.varied(2))
    try expect(.pictures(views, layer)) { try picture(views, $0, layer).flatMap { $0 } }
    try expect(.captions(variants, layer, .exact)) { try caption(variants, text($0), layer).flatMap { $0 } }
  }

  @Test("the mean cosine of views is of the unaltered caption")
  func viewCosines() throws {
    try expect(.viewCosines(.exact)) { input in
      let cosines = crossed(try picture(.varied(3), input), try caption(.plain, text(input)))
      return [cosines.reduce(0, +) / 3]
    }
  }

  @Test("the patches' mean cosine is of the centre with the eight around it, in either layer")
  func patchCosines() throws {
    try expect(.patchCosines) { input in
      var patches = try picture(.patches, input, .embedding)
      let centre = patches.remove(at: 4)
      return [crossed([centre], patches).reduce(0, +) / 8]
    }
    let layers = try EmbeddingLayer.allCases.map { layer in
      try found(.patchCosines) { $0.layer = layer }.members.values
    }
    #expect(layers[0] != layers[1])
  }

  @Test("an exchanged caption is its partner's, of either group", arguments: Membership.allCases)
  func exchanged(_ partner: Membership) throws {
    let others = partner == .member ? members : nonmembers
    func exchanged(_ input: Int) -> String {
      let own = members.contains(input) ? members : nonmembers
      let place = own.firstIndex(of: input) ?? 0
      return text(others[ExchangedCaptions.partner(of: place, in: own.map(text), among: others.map(text))])
    }
    try expect(.similarities(.imageText, CaptionUse(.exact, partner: partner))) {
      crossed(try picture(.varied(3), $0), try caption(.varied(2), exchanged($0)))
    }
    try expect(.similarities(.pair, CaptionUse(.exact, partner: partner))) {
      crossed(try picture(.plain, $0), try caption(.plain, exchanged($0)))
    }
  }

  @Test("own captions have the same similarities beside exchanged ones, which are asked about as a whole")
  func beside() throws {
    let encoder = encoder()
    let evidence = try evidence(encoder)
    let uses = [nil, Membership.member, .nonmember].map { CaptionUse(.exact, partner: $0) }
    try evidence.prepare(
      uses.flatMap { use in
        [FeatureSet.imageText, .pair].map { Need(.similarities($0, use), of: .target, by: .target) }
      })
    for set in [FeatureSet.imageText, .pair] {
      let extract = Extract.similarities(set, CaptionUse(.exact))
      #expect(
        try evidence.groups(Need(extract, of: .target, by: .target)).map(\.values)
          == found(extract).map(\.values))
    }
    #expect(encoder.captions.values.allSatisfy { $0 == 1 })
    #expect(encoder.count.captions == 8 * (2 + 1) && encoder.count.pictures == 8 * (3 + 1))
  }

  @Test("the layer decides which image-image and text-text features are made, and no others")
  func layers() throws {
    func values(_ set: FeatureSet, _ layer: EmbeddingLayer) throws -> [Float] {
      try found(.similarities(set, set.usesCaption ? CaptionUse(.exact) : nil)) { $0.layer = layer }
        .members.values
    }
    for set in FeatureSet.allCases {
      let isOfLayer = set == .imageImage || set == .textText
      #expect(try (values(set, .embedding) != values(set, .projection)) == isOfLayer, "\(set)")
    }
  }

  @Test("the pair's own score is the cosine whatever the similarity")
  func pairIsCosine() throws {
    func values(_ set: FeatureSet, _ similarity: Similarity) throws -> [Float] {
      try found(.similarities(set, CaptionUse(.exact))) { $0.similarity = similarity }.members.values
    }
    #expect(try values(.pair, .euclidean) == values(.pair, .cosine))
    #expect(try values(.imageText, .euclidean) != values(.imageText, .cosine))
  }

  @Test("an embedding of zeros is an error that names its input", arguments: Modality.allCases)
  func zeros(_ modality: Modality) throws {
    let encoder = encoder()
    // The second input's embeddings, of three views or two variants an input.
    let each = modality == .image ? 3 : 2
    encoder.tampering = { asked, answers in
      guard asked == modality, let projection = answers[.projection] else { return answers }
      var values = projection.values
      for row in each..<(2 * each) where projection.shape[0] == members.count * each {
        for column in 0..<FakeEncoder.width { values[row * FakeEncoder.width + column] = 0 }
      }
      return EncoderAnswers([.projection: Tensor(values, shape: projection.shape)])
    }
    let error = #expect(throws: FeatureError.self) {
      try found(.similarities(.imageText, CaptionUse(.exact)), by: encoder)
    }
    let name = try FakeAudit.images().name(of: members[1])
    #expect(error?.description.contains("1 of 5 inputs (\(name))") == true)
  }

  @Test("encoders without a common space, and without the space that is looked at, are errors")
  func spaces() throws {
    let apart = encoder()
    apart.tampering = { modality, answers in
      guard modality == .text, let embedding = answers[.embedding] else { return answers }
      return EncoderAnswers([.projection: embedding])
    }
    #expect(throws: AttackError.jointWidths(image: 64, caption: 48)) {
      try found(.similarities(.pair, CaptionUse(.exact)), by: apart)
    }
    #expect(throws: AttackError.noLayer(encoder: "fake 1", layer: .embedding)) {
      try found(.similarities(.textText, CaptionUse(.exact)), by: apart)
    }
  }
}
