import Contrastive
import Foundation

/// An encoder that has not answered its questions yet, where it is enough to know what it is: questions for another
/// encoder of the same audit do not depend on its answers.
public final class AwaitedAnswers: AuditedEncoder {
  private let profile: EncoderProfile
  private let folder: URL

  /// An encoder by what is known of it, and the folder of its questions.
  public init(of profile: EncoderProfile, in folder: URL) { (self.profile, self.folder) = (profile, folder) }

  /// Its name, and no fingerprint.
  public var identity: EncoderIdentity { EncoderIdentity(name: profile.name, fingerprint: "") }
  /// What is known of its pre-training.
  public var facts: EncoderFacts { profile.facts }
  /// What it is asked about.
  public var modalities: Set<Modality> { Set(profile.modalities) }
  /// All, since it is not known which will be answered in.
  public var layers: Set<EmbeddingLayer> { Set(EmbeddingLayer.allCases) }
  /// The size of the pictures.
  public var imageSize: Int { profile.imageSize }

  /// - Throws: ``RecordedError/unanswered(folder:_:)``.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers {
    throw RecordedError.unanswered(folder: folder.path, "its questions")
  }

  /// - Throws: ``RecordedError/unanswered(folder:_:)``.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    throw RecordedError.unanswered(folder: folder.path, "its questions")
  }

  /// Nobody has it untrained.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }
}
