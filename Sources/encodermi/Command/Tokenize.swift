import Data
import Files
import ArgumentParser
import Foundation
import Report
import Text

/// `encodermi tokenize`.
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how a tokenizer cuts captions, or train a tokenizer on captions.",
    discussion: """
      Tokenizers are CLIP's list of merges (bpe_simple_vocab_16e6.txt.gz), a folder with Hugging Face's vocab.json and \
      merges.txt, or what --train wrote:

        encodermi tokenize --tokenizer bpe_simple_vocab_16e6.txt.gz "a photo of a cat"
        encodermi tokenize --train captions.tsv --column title --vocabulary 4096 --out tokenizer.json
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, json
  }

  @Option(help: "The tokenizer to show.") var tokenizer: String?
  @Option(help: "Captions to tokenize, one a line.") var file: String?
  @Option(parsing: .upToNextOption, help: "Train on the captions of these files, one a line.")
  var train: [String] = []
  @Option(help: "Ids of the trained tokenizer at most: 256 bytes, merges, start and end; 4096 by default.")
  var vocabulary: Int?
  @Option(help: "The most tokens of a caption for the trained tokenizer, with start and end; 77 by default.")
  var context: Int?
  @Option(help: "Where the trained tokenizer is written (JSON).") var out: String?
  @Option(help: "Files are tables with tabs; take this column, by title or by number from 1.")
  var column: String?
  @Flag(help: "Replace broken UTF-8 in files by U+FFFD instead of refusing it.") var repair = false
  @Option(help: "How tokens are written: table or json.") var format: Format = .table
  @OptionGroup var machine: MachineOptions
  @Argument(help: "Captions to tokenize.") var captions: [String] = []

  struct Shown: Codable {
    struct Token: Codable {
      let piece: String
      let id: Int32
    }
    let caption: String
    let tokens: [Token]
    /// With start and end, cut to the context's length.
    let ids: [Int32]
  }

  func validate() throws {
    if train.isEmpty == (tokenizer == nil) {
      throw ValidationError(
        "Give either --tokenizer FILE with captions, or --train FILE ... with --out FILE.")
    }
    if train.isEmpty {
      if captions.isEmpty && file == nil { throw ValidationError("Give captions, or --file FILE.") }
      let useless = [
        ("--vocabulary", vocabulary != nil), ("--context", context != nil), ("--out", out != nil),
        ("--column", column != nil && file == nil), ("--repair", repair && file == nil),
      ].first(where: \.1)
      if let useless {
        throw ValidationError(
          "\(useless.0) has no effect on captions that --tokenizer is shown; leave it out")
      }
      return
    }
    guard out != nil else { throw ValidationError("Give --out FILE for the trained tokenizer.") }
    guard captions.isEmpty, file == nil else {
      throw ValidationError("--train takes its captions from its files; leave out --file and captions")
    }
    let sizes = TrainedTokenizer.smallestVocabulary...1 << 20
    if let vocabulary, !sizes.contains(vocabulary) {
      throw ValidationError("--vocabulary \(vocabulary) is outside \(sizes.lowerBound)...\(sizes.upperBound)")
    }
    if let context, !(3...1 << 20).contains(context) {
      throw ValidationError("--context \(context) is outside 3...\(1 << 20)")
    }
  }

  func run() throws {
    machine.apply()
    if let tokenizer {
      try show(TokenizerFile.open(URL(filePath: tokenizer)))
    } else if let out {
      try trainAndWrite(to: URL(filePath: out))
    }
  }

  private func read(_ files: [String]) throws -> [String] {
    try files.flatMap { try CaptionFile.captions(in: URL(filePath: $0), column: column, repairing: repair) }
  }

  private func trainAndWrite(to url: URL) throws {
    guard !FileManager.default.fileExists(atPath: url.path) else { throw TokenizeError.occupied(url.path) }
    let captions = try read(train)
    guard !captions.isEmpty else { throw TokenizeError.noCaptions(train) }
    let trained = TrainedTokenizer.train(
      on: captions, vocabularySize: vocabulary ?? 4096, contextLength: context ?? 77)
    try trained.write(to: url)
    let tokens = captions.reduce(0) { $0 + trained.pieces($1).count }
    let mean = String(format: "%.1f", Double(tokens) / Double(max(1, captions.count)))
    say("\(captions.count) captions, \(trained.vocabularySize) ids, \(mean) tokens a caption: \(url.path)")
  }

  private func show(_ tokenizer: any Tokenizer) throws {
    let captions = try captions + read(file.map { [$0] } ?? [])
    switch format {
    case .json:
      let shown = captions.map { caption in
        Shown(
          caption: caption, tokens: tokenizer.pieces(caption).map { Shown.Token(piece: $0.piece, id: $0.id) },
          ids: tokenizer.encode(caption))
      }
      print(String(decoding: try Configuration.encode(shown), as: UTF8.self), terminator: "")
    case .table:
      for caption in captions { print(table(of: caption, by: tokenizer) + "\n") }
    }
  }

  private func table(of caption: String, by tokenizer: any Tokenizer) -> String {
    let tokens = tokenizer.pieces(caption)
    var table = ReportTable(header: ["piece", "text", "id"])
    for token in tokens { table.append([token.piece, tokenizer.text(ofPiece: token.piece), "\(token.id)"]) }
    let length = tokens.count + 2
    let cut = length > tokenizer.contextLength ? ", cut to \(tokenizer.contextLength)" : ""
    return "\(PrintableText.line(caption))\n\(table.text)\n\(length) ids with start and end\(cut)"
  }
}

/// Why no tokenizer is trained.
enum TokenizeError: ExplainedError {
  case occupied(String)
  case noCaptions([String])

  var description: String {
    switch self {
    case .occupied(let path): "\(path) is there already; choose another --out, or remove it first"
    case .noCaptions(let files): "\(files.joined(separator: ", ")): no captions to train on"
    }
  }
}
