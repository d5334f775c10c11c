extension Augmentation {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case outputSize, cropScale, cropAspect, flipProbability, brightness, contrast, saturation, hue
    case jitterProbability, grayscaleProbability, blur, mean, deviation
  }

  /// Reads a configuration; missing keys have the values of ``moco``.
  /// - Throws: ``AugmentationError`` for an unknown key or a value out of range, `DecodingError` for a wrong type.
  public init(from decoder: any Decoder) throws {
    try refuseUnknownKeys(in: decoder, known: CodingKeys.self)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      if values.contains(key) { value = try values.decode(Value.self, forKey: key) }
    }
    self.init()
    try read(.outputSize, into: &outputSize)
    try read(.cropScale, into: &cropScale)
    try read(.cropAspect, into: &cropAspect)
    try read(.flipProbability, into: &flipProbability)
    try read(.brightness, into: &brightness)
    try read(.contrast, into: &contrast)
    try read(.saturation, into: &saturation)
    try read(.hue, into: &hue)
    try read(.jitterProbability, into: &jitterProbability)
    try read(.grayscaleProbability, into: &grayscaleProbability)
    try read(.blur, into: &blur)
    try read(.mean, into: &mean)
    try read(.deviation, into: &deviation)
    try validate()
  }

  /// Writes every field; those that are off as null.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(outputSize, forKey: .outputSize)
    try values.encode(cropScale, forKey: .cropScale)
    try values.encode(cropAspect, forKey: .cropAspect)
    try values.encode(flipProbability, forKey: .flipProbability)
    try values.encode(brightness, forKey: .brightness)
    try values.encode(contrast, forKey: .contrast)
    try values.encode(saturation, forKey: .saturation)
    try values.encode(hue, forKey: .hue)
    try values.encode(jitterProbability, forKey: .jitterProbability)
    try values.encode(grayscaleProbability, forKey: .grayscaleProbability)
    try values.encode(blur, forKey: .blur)
    try values.encode(mean, forKey: .mean)
    try values.encode(deviation, forKey: .deviation)
  }
}

extension RandomBlur {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case probability, deviation, taps
  }

  /// Reads a configuration; missing keys have SimCLR's values.
  /// - Throws: ``AugmentationError`` for an unknown key, `DecodingError` for a wrong type.
  public init(from decoder: any Decoder) throws {
    try refuseUnknownKeys(in: decoder, known: CodingKeys.self)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    probability = try values.decodeIfPresent(Double.self, forKey: .probability) ?? probability
    deviation = try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .deviation) ?? deviation
    taps = try values.decodeIfPresent(Int.self, forKey: .taps)
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// A misspelt key would otherwise be ignored, and the run would silently use the default.
private func refuseUnknownKeys<Key: CodingKey & CaseIterable>(in decoder: any Decoder, known: Key.Type) throws
{
  let names = Key.allCases.map(\.stringValue)
  let path = decoder.codingPath.map { $0.stringValue + "." }.joined()
  for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !names.contains(key.stringValue) {
    throw AugmentationError.unknownKey(path + key.stringValue, known: names)
  }
}
