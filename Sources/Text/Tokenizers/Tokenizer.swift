import Files
import Kernels

/// Captions to token ids and back to their pieces.
///
/// Equal captions give equal ids, whatever the thread and whatever was tokenized before.
public protocol Tokenizer: Sendable {
  /// Ids are `0..<vocabularySize`.
  var vocabularySize: Int { get }
  /// The most tokens of a caption, its start and end included.
  var contextLength: Int { get }
  /// The id before a caption's first token.
  var startOfText: Int32 { get }
  /// The id after a caption's last token, where a text encoder's embedding is taken.
  var endOfText: Int32 { get }
  /// A digest in hexadecimal over all that decides which ids a caption has, in whatever form it is stored.
  var digest: String { get }

  /// All tokens of a caption without start and end, each with its piece as the vocabulary spells it.
  func pieces(_ caption: String) -> [(piece: String, id: Int32)]

  /// Start, tokens, end; of a caption that is too long the first ``contextLength`` ids, the last replaced by the end.
  func encode(_ caption: String) -> [Int32]

  /// Captions as ``encode(_:)`` gives them, padded with 0 to one length. Captions are spread over the threads.
  /// - Parameter length: tokens in each row, from 2 up to ``contextLength``; captions beyond it are cut as by
  ///   ``encode(_:)``. Nil for those of the longest caption.
  func batch(_ captions: [String], length: Int?) -> TokenBatch
}

extension Tokenizer {
  /// The text that a piece stands for, U+FFFD for a part of a character; a piece that spells no bytes as it is.
  public func text(ofPiece piece: String) -> String {
    let isEnd = piece.hasSuffix(ByteAlphabet.endOfWord) && piece != ByteAlphabet.endOfWord
    let spelling = isEnd ? piece.dropLast(ByteAlphabet.endOfWord.count) : piece[...]
    return ByteAlphabet.bytes(of: spelling).map { String(decoding: $0, as: UTF8.self) } ?? piece
  }
}

/// A tokenizer by merges of byte pairs: what distinguishes one is how it normalises a caption and cuts it into words.
protocol BytePairTokenizer: Tokenizer {
  var model: BytePairModel { get }
  /// How captions are normalised and cut into words, by a name.
  var kind: String { get }
  /// Appends the caption's tokens, without start and end; it may stop once there are `limit` of them.
  func appendTokens(of caption: String, to ids: inout [Int32], limit: Int, scratch: inout BytePairScratch)
}

extension BytePairTokenizer {
  /// Over its kind, its context and its vocabulary.
  public var digest: String {
    var hash = SHA256()
    hash.update("\(kind) \(contextLength) \(startOfText) \(endOfText)\n".utf8)
    model.update(&hash)
    return hash.hexDigest()
  }

  /// All tokens of a caption without start and end, each with its piece as the vocabulary spells it.
  public func pieces(_ caption: String) -> [(piece: String, id: Int32)] {
    tokens(caption).map { (model.pieces[Int($0)], $0) }
  }

  /// All tokens of a caption, without start and end.
  func tokens(_ caption: String) -> [Int32] {
    var ids: [Int32] = []
    var scratch = BytePairScratch()
    appendTokens(of: caption, to: &ids, limit: .max, scratch: &scratch)
    return ids
  }

  /// Start, tokens, end, cut so that the end stays.
  public func encode(_ caption: String) -> [Int32] {
    var ids: [Int32] = []
    var scratch = BytePairScratch()
    appendRow(of: caption, to: &ids, length: contextLength, scratch: &scratch)
    return ids
  }

  private func appendRow(
    of caption: String, to ids: inout [Int32], length: Int, scratch: inout BytePairScratch
  ) {
    let start = ids.count
    ids.append(startOfText)
    appendTokens(of: caption, to: &ids, limit: length - 1, scratch: &scratch)
    if ids.count - start > length - 1 { ids.removeLast(ids.count - start - length + 1) }
    ids.append(endOfText)
  }

  /// Captions as ``encode(_:)`` gives them, padded with 0 to one length.
  public func batch(_ captions: [String], length: Int?) -> TokenBatch {
    let row = min(length ?? contextLength, contextLength)
    precondition(row >= 2, "Tokenizer.batch: rows of \(row) tokens have no room for start and end")
    // So many at once that a thread's work outweighs handing it over.
    let chunk = 128
    let chunks = (captions.count + chunk - 1) / chunk
    var parts = [(ids: [Int32], counts: [Int])](repeating: ([], []), count: chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      parallelFor(chunks) { index in
        let range = index * chunk..<min(captions.count, (index + 1) * chunk)
        var scratch = BytePairScratch()
        var (ids, counts): ([Int32], [Int]) = ([], [])
        ids.reserveCapacity(range.count * 24)
        for place in range {
          let before = ids.count
          appendRow(of: captions[place], to: &ids, length: row, scratch: &scratch)
          counts.append(ids.count - before)
        }
        parts[index] = (ids, counts)
      }
    }
    return TokenBatch(parts, length: length.map { _ in row })
  }
}
