import Files
import Foundation

@testable import Text

/// Ids that the reference implementations gave, from `Tests/Golden/tokens.json`.
struct GoldenTokens: Decodable {
  /// All ids of a caption, or how many there are and their hash.
  enum IDs: Decodable {
    case listed([Int32])
    case hashed(count: Int, sha256: String)

    private struct Hash: Decodable {
      let count: Int
      let sha256: String
    }

    init(from decoder: any Decoder) throws {
      if let ids = try? decoder.singleValueContainer().decode([Int32].self) {
        self = .listed(ids)
      } else {
        let hash = try Hash(from: decoder)
        self = .hashed(count: hash.count, sha256: hash.sha256)
      }
    }

    func equal(_ ids: [Int32]) -> Bool {
      switch self {
      case .listed(let wanted): ids == wanted
      case .hashed(let count, let sha256): ids.count == count && GoldenTokens.digest([ids]) == sha256
      }
    }
  }

  struct Variants: Decodable {
    let openAI: IDs
    let huggingFace: IDs

    func ids(_ variant: CLIPTokenizer.Variant) -> IDs { variant == .openAI ? openAI : huggingFace }
  }

  struct Row: Decodable {
    let text: String
    let times: Int
    let tiny: Variants
    let clip: Variants?

    var caption: String { String(repeating: text, count: times) }
  }

  /// What a data set's ids hash to.
  struct Captions: Decodable {
    let count: Int
    let openAI: String
    let huggingFace: String
  }

  let strings: [Row]
  let captions: [String: Captions]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden")
  /// A vocabulary of 1,214 pieces in both forms.
  static let tiny = folder.appending(path: "tiny-bpe")
  /// Real data beside the checkout; no test needs them.
  static let data = folder.appending(path: "../../../shared/data").standardizedFileURL
  static let hasData = FileManager.default.fileExists(atPath: data.appending(path: "clip-bpe").path)

  static func load() throws -> GoldenTokens {
    try JSONDecoder().decode(
      GoldenTokens.self, from: Data(contentsOf: folder.appending(path: "tokens.json")))
  }

  /// SHA-256 over each row's ids as little-endian 32-bit words, each row followed by the word -1.
  static func digest(_ rows: [[Int32]]) -> String {
    var hash = SHA256()
    for row in rows {
      for id in row + [-1] { hash.update(withUnsafeBytes(of: id.littleEndian) { Array($0) }) }
    }
    return hash.hexDigest()
  }

  /// The captions of a data set in the order in which the script read them.
  static func captions(_ name: String) throws -> [String] {
    func lines(_ file: URL) throws -> [[String]] {
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    }
    if name == "flickr8k" {
      return try lines(data.appending(path: "flickr8k/Flickr8k.token.txt")).map { $0[1] }
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: data.appending(path: "emoji").path)
    return try files.filter { $0.hasSuffix(".tsv") }.sorted().flatMap { file in
      try lines(data.appending(path: "emoji").appending(path: file)).flatMap { row in
        [row[1]] + row[2].components(separatedBy: " | ")
      }
    }
  }
}
