import Files
import Networks
import Text

/// The captions of a pre-training's images as tokens, made once before the first step.
public struct CaptionTokens: Sendable {
  /// What the captions were tokenised with.
  public let tokenizer: any Tokenizer
  /// A digest of all tokens: another tokenizer or other captions give another one.
  public let fingerprint: String
  /// Tokens of each image's captions, start and end of text included.
  private let tokens: [[[Int32]]]

  /// Tokenises captions.
  /// - Parameters:
  ///   - captions: by image, at least one each.
  ///   - limit: of an image's captions only so many, from the first, are used.
  public init(_ captions: [[String]], tokenizer: any Tokenizer, limit: Int = 1) {
    precondition(captions.allSatisfy { !$0.isEmpty }, "CaptionTokens: an image without a caption")
    self.tokenizer = tokenizer
    tokens = captions.map { $0.prefix(limit).map { tokenizer.encode($0) } }
    fingerprint = CaptionTokens.digest(tokens)
  }

  /// The number of images.
  public var count: Int { tokens.count }

  /// One caption of each of some images, drawn anew in each epoch where there are several.
  func batch(_ images: [Int], epoch: Int, random: RandomStream) -> TokenBatch {
    TokenBatch(
      images.map { image in
        let own = tokens[image]
        guard own.count > 1 else { return own[0] }
        var stream = random.substream(epoch).substream(image)
        return own[stream.integer(below: own.count)]
      })
  }

  /// SHA-256 over lengths and ids.
  private static func digest(_ tokens: [[[Int32]]]) -> String {
    var digest = SHA256()
    for captions in tokens {
      digest.update(littleEndian: UInt64(captions.count))
      for caption in captions {
        digest.update(littleEndian: UInt64(caption.count))
        for token in caption { digest.update(littleEndian: UInt64(UInt32(bitPattern: token))) }
      }
    }
    return digest.hexDigest()
  }
}
