import Files

/// Why a pre-training cannot start or go on.
public enum PretrainingError: ExplainedError, Equatable {
  /// Not enough images to contrast one with another.
  case tooFewMembers(found: Int)
  /// Batches that batch norm's groups do not divide.
  case unevenGroups(batch: Int, normGroups: Int)
  /// Processes that cannot each have whole groups of batch norm; of which numbers of groups would do, and which numbers of
  /// processes with these.
  case undividedGroups(processes: Int, normGroups: Int, batch: Int, fitting: [Int], counts: [Int])
  /// More processes than a batch has images.
  case tooManyProcesses(_ processes: Int, batch: Int)
  /// Processes that do not train the same (`what`), or not with the same machines.
  case processesDiffer(what: String, first: String, rank: Int, found: String)
  /// CLIP without captions.
  case noCaptions
  /// Captions of another number of images than there are members.
  case captionCount(found: Int, members: Int)
  /// A tokenizer that does not fit the text encoder.
  case vocabulary(String)
  /// The loss or the weights (`what`) were no numbers.
  case notFinite(_ what: String, epoch: Int, step: Int, folder: String)
  /// A run folder that already holds a run.
  case occupied(folder: String)
  /// A run folder that another process is writing to.
  case inUse(folder: String)
  /// A folder to resume that holds no run.
  case nothingToResume(folder: String)
  /// A run of other settings or other data.
  case differs(folder: String, what: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .tooFewMembers(let found):
      return "pre-training needs at least 2 images to contrast, found \(found); give more members"
    case .unevenGroups(let batch, let normGroups):
      return
        "batches of \(batch) images cannot be divided into \(normGroups) equal groups of two or more for batch norm; choose a "
        + "batch that is a multiple of \(normGroups), or give more members"
    case .undividedGroups(let processes, let normGroups, let batch, let fitting, let counts):
      let remedy =
        fitting.isEmpty
        ? "choose a batch that is a multiple of \(2 * processes), with --norm-groups \(processes)"
        : "with batches of \(batch) images --norm-groups \(list(fitting)) would do"
      return
        "\(processes) processes cannot share \(normGroups) group\(normGroups == 1 ? "" : "s") of batch norm: each takes as "
        + "many whole ones; \(remedy), or start \(list(counts)) process\(counts == [1] ? "" : "es")"
    case .tooManyProcesses(let processes, let batch):
      return
        "\(processes) processes cannot share a batch of \(batch) images; start fewer, or choose a larger batch"
    case .processesDiffer(let what, let first, let rank, let found):
      return
        "the processes differ in their \(what): the first has \(first), process \(rank) has \(found); they must run the "
        + "same program with the same options on the same data and the same kind of machine"
    case .noCaptions:
      return "CLIP is trained on images with captions, but these images have none; give a data set of pairs"
    case .captionCount(let found, let members):
      return "there are captions of \(found) images for \(members) members; give each member its captions"
    case .vocabulary(let what):
      return "\(what); choose the tokenizer that the encoder is made for, or a text encoder of its size"
    case .notFinite(let what, let epoch, let step, let folder):
      let verb = what == "weights" ? "are" : "is"
      return
        "the \(what) \(verb) not finite in epoch \(epoch), step \(step); what was saved before is kept in "
        + "\(folder). Lower the learning rate or set a gradient clip, and start a new run"
    case .occupied(let folder):
      return "\(folder) already holds a run; choose another folder, or go on with it by --resume"
    case .inUse(let folder):
      return
        "\(folder) is in use: a pre-training is going on there; wait for its end, or choose another folder"
    case .nothingToResume(let folder):
      return "\(folder) holds no pre-training that could be resumed; leave --resume out to start one"
    case .differs(let folder, let what):
      return "\(folder) holds a run of other \(what); resume with the same, or choose another folder"
    }
  }

  private func list(_ numbers: [Int]) -> String {
    let words = numbers.map(String.init)
    guard words.count > 1, let last = words.last else { return words.joined() }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
