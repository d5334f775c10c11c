import Contrastive
import Files

/// Why an encoder could not be audited.
public enum AttackError: ExplainedError, Equatable {
  /// There is not one list of captions for each image.
  case captionCount(images: Int, captions: Int)
  /// An image has no caption.
  case noCaption(image: String)
  /// The auditor is to know another caption of an image that has one only.
  case noOtherCaption(image: String, knowledge: CaptionKnowledge)
  /// A caption source gave another number of variants than it was asked for.
  case variantCount(expected: Int, found: Int)
  /// The encoders' embeddings of images and captions have no space in common.
  case jointWidths(image: Int, caption: Int)
  /// The auditor's knowledge allows none of the feature sets.
  case noFeatureSet(CaptionKnowledge)
  /// Inputs lack what some feature sets are made of.
  case noFeatures([FeatureSet], reason: String)
  /// All calibrating encoders were pre-trained on some inputs.
  case seenByAll(inputs: [String])
  /// The target has too few inputs that look like members to learn from.
  case tooFewPseudoMembers(found: Int, needed: Int)
  /// Captions are to be known, and an encoder or its data have none.
  case noText(_ whose: String, knowledge: CaptionKnowledge, hasCaptions: Bool)
  /// Images are to be known, and an encoder takes none.
  case noImages(_ whose: String, knowledge: CaptionKnowledge, hasImages: Bool = true)
  /// An encoder has no such output.
  case noLayer(encoder: String, layer: EmbeddingLayer)
  /// Target and shadow answer in different widths, so that what was learned on the one does not fit the other.
  case otherWidths(target: Int, shadow: Int, layer: EmbeddingLayer)
  /// None of the attacks that were asked for can be made, for these reasons.
  case nothingToMake([String])
  /// Without a shadow, too few nonmembers are known to calibrate by and to test.
  case tooFewNonmembers(Int)
  /// An audit needs more questions than the target may be asked; nothing was asked.
  case tooManyQuestions(limit: Int, planned: QuestionCount, advice: String)
  /// The target was asked as much as it may be, and there is more to ask.
  case overBudget(limit: Int, asked: Int, next: Int)
  /// The similarities of so many views take more memory than is given to them.
  case tooManyScores(views: Int, variants: Int, inputs: Int, scores: Int, most: Int)
  /// A network's loss is no longer a number.
  case diverged(attack: String, epoch: Int)

  /// Whether an attack that fails so is left out, with a note, and the others go on: there is nothing to learn from, what
  /// was learned does not fit, or nobody asked for a calibration, for which a picture that target and shadow both hold is too much.
  func leavesOut(isCalibrated: Bool) -> Bool {
    switch self {
    case .tooFewPseudoMembers, .otherWidths: true
    case .seenByAll: !isCalibrated
    default: false
    }
  }

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .captionCount(let images, let captions):
      return "there are \(images) images and captions for \(captions); give a list of captions for each image"
    case .noCaption(let image):
      return "image '\(image)' has no caption; leave it out or give it one"
    case .noOtherCaption(let image, let knowledge):
      return
        "image '\(image)' has no caption beside those that were trained on, but an auditor with the knowledge '\(knowledge.rawValue)' holds "
        + "another one than the encoder was trained with; give data with several captions an image, or audit with "
        + "'exact', 'imageOnly' or 'captionOnly'"
    case .variantCount(let expected, let found):
      return "\(found) caption variants were made, expected \(expected) of each caption"
    case .jointWidths(let image, let caption):
      return
        "the image encoder's joint embeddings are \(image) wide, the text encoder's \(caption); "
        + "the two encoders do not belong together"
    case .noFeatureSet(let knowledge):
      return
        "none of the configured feature sets can be made by an auditor with the knowledge '\(knowledge.rawValue)'; "
        + "add \(knowledge.featureSets.map(\.rawValue).joined(separator: " or ")) to the sets"
    case .noFeatures(let sets, let reason):
      return "no \(FeatureSet.name(of: sets)) features of these inputs: \(reason)"
    case .seenByAll(let inputs):
      let names = inputs.prefix(5).joined(separator: ", ") + (inputs.count > 5 ? ", ..." : "")
      return
        "every calibrating encoder was pre-trained on \(inputs.count) of the inputs (\(names)); "
        + "give one that was not"
    case .tooFewPseudoMembers(let found, let needed):
      return
        "\(found) of the target's inputs have a cosine far above that of known nonmembers, \(needed) are needed "
        + "to learn from; the encoder shows no such members, or give more inputs"
    case .noText(let whose, let knowledge, let hasCaptions):
      return hasCaptions
        ? "an auditor with the knowledge '\(knowledge.rawValue)' asks about captions, and \(whose) has no text encoder; "
          + "audit with 'imageOnly'"
        : "an auditor with the knowledge '\(knowledge.rawValue)' asks about captions, and the data of \(whose) have none; "
          + "audit with 'imageOnly', or give data with captions"
    case .noImages(let whose, let knowledge, let hasImages):
      return
        "an auditor with the knowledge '\(knowledge.rawValue)' asks about images, and "
        + (hasImages ? "\(whose) has no image encoder" : "the inputs of \(whose) have none")
        + "; audit with 'captionOnly'"
    case .noLayer(let encoder, let layer):
      return "\(encoder) has no \(layer.rawValue) to compare; attack another layer"
    case .otherWidths(let target, let shadow, let layer):
      return
        "the target's \(layer.rawValue)s are \(target) wide, the shadow's \(shadow), so that what is learned on the one "
        + "does not fit the other; take a shadow of the target's width"
    case .nothingToMake(let reasons):
      return "there is nothing to attack with: " + reasons.joined(separator: "; ")
    case .tooFewNonmembers(let found):
      return
        "without a shadow half of the nonmembers give thresholds and half are tested: there is \(found), and 2 are needed; "
        + "give more, or a shadow"
    case .tooManyQuestions(let limit, let planned, let advice):
      return
        "the target would be asked about \(planned.pictures) pictures and \(planned.captions) captions, and may be asked "
        + "\(limit) questions; nothing was asked: \(advice)"
    case .overBudget(let limit, let asked, let next):
      return
        "the target was asked \(asked) of the \(limit) questions that it may be asked, and the next \(next) are not asked; "
        + "what it answered is kept: go on by --resume with a larger budget"
    case .tooManyScores(let views, let variants, let inputs, let scores, let most):
      return
        "\(views) views (and \(variants) variants of captions) of \(inputs) inputs make \(scores) similarities to hold, "
        + "\(scores / (1 << 18)) MiB, and \(most / (1 << 18)) MiB are the most; ask about fewer --views or --variants, "
        + "or smaller groups"
    case .diverged(let attack, let epoch):
      return "the loss of \(attack) is not finite in epoch \(epoch); check the encoder's embeddings"
    }
  }
}
