import Files
import Foundation

/// CLIP's pieces and merges, from OpenAI's file, from Hugging Face's two, or from the one that holds both.
struct CLIPVocabulary {
  let model: BytePairModel
  let startOfText: Int32
  let endOfText: Int32

  /// Lines of OpenAI's file that are merges; those after them belong to a larger vocabulary of the same file.
  private static let merges = 49_152 - 256 - 2

  init(contentsOf url: URL) throws {
    let isFolder = Paths.isFolder(url.path)
    let folder = isFolder ? url : url.deletingLastPathComponent()
    let both = isFolder ? url.appending(path: CLIPVocabulary.both) : url
    let isAlone = Paths.exists(both.path) && !Paths.exists(url.appending(path: "vocab.json").path)
    if isFolder ? isAlone : url.lastPathComponent == CLIPVocabulary.both {
      try self.init(both: both)
    } else if isFolder || ["vocab.json", "merges.txt"].contains(url.lastPathComponent) {
      try self.init(
        pieces: folder.appending(path: "vocab.json"), merges: folder.appending(path: "merges.txt"))
    } else {
      try self.init(merges: url)
    }
  }

  /// Hugging Face's file of pieces and merges together.
  static let both = "tokenizer.json"

  /// Whether a file begins as lists of merges do: with a line that names a version.
  static func isMerges(_ data: Data) -> Bool {
    MergeLines.namesVersion(data.prefix { $0 != 0x0A })
  }

  /// OpenAI's form: ids are 256 bytes, the same at the end of a word, what each line makes, start and end.
  private init(merges url: URL) throws {
    let data = try readFile(url, limit: TokenizerFile.largest)
    let bytes = isGzip(data) ? try gunzip(data, file: url.path, limit: TokenizerFile.largest) : [UInt8](data)
    var pieces = ByteAlphabet.order.map { ByteAlphabet.piece([$0]) }
    pieces += pieces.map { $0 + ByteAlphabet.endOfWord }
    let lines = try MergeLines(bytes, file: url.path, limit: CLIPVocabulary.merges)
    pieces += lines.pairs.map { $0.left + $0.right }
    pieces += [CLIPTokenizer.startText, CLIPTokenizer.endText]
    var ids: [String: Int32] = [:]
    ids.reserveCapacity(pieces.count)
    for (id, piece) in pieces.enumerated() where ids.updateValue(Int32(id), forKey: piece) != nil {
      let place = id - 512
      guard lines.pairs.indices.contains(place) else {
        throw TokenizerError.ids(file: url.path, reason: "a line makes “\(excerpt(piece))”, which is special")
      }
      throw TokenizerError.line(
        file: url.path, line: lines.pairs[place].line, reason: "it makes “\(excerpt(piece))” a second time")
    }
    try self.init(pieces: pieces, ids: ids, lines: lines, file: url.path)
  }

  /// Hugging Face's form: ids from one file, merges from the other.
  private init(pieces url: URL, merges: URL) throws {
    try self.init(
      listed: try VocabularyJSON.read(
        [UInt8](try readFile(url, limit: TokenizerFile.largest)), file: url.path),
      lines: try MergeLines(
        [UInt8](try readFile(merges, limit: TokenizerFile.largest)), file: merges.path, limit: .max),
      file: url.path)
  }

