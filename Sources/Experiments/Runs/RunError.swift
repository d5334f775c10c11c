import Attack
import Files

/// What is wrong with a folder that was given as a run, or with two runs that are to meet in an audit.
public enum RunError: ExplainedError {
  /// A folder without a pre-training.
  case notARun(String)
  /// A pre-training without the checkpoint asked for, or, without an epoch, without its end.
  case noCheckpoint(String, epoch: Int?, known: [Int])
  /// A run on the members of the other encoder.
  case wrongRole(String, expected: AuditGroup)
  /// A run whose split does not say what its group was trained on.
  case otherMembers(String, group: TrainingGroup)
  /// Data that are not those of the run.
  case otherData(String, data: String, expected: String, found: String)
  /// A shadow that was trained on images that the target is asked about, or the other way round.
  case overlap(count: Int, target: String, shadow: String)
  /// A folder for results that holds something.
  case occupied(String)
  /// A file where a folder is to be written.
  case noFolder(String)
  /// A folder with an attack that was stopped.
  case unfinished(String)
  /// A folder with results of an attack that is to go on.
  case finished(String)
  /// A folder without an attack that could go on.
  case nothingToResume(String)
  /// A folder that another attack is writing to.
  case inUse(String)
  /// A run or a data set without captions where captions are needed.
  case noCaptions(String)
  /// Labelled images without labels.
  case noClasses(String)
  /// A run that is to tell how hard inputs are and was trained on some of them, not by a coin.
  case referenceSawInputs(String, count: Int)
  /// A run for which a coin drew among other inputs than those that are asked about.
  case referenceOfOtherInputs(String, count: Int)
  /// A run with the weights of the target, the shadow, or another reference.
  case repeatedReference(String)
  /// Membership features that are undefined.
  case noFeatures(target: String, shadow: String, reason: String)
  /// Lists with images that the shadow was trained or tested on.
  case listsOverlap(count: Int, shadow: String)
  /// A list of which nothing is left once what is in both was left out.
  case nothingLeft(String)
  /// Results of an audit of other settings.
  case otherAudit(String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .notARun(let path):
      "\(path) is no run of `encodermi pretrain` (it has no pretraining.json); give the folder that --out named"
    case .noCheckpoint(let path, nil, _):
      "\(path) has no finished encoder; go on with the pre-training by --resume"
    case .noCheckpoint(let path, .some(let epoch), let known):
      "\(path) has no checkpoint of epoch \(epoch); there are "
        + (known.isEmpty
          ? "none, choose some by --checkpoints" : known.map(String.init).joined(separator: ", "))
    case .wrongRole(let path, let expected):
      "\(path) was not pre-trained on the \(expected.rawValue)'s members; pre-train it with --group \(expected.rawValue)"
    case .otherMembers(let path, let group):
      "\(path)/split.json is not that of a run on the members of '\(group.rawValue)', as its run.json has it; pre-train it "
        + "anew, or take the files of one run"
    case .otherData(let path, let data, let expected, let found):
      "the images in \(data) are not those that \(path) was made with (fingerprint \(found), expected \(expected)); "
        + "give the folder with the very same images"
    case .overlap(let count, let target, let shadow):
      "\(count) images are in the groups of both \(target) and \(shadow), so the shadow has seen what it is to infer; "
        + "pre-train both with the same --data, --members and --split-seed"
    case .noFeatures(let target, let shadow, let reason):
      "no membership features of \(target) and \(shadow): \(reason). Pre-train anew, or try another --similarity"
    case .noCaptions(let path):
      "\(path) was not pre-trained on captions; give a run of `encodermi pretrain clip`"
    case .noClasses(let location):
      "the images in \(location) have no classes, so no classifier can be trained downstream on them; give a folder with "
        + "a sub-folder for each class, CIFAR-10, STL-10, Tiny-ImageNet, or a table with a column of classes (category, class "
        + "or label)"
    case .referenceSawInputs(let path, let count):
      "\(path) was pre-trained on \(count) of the images that are asked about, so it cannot tell how hard they are; "
        + "give encoders that saw none of them, by --group reference-K, or that a coin drew for, by --ensemble"
    case .referenceOfOtherInputs(let path, let count):
      "a coin decided what \(path) was pre-trained on, but not for \(count) of the images that are asked about, so what it "
        + "saw would tell members from nonmembers; pre-train it by --ensemble with the --data, --members and --split-seed of "
        + "target and shadow"
    case .repeatedReference(let path):
      "\(path) has the weights of the target, the shadow or another reference, and would count twice; the shadow takes part "
        + "without being named"
    case .occupied(let path):
      "\(path) already holds files; choose another --out"
    case .noFolder(let path):
      "\(path) is a file, and a folder is written; choose another --out"
    case .unfinished(let path):
      "\(path) holds an unfinished attack; go on with it by the same command and --resume, or choose another --out"
    case .finished(let path):
      "\(path) holds the results of an attack that has ended; there is nothing to go on with, leave --resume out and "
        + "choose another --out for a new one"
    case .nothingToResume(let path):
      "\(path) holds no attack that could go on; leave --resume out to begin one"
    case .inUse(let path):
      "\(path) is in use: another attack writes to it; wait for it, stop it, or choose another --out"
    case .listsOverlap(let count, let shadow):
      "\(count) \(count == 1 ? "input" : "inputs") of the shadow \(shadow) \(count == 1 ? "is" : "are") among --members and "
        + "--nonmembers, so the shadow has seen what it is to "
        + "infer; take them out of the lists, or pre-train a shadow on others"
    case .nothingLeft(let group):
      "no \(group) are left: all of them are among the others too; give lists that have inputs of their own"
    case .otherAudit(let path):
      "\(path) holds an audit of other settings; go on with the same, or choose another folder"
    }
  }
}
