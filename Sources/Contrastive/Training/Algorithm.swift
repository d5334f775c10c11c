import Files

/// A contrastive algorithm with its constants.
public enum Algorithm: Sendable, Equatable, Validated {
  /// Momentum contrast, version 1.
  case moco(MoCoConfiguration)
  /// SimCLR with NT-Xent.
  case simclr(SimCLRConfiguration)
  /// CLIP: images with captions.
  case clip(CLIPConfiguration)

  /// The name on the command line and in results.
  public var name: String {
    switch self {
    case .moco: "moco"
    case .simclr: "simclr"
    case .clip: "clip"
    }
  }

  /// - Throws: `InvalidSetting` if a constant is out of its range.
  public func validate() throws(InvalidSetting) {
    switch self {
    case .moco(let configuration): try configuration.validate(under: "moco")
    case .simclr(let configuration): try configuration.validate(under: "simclr")
    case .clip(let configuration): try configuration.validate(under: "clip")
    }
  }

  /// What cosines are divided by in the loss; CLIP begins with it and learns on.
  public var temperature: Float {
    switch self {
    case .moco(let configuration): configuration.temperature
    case .simclr(let configuration): configuration.temperature
    case .clip(let configuration): configuration.initialTemperature
    }
  }

  /// CLIP's constants, if this is CLIP.
  public var clip: CLIPConfiguration? {
    if case .clip(let configuration) = self { configuration } else { nil }
  }
}

/// In JSON an algorithm is one key with its constants under it: `{"simclr": {"temperature": 0.5}}`.
extension Algorithm: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case moco, simclr, clip
  }

  /// Reads the one algorithm that is named.
  /// - Throws: `DecodingError` if none or several are.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      let known = CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "exactly one of \(known) is expected"))
    }
    switch key {
    case .moco: self = .moco(try container.decode(MoCoConfiguration.self, forKey: key))
    case .simclr: self = .simclr(try container.decode(SimCLRConfiguration.self, forKey: key))
    case .clip: self = .clip(try container.decode(CLIPConfiguration.self, forKey: key))
    }
  }

  /// Writes the algorithm's name with its constants.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .moco(let configuration): try container.encode(configuration, forKey: .moco)
    case .simclr(let configuration): try container.encode(configuration, forKey: .simclr)
    case .clip(let configuration): try container.encode(configuration, forKey: .clip)
    }
  }
}
