import Files
import Foundation

/// Tokenizers on disk, whatever their form.
public enum TokenizerFile {
  /// The most bytes of a file: room for the two million pieces that a vocabulary may have.
  static let largest = 1 << 26

  /// The forms that ``open(_:)`` knows, as a sentence.
  static let forms = """
    Give one of: CLIP's list of merges (bpe_simple_vocab_16e6.txt.gz or .txt); a folder with Hugging Face's vocab.json \
    and merges.txt, or with its tokenizer.json; the JSON file that `encodermi tokenize --train` writes.
    """

  /// Opens a tokenizer in the form that it has: OpenAI's list of merges with the ids of OpenAI's code, a folder with
  /// `vocab.json` and `merges.txt` (or either of the two) or `tokenizer.json` with those of Hugging Face's, or a
  /// ``TrainedTokenizer``.
  /// - Throws: ``TokenizerError``, `ConfigurationError`, `FileError`.
  public static func open(_ url: URL) throws -> any Tokenizer {
    guard Paths.exists(url.path) else { throw FileError.absent(file: url.path) }
    if Paths.isFolder(url.path) {
      let missing = ["vocab.json", "merges.txt"].filter { !Paths.exists(url.appending(path: $0).path) }
      let hasBoth = missing.count == 2 && Paths.exists(url.appending(path: CLIPVocabulary.both).path)
      if let name = missing.first, !hasBoth {
        throw TokenizerError.unknownForm(file: url.path, found: "a folder without \(name)")
      }
      return try CLIPTokenizer(contentsOf: url, variant: .huggingFace)
    }
    switch url.lastPathComponent {
    case "vocab.json", "merges.txt": return try CLIPTokenizer(contentsOf: url, variant: .huggingFace)
    default: break
    }
    let data = try readFile(url, limit: largest)
    if isGzip(data) { return try CLIPTokenizer(contentsOf: url) }
    let marks: Set<UInt8> = [0xEF, 0xBB, 0xBF]
    switch data.first(where: { $0 != 0x20 && !(0x09...0x0D).contains($0) && !marks.contains($0) }) {
    case UInt8(ascii: "{"):
      if url.lastPathComponent == CLIPVocabulary.both, data.range(of: Data("\"vocab\"".utf8)) != nil {
        return try CLIPTokenizer(contentsOf: url, variant: .huggingFace)
      }
      guard data.range(of: Data("\"contextLength\"".utf8)) != nil else {
        throw TokenizerError.unknownForm(file: url.path, found: "a JSON file without “contextLength”")
      }
      return try TrainedTokenizer(contentsOf: url)
    case nil: throw TokenizerError.unknownForm(file: url.path, found: "an empty file")
    default:
      guard CLIPVocabulary.isMerges(data) else {
        throw TokenizerError.unknownForm(file: url.path, found: "a file of another kind")
      }
      return try CLIPTokenizer(contentsOf: url)
    }
  }
}
