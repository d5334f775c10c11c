import Files
import Foundation

extension DataFormat {
  /// Tiny-ImageNet's official layout (Stanford CS231N): `train/<wnid>/images/*.JPEG` (part "train"), `val/images` with
  /// labels from `val_annotations.txt` where that is there (part "val"), `test/images` without labels (part "test", read
  /// only when asked for). Pictures of "train" and "val" may also lie in `<wnid>` itself, as many sort the validation
  /// part. Classes are in the order of `wnids.txt` and then, where it does not list them all, in the byte order of the
  /// training folders, named by `words.txt`.
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
    classes.enumerated().map { (ExactText($1), Int32($0)) }, uniquingKeysWith: { first, _ in first })
  for part in present where wanted?.contains(part) ?? (part != "test") {
    let number = listing.part(part)
    func append(_ pictures: String, label: (String) throws -> Int32) throws {
      for name in try Paths.names(in: "\(folder)/\(pictures)") where isPicture(name) {
        listing.append(
          .file(path: "\(folder)/\(pictures)/\(name)", name: "\(pictures)/\(name)"), label: try label(name),
          part: number)
      }
    }
    /// The pictures in the classes' folders, but for those of a folder "images" of the part itself.
    func appendClasses() throws {
      for wnid in try Paths.names(in: "\(folder)/\(part)") where !wnid.isExactly("images") {
        for place in try tinyPicturePlaces("\(folder)/\(part)/\(wnid)") {
          guard let label = classOf[ExactText(wnid)] else {
            throw DataError.malformed(
              file: "\(folder)/\(part)/\(wnid)",
              reason: "is no class of wnids.txt; add it there or remove the folder")
          }
          try append("\(part)/\(wnid)\(place)") { _ in label }
        }
      }
    }
    switch part {
    case "train": try appendClasses()
    case "val":
      let labels = try tinyValidationLabels(folder, classOf: classOf)
      if Paths.isFolder(folder + "/val/images") {
        try append("val/images") { name in
          guard let labels else { return -1 }
          guard let label = labels[ExactText(name)] else {
            throw DataError.malformed(
              file: "\(folder)/val/val_annotations.txt", reason: "has no line for \(name); fetch it again")
          }
          return label
        }
      }
      try appendClasses()
    default:
      try append("test/images") { _ in -1 }
    }
  }
  guard !listing.pictures.isEmpty else {
    throw DataError.noPictures(path: folder, expected: "train/<wnid>/images/*.JPEG or val/images/*.JPEG")
  }
}

/// Where in a class's folder its pictures are: `/images`, the folder itself, or both.
private func tinyPicturePlaces(_ folder: String) throws -> [String] {
  guard Paths.isFolder(folder) else { return [] }
  return (Paths.isFolder(folder + "/images") ? ["/images"] : [])
    + (try Paths.names(in: folder).contains(where: isPicture) ? [""] : [])
}

/// The classes' WordNet ids.
private func tinyClasses(_ folder: String) throws -> [String] {
  let path = folder + "/wnids.txt"
  guard Paths.exists(path) else {
    throw DataError.noPictures(path: folder, expected: "Tiny-ImageNet's list of classes, wnids.txt")
  }
  var classes = try DelimitedText.lines(of: path).map { $0.trimmingCharacters(in: .whitespaces) }
  let listed = Set(classes.map { ExactText($0) })
  if Paths.isFolder(folder + "/train") {
    for wnid in try Paths.names(in: folder + "/train") where !listed.contains(ExactText(wnid)) {
      if try !tinyPicturePlaces("\(folder)/train/\(wnid)").isEmpty { classes.append(wnid) }
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
  var words: [ExactText: String] = [:]
  for line in try DelimitedText.lines(of: path) {
    let fields = line.split(separator: "\t", maxSplits: 1)
    if fields.count == 2 { words[ExactText(fields[0])] = String(fields[1]) }
  }
  return classes.map { words[ExactText($0)] ?? $0 }
}

/// The class of each picture of the validation part by file name; nil where no file tells.
private func tinyValidationLabels(
  _ folder: String, classOf: [ExactText: Int32]
) throws -> [ExactText: Int32]? {
  let path = folder + "/val/val_annotations.txt"
  guard Paths.exists(path) else { return nil }
  var labels: [ExactText: Int32] = [:]
  for (number, line) in try DelimitedText.lines(of: path).enumerated() {
    let fields = line.split(separator: "\t")
    guard fields.count >= 2, let label = classOf[ExactText(fields[1])] else {
      throw DataError.malformed(
        file: path, reason: "line \(number + 1) is not a file name, a tab and a class")
    }
    labels[ExactText(fields[0])] = label
  }
  return labels
}
