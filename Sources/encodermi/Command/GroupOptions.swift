import ArgumentParser
import Attack
import Data
import Encoders
import Experiments
import Foundation

/// Lists of an auditor's own, in place of the groups of a split.
struct GroupOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: """
      Inputs that are known to be members of the target's training data, in place of its split: folders or files of \
      pictures, list:FILE with a picture's path a line, text:FILE with a caption a line, or FORMAT:PATH as --data of \
      pretrain takes it; the first caption of an image counts.
      """)
  var members: [String] = []
  @Option(parsing: .upToNextOption, help: "Inputs that are known to be no members, as --members.")
  var nonmembers: [String] = []
  @Option(
    help: """
      Also name pictures of both lists whose embeddings by the target have this cosine or more, such as 0.98: asks about the \
      unaltered pictures too.
      """)
  var nearEmbeddings: Double?
  @OptionGroup var dataOptions: DataOptionGroup

  /// Whether lists were given.
  var isGiven: Bool { !members.isEmpty }

  func validate() throws {
    if members.isEmpty != nonmembers.isEmpty {
      throw ValidationError(
        members.isEmpty
          ? "--nonmembers alone: an attack is measured on members too; give --members, or judge inputs by "
            + "`encodermi infer --nonmembers`"
          : "--members alone: an attack is measured on nonmembers too; give --nonmembers")
    }
    if let nearEmbeddings {
      if !isGiven {
        throw ValidationError("--near-embeddings compares two lists; give --members and --nonmembers")
      }
      guard nearEmbeddings > 0 && nearEmbeddings <= 1 else {
        throw ValidationError("--near-embeddings \(nearEmbeddings) is outside (0, 1]")
      }
    }
    if !isGiven, let option = dataOptions.given.first {
      throw ValidationError(
        "\(option) says how lists are opened, but there are none; give --members, or leave it out")
    }
  }

  private var lists: MembershipGroups<KnownList> {
    MembershipGroups(
      members: KnownList(option: "--members", places: members),
      nonmembers: KnownList(option: "--nonmembers", places: nonmembers))
  }

  /// What both lists hold, whatever the encoder takes.
  /// - Throws: `ValidationError` where they hold different things.
  var kind: Infer.Subject {
    get throws {
      let kinds = try lists.map { try $0.kind(captions: true) }
      guard kinds.members == kinds.nonmembers else {
        throw ValidationError(
          "--members holds \(kinds.members.name), --nonmembers \(kinds.nonmembers.name); give the same kind")
      }
      return kinds.members
    }
  }

  /// An encoder under audit, the size that images are brought to first, and whether captions are asked about.
  func open(
    _ target: String
  ) throws -> (encoder: any AuditedEncoder, size: Int, captions: Bool) {
    let place = EncoderPlace(target)
    switch try kind {
    case .images:
      let (encoder, size) = try place.open(captions: false)
      return (encoder, size, false)
    case .captions:
      let (encoder, size) = try place.open(captions: true)
      return (encoder, size, true)
    case .pairs:
      do {
        let (encoder, size) = try place.open(captions: true)
        return (encoder, size, encoder.modalities.contains(.text))
      } catch RunError.noCaptions {
        let (encoder, size) = try place.open(captions: false)
        return (encoder, size, false)
      }
    }
  }

  /// The lists, opened and checked against each other.
  /// - Parameters:
  ///   - captions: whether the captions of pictures count.
  ///   - size: pixels along each side that pictures are brought to.
  func groups(captions: Bool, size: Int, language: String?) throws -> GivenGroups {
    if try kind == .captions {
      let texts = try lists.map { try $0.captions(repairing: dataOptions.brokenText == .repair).captions }
      return try GivenGroups(members: texts.members, nonmembers: texts.nonmembers)
    }
    let subject: Infer.Subject = captions ? .pairs : .images
    let data = try lists.map {
      try $0.data(subject, size: size, language: language, dataOptions: dataOptions, strict: false).data
    }
    return try GivenGroups(
      members: data.members, nonmembers: data.nonmembers, captions: captions, size: size)
  }
}
