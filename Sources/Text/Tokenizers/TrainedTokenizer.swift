import Files
import Foundation

/// A small tokenizer learnt from captions of any script: byte pairs merged within words as Unicode bounds them.
///
/// Captions are normalised (``CaptionText/normalised(_:lowercase:)``) and cut at word boundaries, a space belonging to
/// the word behind it; the first word is given one too, so that it has the same tokens anywhere. Ids are the 256 bytes,
/// then what each merge makes, then start and end of text: any caption has tokens, and they give it back.
public struct TrainedTokenizer: BytePairTokenizer, Codable, Equatable {
  /// The fewest ids there can be: the bytes, start and end.
  public static let smallestVocabulary = 256 + 2

  private static let startText = "<start>"
  private static let endText = "<end>"

  /// The most tokens of a caption with start and end.
  public let contextLength: Int
  let merges: [BytePairModel.Merge]
  let model: BytePairModel
  /// The bytes, the merges, start and end.
  public var vocabularySize: Int { 256 + merges.count + 2 }
  /// The last id but one.
  public var startOfText: Int32 { Int32(256 + merges.count) }
  /// The last id.
  public var endOfText: Int32 { startOfText + 1 }

  /// Learns merges of the most frequent pairs, until the vocabulary is full or no pair is there twice.
  ///
  /// The order of the captions does not matter.
  /// - Parameters:
  ///   - captions: the corpus.
  ///   - vocabularySize: the most ids, from ``smallestVocabulary`` up to 2^21 - 1.
  ///   - contextLength: the most tokens of a caption with start and end, from 2 up.
  public static func train(on captions: [String], vocabularySize: Int, contextLength: Int = 77)
    -> TrainedTokenizer
  {
    precondition(
      (smallestVocabulary...BytePairModel.limit).contains(vocabularySize),
      "TrainedTokenizer.train: \(vocabularySize) ids; it needs at least \(smallestVocabulary)")
    var trainer = BytePairTrainer()
    let breaker = WordBreaker()
    for caption in captions {
      let text = TrainedTokenizer.normalised(caption)
      forEachWord(of: text, by: breaker) { trainer.add(text[$0]) }
    }
    return TrainedTokenizer(
      merges: trainer.merges(vocabularySize - smallestVocabulary), contextLength: contextLength)
  }

  init(merges: [BytePairModel.Merge], contextLength: Int) {
    precondition(
      contextLength >= 2, "TrainedTokenizer: a context of \(contextLength) tokens; at least 2 are needed")
    self.contextLength = contextLength
    self.merges = merges
    var spelling: [[UInt8]?] = (0...255).map { [UInt8($0)] }
    for merge in merges {
      spelling.append((spelling[Int(merge.left)] ?? []) + (spelling[Int(merge.right)] ?? []))
    }
    let pieces = spelling.map { ByteAlphabet.piece($0 ?? []) } + [Self.startText, Self.endText]
    let bytes = (0...255).map { Int32($0) }
    let plain = BytePairModel(pieces: pieces, bytes: bytes, lastBytes: bytes, merges: merges)
    model = BytePairModel(plain, spelling: spelling)
  }

  /// Tokenizers are equal when they give equal ids.
  public static func == (a: TrainedTokenizer, b: TrainedTokenizer) -> Bool {
    a.contextLength == b.contextLength && a.merges == b.merges
  }

  private static func normalised(_ caption: String) -> [UInt8] {
    let text = CaptionText.normalisedBytes(caption)
    return text.isEmpty ? [] : [0x20] + text
  }

  /// Words in order, each with the space before it.
  private static func forEachWord(of text: [UInt8], by breaker: WordBreaker, _ body: (Range<Int>) -> Void) {
    var start = 0
    breaker.forEachSegment(of: text) { range, _ in
      if range.count == 1 && text[range.lowerBound] == 0x20 { return }
      body(start..<range.upperBound)
      start = range.upperBound
    }
  }

  var kind: String { "trained" }

  func appendTokens(
    of caption: String, to ids: inout [Int32], limit: Int, scratch: inout BytePairScratch
  ) {
    let text = TrainedTokenizer.normalised(caption)
    let end = limit == .max ? .max : ids.count + limit
    var words: [Range<Int>] = []
    TrainedTokenizer.forEachWord(of: text, by: scratch.breaker) { words.append($0) }
    for word in words where ids.count < end { model.append(text.span, word, to: &ids, scratch: &scratch) }
  }

  /// The text that ids stand for, as it was normalised; start and end stand for none.
  public func text(of ids: [Int32]) -> String {
    let bytes = ids.filter { (0..<startOfText).contains($0) }.flatMap { id in
      ByteAlphabet.bytes(of: model.pieces[Int(id)][...]) ?? []
    }
    return String(decoding: bytes.first == 0x20 ? bytes.dropFirst() : bytes[...], as: UTF8.self)
  }
}

extension TrainedTokenizer {
  enum CodingKeys: String, CodingKey { case contextLength, merges }

  /// Reads the merges, as pairs of pieces, and checks them.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let contextLength = try values.decode(Int.self, forKey: .contextLength)
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: values, debugDescription: reason)
    }
    guard contextLength >= 2 else { throw refuse(.contextLength, "it must be at least 2") }
    let lines = try values.decode([String].self, forKey: .merges)
    guard lines.count <= BytePairModel.limit - Self.smallestVocabulary else {
      throw refuse(.merges, "\(lines.count) merges are too many")
    }
    var ids: [String: Int32] = [:]
    for byte in 0...255 { ids[ByteAlphabet.piece([UInt8(byte)])] = Int32(byte) }
    var merges: [BytePairModel.Merge] = []
    for (place, line) in lines.enumerated() {
      let parts = line.split(separator: " ").map(String.init)
      guard parts.count == 2 else {
        throw refuse(
          .merges, "entry \(place + 1), “\(excerpt(line))”, is not two pieces with a space between")
      }
      guard let left = ids[parts[0]], let right = ids[parts[1]] else {
        let unknown = ids[parts[0]] == nil ? parts[0] : parts[1]
        throw refuse(.merges, "entry \(place + 1) names “\(excerpt(unknown))”, which no earlier entry makes")
      }
      let result = Int32(256 + place)
      guard ids.updateValue(result, forKey: parts[0] + parts[1]) == nil else {
        throw refuse(.merges, "entry \(place + 1) makes “\(excerpt(parts[0] + parts[1]))” a second time")
      }
      merges.append(BytePairModel.Merge(left: left, right: right, result: result))
    }
    self.init(merges: merges, contextLength: contextLength)
  }

  /// Writes the context length and the merges.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(contextLength, forKey: .contextLength)
    try values.encode(
      merges.map { "\(model.pieces[Int($0.left)]) \(model.pieces[Int($0.right)])" }, forKey: .merges)
  }

  /// Reads a tokenizer from its JSON file.
  /// - Throws: `FileError`, `ConfigurationError`.
  public init(contentsOf url: URL) throws { self = try Configuration.read(from: url) }

  /// Writes the tokenizer as JSON, atomically; equal tokenizers give equal bytes.
  /// - Throws: `FileError`.
  public func write(to url: URL) throws { try Configuration.write(self, to: url) }
}
