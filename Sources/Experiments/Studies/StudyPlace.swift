import Data
import Files
import Foundation

/// A data set that studies are made on, and where its files are.
public struct StudyPlace: Sendable {
  /// Its name in results, such as "CIFAR-10".
  public let name: String
  /// Where it is, as `format:path`.
  public let location: String
  /// How it is opened.
  public let options: DataOptions
  /// Parts that the target's nonmembers come from, where they are there; else they come from where members do.
  public let nonmembersFrom: [String]

  init(
    _ name: String, _ location: String, options: DataOptions = DataOptions(), nonmembersFrom: [String] = []
  ) {
    (self.name, self.location, self.options) = (name, location, options)
    self.nonmembersFrom = nonmembersFrom
  }
}

/// The data sets that studies know. A new one is a value here: a file with an extension, and a line in ``all``.
public struct StudyDataset: Sendable {
  /// Its name on the command line.
  public let name: String
  /// Its name in results.
  public let title: String
  /// What it is read as.
  let format: String
  /// The folder of its official archive, looked for in the root of all data.
  let folder: String
  /// How to get it.
  let remedy: String
  /// The option that names its folder alone; nil where only `--data-root` does.
  var option: String?
  /// Whether it has captions.
  public var hasCaptions = false
  /// Parts that the target's nonmembers come from.
  var nonmembersFrom: [String] = []
  /// Parts that are read; nil for all.
  var parts: [String]?

  /// All of them.
  public static let all: [StudyDataset] = [
    .openclipart, .emoji, .cifar10, .stl10, .tinyImageNet, .openclipartPairs, .emojiPairs, .flickr8k,
    .ownPictures,
  ]

  /// Those that come with the project lie in `data`, wherever other data are.
  var isOwn: Bool { folder.hasPrefix("data/") }

  static let openclipart = StudyDataset(
    name: "openclipart", title: "Openclipart", format: "folder", folder: "data/openclipart", remedy: own)
  static let emoji = StudyDataset(
    name: "emoji", title: "Noto Emoji", format: "folder", folder: "data/emoji/png64", remedy: own)
  static let openclipartPairs = StudyDataset(
    name: "openclipart-pairs", title: "Openclipart with titles", format: "captions",
    folder: "data/openclipart",
    remedy: own, hasCaptions: true)
  static let emojiPairs = StudyDataset(
    name: "emoji-pairs", title: "Noto Emoji with names", format: "emoji", folder: "data/emoji", remedy: own,
    hasCaptions: true)
  static let cifar10 = StudyDataset(
    name: "cifar10", title: "CIFAR-10", format: "cifar10", folder: "cifar-10-batches-bin",
    remedy: "unpack cifar-10-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html",
    option: "--cifar10", nonmembersFrom: ["test"])
  static let stl10 = StudyDataset(
    name: "stl10", title: "STL-10", format: "stl10", folder: "stl10_binary",
    remedy: "unpack stl10_binary.tar.gz of https://cs.stanford.edu/~acoates/stl10/",
    option: "--stl10", nonmembersFrom: ["train", "test"])
  static let tinyImageNet = StudyDataset(
    name: "tiny-imagenet", title: "Tiny-ImageNet", format: "tinyimagenet", folder: "tiny-imagenet-200",
    remedy: "unpack http://cs231n.stanford.edu/tiny-imagenet-200.zip", option: "--tiny-imagenet",
    nonmembersFrom: ["val"])
  static let flickr8k = StudyDataset(
    name: "flickr8k", title: "Flickr8k", format: "flickr8k", folder: "flickr8k",
    remedy:
      "ask for Flickr8k_Dataset.zip and Flickr8k_text.zip of the University of Illinois, and unpack both",
    option: "--flickr8k", hasCaptions: true, parts: ["train"])

  private static let own = "run the program in the folder of the project, or give it by --data-root"
}

/// Where data sets were said to be, by their names on the command line.
public struct StudyFolders: Sendable {
  /// Folders of single data sets.
  public var folders: [String: String]
  /// A folder with official folders of several; nil for none.
  public var root: String?

  /// Folders of single data sets, and one for all others.
  public init(_ folders: [String: String] = [:], root: String? = nil) {
    (self.folders, self.root) = (folders, root)
  }

