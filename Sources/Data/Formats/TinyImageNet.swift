import Files
import Foundation

extension DataFormat {
  /// Tiny-ImageNet's official layout (Stanford CS231N): `train/<wnid>/images/*.JPEG` (part "train"),
  /// `val/images` with labels from `val_annotations.txt` where that is there (part "val"), `test/images` without labels (part "test", read only when
  /// asked for), classes in the order of `wnids.txt` and then, where it does not list them all, in the byte order of
  /// the training folders, named by `words.txt`.
  public static let tinyImageNet = DataFormat(
    name: "tinyimagenet", summary: "Tiny-ImageNet: wnids.txt, train/<wnid>/images/*.JPEG, val/",
    choosesParts: true,
    recognises: { folder in
      Paths.exists(folder + "/wnids.txt")
        && (Paths.isFolder(folder + "/train") || Paths.isFolder(folder + "/val"))
    },
    read: readTinyImageNet)
}

private func readTinyImageNet(_ folder: String, into listing: inout DataListing) throws {
  let wanted = listing.options.parts
  let present = ["train", "val", "test"].filter { Paths.isFolder("\(folder)/\($0)") }
  for part in wanted ?? [] where !present.contains(part) {
    throw DataError.unknownPart(path: folder, part: part, known: present)
  }
  let classes = try tinyClasses(folder)
  listing.classNames = try tinyClassNames(folder, classes: classes)
  let classOf = Dictionary(
    classes.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
  for part in present where wanted?.contains(part) ?? (part != "test") {
    let number = listing.part(part)
    func append(_ pictures: String, label: (String) throws -> Int32) throws {
      for name in try Paths.names(in: "\(folder)/\(pictures)") where isPicture(name) {
        listing.append(
          .file(path: "\(folder)/\(pictures)/\(name)", name: "\(pictures)/\(name)"), label: try label(name),
          part: number)
      }
    }
    switch part {
    case "train":
      for wnid in try Paths.names(in: folder + "/train")
      where Paths.isFolder("\(folder)/train/\(wnid)/images") {
        guard let label = classOf[wnid] else {
          throw DataError.malformed(
            file: "\(folder)/train/\(wnid)",
            reason: "is no class of wnids.txt; add it there or remove the folder")
        }
        try append("train/\(wnid)/images") { _ in label }
      }
    case "val":
      let labels = try tinyValidationLabels(folder, classOf: classOf)
      try append("val/images") { name in
        guard let labels else { return -1 }
        guard let label = labels[name] else {
          throw DataError.malformed(
            file: "\(folder)/val/val_annotations.txt", reason: "has no line for \(name); fetch it again")
        }
        return label
      }
    default:
      try append("test/images") { _ in -1 }
    }
  }
  guard !listing.pictures.isEmpty else {
    throw DataError.noPictures(path: folder, expected: "train/<wnid>/images/*.JPEG or val/images/*.JPEG")
  }
}

/// The classes' WordNet ids.
private func tinyClasses(_ folder: String) throws -> [String] {
  let path = folder + "/wnids.txt"
  guard Paths.exists(path) else {
    throw DataError.noPictures(path: folder, expected: "Tiny-ImageNet's list of classes, wnids.txt")
  }
  var classes = try DelimitedText.lines(of: path).map { $0.trimmingCharacters(in: .whitespaces) }
  let listed = Set(classes)
  if Paths.isFolder(folder + "/train") {
    for wnid in try Paths.names(in: folder + "/train") where !listed.contains(wnid) {
      if Paths.isFolder("\(folder)/train/\(wnid)/images") { classes.append(wnid) }
    }
  }
  guard !classes.isEmpty else {
    throw DataError.malformed(file: path, reason: "names no classes; fetch it again")
  }
  return classes
}

/// Each class by its words, or by its WordNet id where it has none.
private func tinyClassNames(_ folder: String, classes: [String]) throws -> [String] {
  let path = folder + "/words.txt"
  guard Paths.exists(path) else { return classes }
  var words: [String: String] = [:]
  for line in try DelimitedText.lines(of: path) {
    let fields = line.split(separator: "\t", maxSplits: 1)
    if fields.count == 2 { words[String(fields[0])] = String(fields[1]) }
  }
  return classes.map { words[$0] ?? $0 }
}

/// The class of each picture of the validation part by file name; nil where no file tells.
private func tinyValidationLabels(_ folder: String, classOf: [String: Int32]) throws -> [String: Int32]? {
  let path = folder + "/val/val_annotations.txt"
  guard Paths.exists(path) else { return nil }
  var labels: [String: Int32] = [:]
  for (number, line) in try DelimitedText.lines(of: path).enumerated() {
    let fields = line.split(separator: "\t")
    guard fields.count >= 2, let label = classOf[String(fields[1])] else {
      throw DataError.malformed(
        file: path, reason: "line \(number + 1) is not a file name, a tab and a class")
    }
    labels[String(fields[0])] = label
  }
  return labels
}
