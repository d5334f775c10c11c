import Files
import Foundation

/// How random variants of a caption are made: the counterpart for text of random views of an image.
///
/// A variant is drawn in this order: which of the image's captions; words left out; words exchanged within a window; a
/// template around it; letter case; punctuation; white space. Words are bounded as Unicode says, so captions in Thai,
/// Japanese or Arabic vary too. All probabilities are of one variant; 0 switches a step off.
public struct CaptionVariants: Codable, Sendable, Equatable {
  /// The probability of taking another caption of the same image, where there is one.
  public var otherCaptionProbability = 0.3
  /// The probability of leaving out words.
  public var dropProbability = 0.7
  /// Each word's probability of being left out, drawn uniformly for each variant; within [0, 1). One word always stays.
  public var dropRate: ClosedRange<Double> = 0.1...0.2
  /// The probability of exchanging words.
  public var orderProbability = 0.3
  /// Words are permuted within windows of so many neighbours, from 2 up.
  public var orderWindow = 3
  /// The probability of putting the caption into a template.
  public var templateProbability = 0.3
  /// Texts in which `{}` stands for the caption, once.
  public var templates = ["a photo of {}", "a picture of {}", "an image of {}", "this is {}", "{}, a photo"]
  /// The probability of changing letter case: all small, all capital, or a capital at each word.
  public var caseProbability = 0.3
  /// The probability of changing punctuation: taken out, or a full stop added or removed at the end.
  public var punctuationProbability = 0.5
  /// The probability of changing white space: some spaces doubled, or spaces around the caption.
  public var spaceProbability = 0.3

  /// The values of ``standard``.
  public init() {}

  /// All kinds of variation, words dropped at 10 to 20 %.
  public static let standard = CaptionVariants()

  /// Every variant is the caption itself.
  public static let none: CaptionVariants = {
    var variants = CaptionVariants()
    variants.otherCaptionProbability = 0
    variants.dropProbability = 0
    variants.orderProbability = 0
    variants.templateProbability = 0
    variants.caseProbability = 0
    variants.punctuationProbability = 0
    variants.spaceProbability = 0
    return variants
  }()
}

extension CaptionVariants: Validated {
  /// Checks every field.
  public func validate() throws(InvalidSetting) {
    for (key, value) in [
      ("otherCaptionProbability", otherCaptionProbability), ("dropProbability", dropProbability),
      ("orderProbability", orderProbability), ("templateProbability", templateProbability),
      ("caseProbability", caseProbability), ("punctuationProbability", punctuationProbability),
      ("spaceProbability", spaceProbability),
    ] {
      try require((0...1).contains(value), key, value, "a probability, 0 to 1")
    }
    try require(
      dropRate.lowerBound >= 0 && dropRate.upperBound < 1, "dropRate", dropRate,
      "probabilities from 0 to below 1")
    try require((2...64).contains(orderWindow), "orderWindow", orderWindow, "2 to 64 words")
    if templateProbability > 0 {
      try require(!templates.isEmpty, "templates", "none", "at least one text with {} for the caption")
    }
    for template in templates {
      try require(
        template.components(separatedBy: "{}").count == 2, "templates", "“\(template)”",
        "texts in which {} stands once")
    }
  }
}
