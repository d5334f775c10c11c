import Files

/// Reads Hugging Face's `vocab.json`: one JSON object of pieces and their ids.
///
/// A reader of its own, because of the size of these objects and to name the line of an entry.
enum VocabularyJSON {
  typealias Entry = (piece: String, id: Int, line: Int)

  /// The entries in the order of the file.
  /// - Throws: ``TokenizerError/line(file:line:reason:)``.
  static func read(_ bytes: [UInt8], file: String) throws -> [Entry] {
    var reader = Reader(bytes: bytes, file: file)
    return try reader.entries()
  }

  private struct Reader {
    let bytes: [UInt8]
    let file: String
    var place: Int
    var line = 1

    init(bytes: [UInt8], file: String) {
      (self.bytes, self.file) = (bytes, file)
      place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    func wrong(_ reason: String) -> TokenizerError {
      .line(file: file, line: line, reason: place >= bytes.count ? "\(reason), but the file ends" : reason)
    }

    mutating func skipSpace() {
      while place < bytes.count, bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) {
        if bytes[place] == 0x0A { line += 1 }
        place += 1
      }
    }

    mutating func skip(_ character: Character) -> Bool {
      skipSpace()
      guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
      place += 1
      return true
    }

    mutating func entries() throws -> [Entry] {
      guard skip("{") else { throw wrong("an object of pieces and ids is expected") }
      var result: [Entry] = []
      if !skip("}") {
        repeat {
          skipSpace()
          let start = line
          let piece = try string()
          guard skip(":") else { throw wrong("a colon after the piece “\(excerpt(piece))” is expected") }
          result.append((piece, try number(of: piece), start))
        } while skip(",")
        guard skip("}") else { throw wrong("a comma or a closing brace is expected") }
      }
      skipSpace()
      if place < bytes.count { throw wrong("something follows the end of the object") }
      return result
    }

    private mutating func number(of piece: String) throws -> Int {
      skipSpace()
      let start = place
      while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
      guard let id = Int(String(decoding: bytes[start..<place], as: UTF8.self)), id <= BytePairModel.limit
      else {
        throw wrong("a whole number as the id of “\(excerpt(piece))” is expected")
      }
      return id
    }

    private mutating func string() throws -> String {
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
        throw wrong("a piece in quotation marks is expected")
      }
      let start = place
      place += 1
      var isPlain = true
      while place < bytes.count, bytes[place] != UInt8(ascii: "\""), bytes[place] != 0x0A {
        guard place - start <= BytePairModel.longestPiece else {
          throw wrong("a piece has more than \(BytePairModel.longestPiece) bytes")
        }
        if bytes[place] == UInt8(ascii: "\\") {
          isPlain = false
          place += 1
        }
        place += 1
      }
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
        throw wrong("a quotation mark at the end of a piece is expected")
      }
      place += 1
      let text = bytes[start..<place]
      if isPlain, let piece = String(validating: text.dropFirst().dropLast(), as: UTF8.self) { return piece }
      do {
        if case .string(let piece) = try JSONParser.parse(text) { return piece }
        throw wrong("a piece is no JSON string")
      } catch let failure as JSONParser.Failure {
        throw wrong("a piece is no JSON string: \(failure.reason)")
      }
    }
  }
}
