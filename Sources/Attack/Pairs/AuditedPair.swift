import Data
import Contrastive

/// A pair of encoders, the images and captions to test it on, and which of them it was pre-trained on.
public struct AuditedPair {
  /// The encoders.
  public let encoder: any PairEncoder
  /// Encoders of the same shape that have learned nothing, for a control; nil where there are none.
  public let untrained: (any PairEncoder)?
  /// The images that the groups point into.
  public let images: Images
  /// For each image its captions; members were pre-trained with the first ``trainedCaptions`` of them.
  public let captions: [[String]]
  /// Of each image's captions, how many took part in pre-training.
  public let trainedCaptions: Int
  /// Indices of members and nonmembers.
  public let groups: MembershipGroups<[Int]>

  /// Encoders with their groups.
  /// - Throws: ``PairAttackError`` unless each image has a caption.
  public init(
    _ encoder: any PairEncoder, images: Images, captions: [[String]],
    groups: MembershipGroups<[Int]>, untrained: (any PairEncoder)? = nil,
    trainedCaptions: Int = 1
  ) throws {
    guard captions.count == images.count else {
      throw PairAttackError.captionCount(images: images.count, captions: captions.count)
    }
    if let index = captions.firstIndex(where: \.isEmpty) {
      throw PairAttackError.noCaption(image: images.name(of: index))
    }
    (self.encoder, self.untrained) = (encoder, untrained)
    self.trainedCaptions = trainedCaptions
    (self.images, self.captions, self.groups) = (images, captions, groups)
  }

  /// The hashes of the images it is known to have been pre-trained on.
  var memberFingerprints: Set<UInt64> { Set(groups.members.map { images.fingerprint(of: $0) }) }
}

/// Encoders whose scores tell how hard an input is for encoders that did not see it.
public struct CalibratingEncoder {
  /// The encoders.
  public let encoder: any PairEncoder
  /// The hashes of the images that it was pre-trained on (`Images.fingerprint(of:)`).
  public let seen: Set<UInt64>

  /// Encoders and what they saw.
  public init(_ encoder: any PairEncoder, seen: Set<UInt64>) {
    (self.encoder, self.seen) = (encoder, seen)
  }

  /// The encoders of a shadow, which saw its members.
  public init(_ audited: AuditedPair) { self.init(audited.encoder, seen: audited.memberFingerprints) }
}
