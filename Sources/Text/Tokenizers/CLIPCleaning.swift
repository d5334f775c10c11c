/// How a caption is brought into the form in which CLIP's tokenizer cuts it.
struct CLIPCleaning: Sendable {
  /// A stretch of normalised text, or a special token that was written out.
  enum Part: Equatable {
    case text([UInt8])
    case startOfText, endOfText
  }

  let variant: CLIPTokenizer.Variant
  /// For each ASCII byte its small letter; 0xFF where cleaning does more than that.
  private let small: [UInt8]
  private static let more: UInt8 = 0xFF

  init(_ variant: CLIPTokenizer.Variant) {
    self.variant = variant
    small = (0..<256).map { value in
      let byte = UInt8(value)
      switch byte {
      case 0x80...: return CLIPCleaning.more
      case 0x41...0x5A: return byte | 0x20
      // Control characters that go, and the beginning of a reference.
      case 0...0x08, 0x0B, 0x0E...0x1F, 0x7F, UInt8(ascii: "&"):
        return variant == .openAI ? CLIPCleaning.more : byte
      case UInt8(ascii: "<"): return variant == .openAI ? byte : CLIPCleaning.more
      default: return byte
      }
    }
  }

  /// Writes the caption in small letters where that is all that cleaning does, as it is for most English captions:
  /// white space separates pre-tokens however much there is. False where there is more to do.
  @inline(__always)
  func cleanPlain(_ caption: borrowing Span<UInt8>, into text: inout [UInt8]) -> Bool {
    text.removeAll(keepingCapacity: true)
    text.reserveCapacity(caption.count)
    for place in 0..<caption.count {
      let byte = small[Int(caption[place])]
      if byte == CLIPCleaning.more { return false }
      text.append(byte)
    }
    return true
  }

  /// The caption's parts, in order.
  func cleaned(_ caption: String) -> [Part] {
    variant == .openAI ? [.text(openAI(caption))] : huggingFace(Array(caption.utf8))
  }

  /// Repair as by ftfy, references replaced twice, lower case.
  private func openAI(_ caption: String) -> [UInt8] {
    var scalars = CaptionRepair.repaired(caption.unicodeScalars.map(\.value))
    scalars = HTMLEntities.unescaped(HTMLEntities.unescaped(scalars))
    return ICU.converted([UInt8](scalars: scalars), .lower)
  }

  private static let endText = Array(CLIPTokenizer.endText.utf8)
  private static let startText = Array(CLIPTokenizer.startText.utf8)

  /// The end-of-text token is looked for in the caption as given, the start in what comes of it; between, canonical
  /// composition and each character's own small letters.
  private func huggingFace(_ caption: [UInt8]) -> [Part] {
    var parts: [Part] = []
    for (index, raw) in CLIPCleaning.split(caption, at: CLIPCleaning.endText).enumerated() {
      if index > 0 { parts.append(.endOfText) }
      var scalars = ICU.converted(raw, .nfc).scalars
      // A sigma at the end of a word has a small letter of its own, which is not used here.
      for place in scalars.indices where scalars[place] == 0x3A3 { scalars[place] = 0x3C3 }
      let text = ICU.converted([UInt8](scalars: scalars), .lower)
      for (index, piece) in CLIPCleaning.split(text, at: CLIPCleaning.startText).enumerated() {
        if index > 0 { parts.append(.startOfText) }
        parts.append(.text(piece))
      }
    }
    return parts
  }

  private static func split(_ text: [UInt8], at separator: [UInt8]) -> [[UInt8]] {
    var (pieces, start, place): ([[UInt8]], Int, Int) = ([], 0, 0)
    while place + separator.count <= text.count {
      if text[place] == separator[0], text[place..<(place + separator.count)].elementsEqual(separator) {
        pieces.append(Array(text[start..<place]))
        place += separator.count
        start = place
      } else {
        place += 1
      }
    }
    return pieces + [Array(text[start...])]
  }
}
