import Files

extension Augmentation {
  /// Reads all values and checks them.
  /// - Throws: ``AugmentationError`` for a value out of range, `DecodingError` for a missing or misshapen one.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    outputSize = try values.decode(Int.self, forKey: .outputSize)
    crop = try values.decode(RandomCrop.self, forKey: .crop)
    flipProbability = try values.decode(Double.self, forKey: .flipProbability)
    brightness = try values.decode(Double.self, forKey: .brightness)
    contrast = try values.decode(Double.self, forKey: .contrast)
    saturation = try values.decode(Double.self, forKey: .saturation)
    hue = try values.decode(Double.self, forKey: .hue)
    jitterProbability = try values.decode(Double.self, forKey: .jitterProbability)
    grayscaleProbability = try values.decode(Double.self, forKey: .grayscaleProbability)
    blur = try values.decodeIfPresent(RandomBlur.self, forKey: .blur)
    mean = try values.decode([Float].self, forKey: .mean)
    deviation = try values.decode([Float].self, forKey: .deviation)
    try validate()
  }
}

extension Augmentation {
  /// Checks every field.
  /// - Throws: ``AugmentationError/invalidValue(field:value:expected:)`` for the first one out of its range.
  public func validate() throws(AugmentationError) {
    func require(_ holds: Bool, _ field: String, _ value: Any, _ expected: String) throws(AugmentationError) {
      if !holds {
        throw AugmentationError.invalidValue(field: field, value: "\(value)", expected: expected)
      }
    }
    try require((1...4096).contains(outputSize), "outputSize", outputSize, "1 to 4096 pixels")
    if case .random(let scale, let aspect) = crop {
      try require(
        scale.lowerBound > 0 && scale.upperBound <= 1, "crop.random.scale", scale,
        "fractions of the image's area above 0 and at most 1")
      try require(
        aspect.lowerBound > 0 && aspect.upperBound.isFinite, "crop.random.aspect", aspect,
        "ratios of width to height above 0")
    }
    for (field, value) in [("brightness", brightness), ("contrast", contrast), ("saturation", saturation)] {
      try require(value >= 0 && value.isFinite, field, value, "a number from 0 up")
    }
    try require((0...0.5).contains(hue), "hue", hue, "0 to 0.5 of the colour circle")
    var probabilities = [
      ("flipProbability", flipProbability), ("jitterProbability", jitterProbability),
      ("grayscaleProbability", grayscaleProbability),
    ]
    if let blur { probabilities.append(("blur.probability", blur.probability)) }
    for (field, value) in probabilities {
      try require((0...1).contains(value), field, value, "a probability, 0 to 1")
    }
    if let blur {
      try require(
        blur.deviation.lowerBound > 0 && blur.deviation.upperBound.isFinite, "blur.deviation", blur.deviation,
        "standard deviations above 0")
      try require(
        blur.taps > 0 && blur.taps % 2 == 1 && blur.taps / 2 < outputSize, "blur.taps", blur.taps,
        "an odd number less than twice the outputSize of \(outputSize)")
    }
    try require(
      mean.count == 3 && mean.allSatisfy(\.isFinite), "mean", mean, "three numbers, for red, green, blue")
    try require(
      deviation.count == 3 && deviation.allSatisfy { $0 > 0 && $0.isFinite }, "deviation", deviation,
      "three numbers above 0, for red, green, blue")
  }
}
