import Foundation
import Kernels

/// CLIP's tokenizer (Radford et al., ICML 2021): lower-cased byte pairs with a mark at the end of each word, 49,408 ids.
///
/// Ids equal those of OpenAI's published code or, as a variant, of Hugging Face's `tokenizers`. One difference to the
/// former is meant: its ftfy also guesses whether a caption was decoded in a wrong encoding, which is left out here.
/// Characters newer than ICU's version of Unicode are symbols.
public struct CLIPTokenizer: BytePairTokenizer {
  /// Whose ids to give where two implementations differ: on anything but plain English text.
  public enum Variant: String, Sendable, Codable, CaseIterable {
    /// OpenAI's code: text repaired as by ftfy (straight quotes, no ligatures and full widths, no control characters),
    /// HTML references replaced, full lower-casing.
    case openAI
    /// Hugging Face's `CLIPTokenizerFast`: canonical composition and lower-casing character by character.
    case huggingFace
  }

  static let startText = "<|startoftext|>"
  static let endText = "<|endoftext|>"

  let model: BytePairModel
  private let cleaning: CLIPCleaning
  private let preTokens: CLIPPreTokens
  /// Whose ids are given.
  public let variant: Variant
  /// The most tokens of a caption with start and end.
  public let contextLength: Int
  /// The id of `<|startoftext|>`.
  public let startOfText: Int32
  /// The id of `<|endoftext|>`.
  public let endOfText: Int32
  /// 49,408 for CLIP's own vocabulary.
  public var vocabularySize: Int { model.pieces.count }

  /// Opens a vocabulary.
  /// - Parameters:
  ///   - url: OpenAI's list of merges (`bpe_simple_vocab_16e6.txt.gz`, or unpacked), or a folder that holds Hugging
  ///     Face's `vocab.json` and `merges.txt`, or either of these.
  ///   - contextLength: the most tokens of a caption with start and end, from 2 up; CLIP's is 77.
  /// - Throws: ``TokenizerError``, `FileError`.
  public init(contentsOf url: URL, contextLength: Int = 77, variant: Variant = .openAI) throws {
    self.init(try CLIPVocabulary(contentsOf: url), contextLength: contextLength, variant: variant)
  }

  init(_ vocabulary: CLIPVocabulary, contextLength: Int, variant: Variant) {
    precondition(
      contextLength >= 2, "CLIPTokenizer: a context of \(contextLength) tokens; at least 2 are needed")
    model = vocabulary.model
    startOfText = vocabulary.startOfText
    endOfText = vocabulary.endOfText
    self.contextLength = contextLength
    self.variant = variant
    cleaning = CLIPCleaning(variant)
    preTokens = CLIPPreTokens(ignoresCase: variant == .openAI)
  }

  var kind: String { "clip \(variant.rawValue)" }

  func appendTokens(
    of caption: String, to ids: inout [Int32], limit: Int, scratch: inout BytePairScratch
  ) {
    let end = limit == .max ? .max : ids.count + limit
    let isPlain = cleaning.cleanPlain(caption.utf8.span, into: &scratch.text)
    if isPlain {
      let text = scratch.text
      append(text.span, to: &ids, end: end, scratch: &scratch)
      scratch.text = text
      return
    }
    for part in cleaning.cleaned(caption) where ids.count < end {
      switch part {
      case .startOfText: ids.append(startOfText)
      case .endOfText: ids.append(endOfText)
      case .text(let text): append(text.span, to: &ids, end: end, scratch: &scratch)
      }
    }
  }

  @inline(__always)
  private func append(
    _ text: borrowing Span<UInt8>, to ids: inout [Int32], end: Int, scratch: inout BytePairScratch
  ) {
    preTokens.forEach(in: text) { range, kind in
      switch kind {
      case .word: model.append(text, range, to: &ids, scratch: &scratch)
      case _ where variant == .huggingFace:
        // What is left of the specials here was written in capitals: it is text, cut a second time.
        let (first, last) = (range.lowerBound + 2, range.upperBound - 2)
        for part in [range.lowerBound..<first, first..<last, last..<range.upperBound] {
          model.append(text, part, to: &ids, scratch: &scratch)
        }
      case .startOfText: ids.append(startOfText)
      case .endOfText: ids.append(endOfText)
      }
      return ids.count < end
    }
  }

  /// The text that ids stand for, words separated by spaces; special tokens as they are written.
  public func text(of ids: [Int32]) -> String {
    var bytes: [UInt8] = []
    for id in ids where (0..<Int32(vocabularySize)).contains(id) {
      let piece = model.pieces[Int(id)]
      if id == startOfText || id == endOfText {
        bytes += piece.utf8
      } else {
        let isEnd = piece.hasSuffix(ByteAlphabet.endOfWord)
        bytes +=
          ByteAlphabet.bytes(of: isEnd ? piece.dropLast(ByteAlphabet.endOfWord.count) : piece[...]) ?? []
        if isEnd { bytes.append(0x20) }
      }
    }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
  }
}
