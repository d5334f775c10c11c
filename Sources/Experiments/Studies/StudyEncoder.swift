import Attack
import Contrastive
import Data
import Files
import Foundation

/// One encoder of a plan: what it is trained on, and its place in the store.
public struct StudyEncoder: Sendable {
  /// Settings, with the trial's seed.
  public let recipe: EncoderRecipe
  /// Whose groups it is trained on.
  public let role: AuditGroup
  /// Where it is, or is going to be.
  public let place: StoredEncoder
  let images: Images
  let groups: MembershipGroups<[Int]>
  private let tokens: CaptionTokens?
  private let tokenizer: ChosenTokenizer?

  /// - Throws: an error of the data, or of the settings.
  init(
    _ recipe: EncoderRecipe, as role: AuditGroup, seed: UInt64, of material: StudyMaterial,
    in store: EncoderStore
  ) throws {
    let (images, split) = (
      try material.images(recipe.data), try material.split(recipe.data, seed: seed)
    )
    let groups = split.groups(role).map { Array($0.prefix(recipe.members)) }
    let tokenizer = try material.tokenizer(recipe.data, for: recipe.pretraining)
    var configuration = recipe.pretraining
    if case .clip(var clip) = configuration.algorithm, let tokenizer {
      clip.text.vocabularySize = tokenizer.tokenizer.vocabularySize
      configuration.algorithm = .clip(clip)
    }
    configuration.batch = min(configuration.batch, recipe.members)
    try configuration.validate()
    let members = images.subset(groups.members)
    let tokens = tokenizer.flatMap { tokenizer in
      members.dataset.captions.map { CaptionTokens($0, tokenizer: tokenizer.tokenizer) }
    }
    (self.recipe, self.role, self.images, self.groups) = (recipe, role, images, groups)
    (self.tokens, self.tokenizer) = (tokens, tokenizer)
    place = try store.place(
      EncoderKey(
        configuration, members: members, heldOut: images.subset(groups.nonmembers), captions: tokens))
  }

  /// All settings of the pre-training.
  var configuration: PretrainingConfiguration { place.key.configuration }

  /// What it is, in a few words: "moco resnet18-16-stem4, N = 100, T = 400".
  public var name: String {
    "\(configuration.algorithm.name) \(configuration.encoder.name), N = \(recipe.members), "
      + "T = \(configuration.epochs), \(recipe.data.rawValue) data, \(role.rawValue), seed \(configuration.seed)"
  }

  /// Trains it, unless it is there or another process trains it.
  func train(shouldStop: () -> Bool, report: (PretrainingEvent) -> Void) throws -> StoredEncoder.Outcome {
    try place.train(
      members: images.subset(groups.members), heldOut: images.subset(groups.nonmembers), captions: tokens,
      tokenizer: tokenizer, shouldStop: shouldStop, report: report)
  }

  /// Trains a copy in a folder of its own, to see how fast that goes.
  func pretraining(in folder: URL) throws -> Pretraining {
    try Pretraining(
      configuration, members: images.subset(groups.members), captions: tokens, folder: RunFolder(folder))
  }

  /// The encoder as an audit asks it.
  /// - Parameter split: the groups that the audit is about.
  func run(_ split: Split) -> Run {
    Run(
      folder: place.run, description: RunDescription(images, role: TrainingGroup(role)),
      settings: configuration,
      split: SplitFile(split: split, dataFingerprints: [Run.dataName: images.fingerprint]), images: images,
      epoch: recipe.stoppedAfter)
  }
}