  /// The folder of a data set; nil where nothing was said, or nothing is there.
  func folder(of dataset: StudyDataset) -> String? {
    let candidates =
      [folders[dataset.name], root.map { "\($0)/\(dataset.folder)" }]
      + (dataset.isOwn ? [dataset.folder] : [])
    return candidates.compactMap { $0 }.first(where: Paths.isFolder)
  }
}

extension StudyScale {
  /// The data set that the main cells are on, where none was named.
  var usual: StudyDataset { name == "quick" ? .openclipart : .cifar10 }

  /// Which data set is which source of cells, the first choice first.
  private func candidates(_ source: StudySource, on main: StudyDataset) -> [StudyDataset] {
    switch source {
    case .main: [main]
    case .other:
      // STL-10 for CIFAR-10 and Tiny-ImageNet, CIFAR-10 for STL-10, as in the paper; where STL-10 is not at hand the two
      // stand in for each other.
      name == "quick"
        ? [main.name == "emoji" ? StudyDataset.openclipart : StudyDataset.emoji]
        : [StudyDataset.stl10, main.name == "cifar10" ? StudyDataset.tinyImageNet : StudyDataset.cifar10]
          .filter { $0.name != main.name }
    case .pairs: [name == "quick" ? .openclipartPairs : .flickr8k]
    case .otherPairs: [name == "quick" ? .emojiPairs : .openclipartPairs]
    }
  }

  /// The place of a source.
  /// - Parameters:
  ///   - main: the data set of the main cells.
  ///   - folders: where data sets were said to be.
  /// - Throws: ``StudyError/noData(_:)`` with how to get it.
  public func place(
    of source: StudySource, on main: StudyDataset? = nil, in folders: StudyFolders
  ) throws(StudyError) -> StudyPlace {
    let candidates = candidates(source, on: main ?? usual)
    for dataset in candidates {
      guard let folder = folders.folder(of: dataset) else { continue }
      // What is seen by one encoder and then by the other must not differ in size at first.
      let keepsSize = name == "quick" ? dataset.isOwn : name == "paper" && !dataset.hasCaptions
      let side = keepsSize ? nil : dataset.hasCaptions ? 72 : 32
      return StudyPlace(
        dataset.title, DataFormat.absolute("\(dataset.format):\(folder)"),
        options: DataOptions(captions: dataset.hasCaptions, imageSize: side, parts: dataset.parts),
        nonmembersFrom: dataset.nonmembersFrom)
    }
    let advice = candidates.map { dataset in
      "\(dataset.title): \(dataset.remedy)"
        + (dataset.option.map { ", and name the folder by \($0)" } ?? "")
    }
    throw .noData(advice.joined(separator: "; or "))
  }
}

/// What is wrong with an experiment of studies.
public enum StudyError: ExplainedError, Equatable {
  /// A data set that is not at hand, and how to get it.
  case noData(String)
  /// A folder with another experiment, or the same of other settings.
  case otherExperiment(String, differs: [String])
  /// A folder with the experiment that was not said to go on.
  case begun(String)
  /// A folder without an experiment.
  case noExperiment(String)
  /// Results of another version of this program, by a key that is missing.
  case otherVersion(String, key: String)
  /// Trials that no part has made.
  case missing(String, [String])
  /// No cell of any experiment can be made.
  case nothingLeft
  /// A data set with too few images.
  case tooFew(String, needed: Int, found: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .noData(let advice): "not at hand: \(advice)"
    case .otherExperiment(let path, let differing):
      "\(path) holds an experiment of other settings or data (\(differing.joined(separator: ", "))); go on with the same, or "
        + "choose another --out, where the same --store gives what encoders there are"
    case .begun(let path):
      "\(path) already holds this experiment; go on with it by --resume, or choose another --out"
    case .noExperiment(let path):
      "\(path) holds no experiment of `encodermi experiment run`; give the folder that --out named"
    case .otherVersion(let path, let key):
      "\(path) has no “\(excerpt(key))”: another version of this program wrote it. `encodermi experiment merge FOLDER --out "
        + "FOLDER`, of the folder that --out named, writes it anew from its trials"
    case .missing(let path, let names):
      "\(names.count) trial\(names.count == 1 ? " is" : "s are") missing, so \(path) cannot be put together: \(names.joined(separator: "; ")). Run the "
        + "parts to the end, and merge again"
    case .nothingLeft: "nothing is left to be made: of no experiment are the data at hand"
    case .tooFew(let name, let needed, let found):
      "\(name) has \(found) images and \(needed) are needed; choose a smaller --scale"
    }
  }
}
