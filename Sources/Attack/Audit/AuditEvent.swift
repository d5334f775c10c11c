/// How many questions an encoder was asked.
public struct QuestionCount: Codable, Sendable, Equatable {
  /// Pictures that it embedded.
  public var pictures = 0
  /// Captions that it embedded.
  public var captions = 0

  /// None so far.
  public init() {}

  static func += (left: inout QuestionCount, right: QuestionCount) {
    left.pictures += right.pictures
    left.captions += right.captions
  }

  /// Both kinds together.
  public var total: Int { pictures + captions }

  static func - (left: QuestionCount, right: QuestionCount) -> QuestionCount {
    var difference = QuestionCount()
    difference.pictures = left.pictures - right.pictures
    difference.captions = left.captions - right.captions
    return difference
  }
}

/// How far an audit is.
public struct AuditProgress: Sendable, Equatable {
  /// Pictures and captions that were asked about, of those that are known beforehand.
  public var asked = 0
  /// Pictures and captions that are known beforehand to be asked about.
  public var questions = 0
  /// Attacks and controls that were made.
  public var made = 0
  /// Attacks and controls to make.
  public var total = 0

  /// At the beginning.
  public init() {}
}

/// What an audit is doing.
public enum AuditEvent: Sendable, Equatable {
  /// An encoder has answered about some inputs of a group.
  case asked(EncoderRole, AuditGroup, Membership, done: Int, of: Int)
  /// An attack learns on the shadow.
  case learning(attack: String, CaptionKnowledge)
  /// A control of some family is made.
  case control(ControlFamily, CaptionKnowledge)
  /// The audit is going to take about so many bytes, since each input has so many similarities; told before anything is
  /// asked, and only of 256 MiB or more.
  case costly(memory: Int, similarities: Int)
  /// So many pictures are going to be written down for an encoder that answers elsewhere, of so many bytes before they are
  /// packed; told only of a gibibyte or more.
  case writing(pictures: Int, bytes: Int)
  /// How far the whole audit is; told before what is being done.
  case progress(AuditProgress)
}