  /// The same from one file, `{"model": {"vocab": {piece: id}, "merges": ["left right"]}}`, in which a pair may also be
  /// a list of two.
  private init(both url: URL) throws {
    func unknown(_ found: String) -> TokenizerError { .unknownForm(file: url.path, found: found) }
    let json: JSONValue
    do { json = try JSONParser.parse(try readFile(url, limit: TokenizerFile.largest)) } catch let failure
      as JSONParser.Failure
    {
      throw TokenizerError.line(file: url.path, line: failure.line, reason: "not JSON: \(failure.reason)")
    }
    guard case .object(let vocabulary)? = json["model"]?["vocab"],
      case .array(let merges)? = json["model"]?["merges"]
    else { throw unknown("a JSON file without “model” with “vocab” and “merges”") }
    let listed = try vocabulary.map { member -> VocabularyJSON.Entry in
      guard case .number(let digits) = member.value, let id = Int(digits),
        (0...BytePairModel.limit).contains(id)
      else { throw unknown("a vocabulary without a whole number as the id of “\(excerpt(member.key))”") }
      return (member.key, id, 1)
    }
    let pairs = try merges.map { merge -> [String] in
      switch merge {
      case .string(let text):
        return text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      case .array(let values):
        return values.compactMap { value in
          guard case .string(let text) = value else { return nil }
          return text
        }
      default: throw unknown("a list of merges with something other than pairs")
      }
    }
    try self.init(listed: listed, lines: try MergeLines(pairs: pairs, file: url.path), file: url.path)
  }

  private init(listed: [VocabularyJSON.Entry], lines: MergeLines, file: String) throws {
    var pieces = [String?](repeating: nil, count: listed.count)
    var ids: [String: Int32] = [:]
    ids.reserveCapacity(listed.count)
    for entry in listed {
      guard pieces.indices.contains(entry.id) else {
        throw TokenizerError.ids(
          file: file,
          reason:
            "“\(excerpt(entry.piece))” (line \(entry.line)) has the id \(entry.id) in a vocabulary of \(listed.count)"
        )
      }
      if let other = pieces[entry.id] {
        throw TokenizerError.ids(
          file: file,
          reason:
            "“\(excerpt(other))” and “\(excerpt(entry.piece))” (line \(entry.line)) have the same id \(entry.id)"
        )
      }
      pieces[entry.id] = entry.piece
      guard ids.updateValue(Int32(entry.id), forKey: entry.piece) == nil else {
        throw TokenizerError.line(
          file: file, line: entry.line, reason: "“\(excerpt(entry.piece))” stands twice")
      }
    }
    try self.init(pieces: pieces.compactMap { $0 }, ids: ids, lines: lines, file: file)
  }

  private init(pieces: [String], ids: [String: Int32], lines: MergeLines, file: String) throws {
    guard pieces.count <= BytePairModel.limit else {
      throw TokenizerError.ids(file: file, reason: "\(pieces.count) pieces are too many")
    }
    func id(_ piece: String, _ purpose: String) throws -> Int32 {
      guard let id = ids[piece] else {
        throw TokenizerError.missing(file: file, piece: piece, purpose: purpose)
      }
      return id
    }
    startOfText = try id(CLIPTokenizer.startText, "which begins every caption")
    endOfText = try id(CLIPTokenizer.endText, "where a caption's embedding is taken")
    let alphabet = (0...255).map { ByteAlphabet.piece([UInt8($0)]) }
    let bytes = try alphabet.map { try id($0, "which stands for a byte") }
    let lastBytes = try alphabet.map {
      try id($0 + ByteAlphabet.endOfWord, "which stands for a byte at the end of a word")
    }
    var made = [Bool](repeating: false, count: pieces.count)
    for id in bytes + lastBytes { made[Int(id)] = true }
    var seen: Set<UInt64> = []
    seen.reserveCapacity(lines.pairs.count)
    var merges: [BytePairModel.Merge] = []
    merges.reserveCapacity(lines.pairs.count)
    for pair in lines.pairs {
      func known(_ piece: String) throws -> Int32 {
        guard let id = ids[piece], made[Int(id)] else {
          let reason =
            ids[piece] == nil
            ? "“\(excerpt(piece))” is no piece of the vocabulary"
            : "“\(excerpt(piece))” is used before a line makes it"
          throw TokenizerError.line(file: lines.file, line: pair.line, reason: reason)
        }
        return id
      }
      let (left, right) = (try known(pair.left), try known(pair.right))
      guard let result = ids[pair.left + pair.right] else {
        throw TokenizerError.line(
          file: lines.file, line: pair.line,
          reason: "it makes “\(excerpt(pair.left + pair.right))”, which is no piece of the vocabulary")
      }
      guard seen.insert(UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))).inserted
      else {
        throw TokenizerError.line(
          file: lines.file, line: pair.line,
          reason: "the pair “\(excerpt(pair.left)) \(excerpt(pair.right))” stands a second time")
      }
      made[Int(result)] = true
      merges.append(BytePairModel.Merge(left: left, right: right, result: result))
    }
    // Special pieces stand in brackets; any other that no line makes shows that lines are missing.
    func isSpecial(_ piece: String) -> Bool {
      piece.hasPrefix("[") && piece.hasSuffix("]")
        || piece.hasPrefix("<") && piece.hasSuffix(">") && !piece.hasSuffix(ByteAlphabet.endOfWord)
    }
    if let lost = pieces.indices.first(where: { !made[$0] && !isSpecial(pieces[$0]) }) {
      throw TokenizerError.ids(
        file: lines.file,
        reason:
          "no line makes “\(excerpt(pieces[lost]))”, which \(file) lists; the file was cut, or belongs to another vocabulary"
      )
    }
    let plain = BytePairModel(pieces: pieces, bytes: bytes, lastBytes: lastBytes, merges: merges)
    model = BytePairModel(
      plain,
      spelling: pieces.map { piece in
        guard piece.utf8.count > ByteAlphabet.endOfWord.count, piece.hasSuffix(ByteAlphabet.endOfWord) else {
          return nil
        }
        return ByteAlphabet.bytes(of: piece.dropLast(ByteAlphabet.endOfWord.count))
      })
  }
}

/// The pairs of a list of merges: two pieces a line, after a first line that names a version where there is one. Lines end
/// in a line feed, with or without a carriage return; a byte order mark is passed over.
struct MergeLines {
  let file: String
  private(set) var pairs: [(left: String, right: String, line: Int)] = []

  /// Pairs that stand in another file; errors count them from 1 as lines.
  init(pairs: [[String]], file: String) throws {
    self.file = file
    for (place, pair) in pairs.enumerated() {
      guard pair.count == 2, !pair.contains("") else {
        throw TokenizerError.line(
          file: file, line: place + 1,
          reason: "merge \(place + 1) is “\(excerpt(pair.joined(separator: " ")))”, two pieces are expected")
      }
      self.pairs.append((pair[0], pair[1], place + 1))
    }
  }

  /// Whether a first line is that of a list of merges, and no merge.
  static func namesVersion(_ line: some Collection<UInt8>) -> Bool {
    line.count < 200 && String(decoding: line, as: UTF8.self).contains("#version")
  }

  init(_ bytes: [UInt8], file: String, limit: Int) throws {
    self.file = file
    var number = 0
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < bytes.count && pairs.count < limit {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let hasReturn = end > start && bytes[end - 1] == 0x0D
      let line = bytes[start..<(hasReturn ? end - 1 : end)]
      start = end + 1
      number += 1
      if line.isEmpty || (number == 1 && MergeLines.namesVersion(line)) { continue }
      guard line.count <= 2 * BytePairModel.longestPiece else {
        throw TokenizerError.line(
          file: file, line: number, reason: "a piece has more than \(BytePairModel.longestPiece) bytes")
      }
      guard let space = line.firstIndex(of: 0x20), space > line.startIndex, space + 1 < line.endIndex,
        !line[(space + 1)...].contains(0x20), let left = String(validating: line[..<space], as: UTF8.self),
        let right = String(validating: line[(space + 1)...], as: UTF8.self)
      else {
        let text = excerpt(String(decoding: line.prefix(40), as: UTF8.self))
        throw TokenizerError.line(
          file: file, line: number, reason: "two pieces with a space between are expected, found “\(text)”")
      }
      pairs.append((left, right, number))
    }
    if pairs.isEmpty {
      throw TokenizerError.line(file: file, line: number, reason: "the file ends where merges should follow")
    }
  }
}
