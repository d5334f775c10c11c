import Files
import Foundation

extension DataFormat {
  /// Any folder of files ending in .png, .jpg or .jpeg, searched through all its sub-folders, in the byte order of
  /// their paths. A file's class is the sub-folder of the top level that it lies in; other and hidden files are
  /// ignored. There are no parts.
  public static let folder = DataFormat(
    name: "folder", summary: "a folder of PNG and JPEG files; a sub-folder is a class",
    recognises: { Paths.isFolder($0) }, read: readFolder)
}

private func readFolder(_ folder: String, into listing: inout DataListing) throws {
  let found = try pictures(in: folder)
  let topFolders = found.map { picture in
    picture.name.firstIndex(of: "/").map { String(picture.name[..<$0]) }
  }
  let classes = Set(topFolders.compactMap { $0.map { ExactText($0) } }).sorted()
  // One sub-folder alone tells nothing apart.
  let isLabelled = classes.count > 1
  let classOf = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
  if isLabelled { listing.classNames = classes.map(\.description) }
  for (picture, top) in zip(found, topFolders) {
    listing.append(picture, label: isLabelled ? top.flatMap { classOf[ExactText($0)] } ?? -1 : -1)
  }
}

/// The paths inside a folder of all its PNG and JPEG files, those in sub-folders too, in byte order.
/// - Throws: ``DataError`` where there are none, or a folder cannot be listed.
func pictureNames(in folder: String) throws -> [String] {
  var names: [String] = []
  var visited: Set<ExactText> = []
  try collectPictures(in: folder, prefix: "", into: &names, visited: &visited)
  guard !names.isEmpty else {
    throw DataError.noPictures(path: folder, expected: "files ending in .png, .jpg or .jpeg")
  }
  return names.sortedByBytes()
}

/// The same as sources, each named by its path inside the folder.
func pictures(in folder: String) throws -> [PictureSource] {
  try pictureNames(in: folder).map { .file(path: "\(folder)/\($0)", name: $0) }
}

/// The pictures of a folder, to be found by the names that a list gives them.
struct NamedPictures {
  /// In byte order.
  let all: [PictureSource]
  private var others: RelativePictures
  private let folder: String
  private let byName: [ExactText: PictureSource]
  /// By names that are equal where Unicode calls them canonically equivalent, as Swift's strings are: for hints alone.
  private let alike: [String: String]

  /// - Parameter label: what errors call the folder.
  /// - Throws: as ``pictureNames(in:)``.
  init(in folder: String, called label: String? = nil, options: DataOptions) throws {
    (all, self.folder) = (try pictures(in: folder), label ?? folder)
    others = RelativePictures(in: folder, options: options)
    byName = Dictionary(uniqueKeysWithValues: all.map { (ExactText($0.name), $0) })
    alike = Dictionary(all.map { ($0.name, $0.name) }) { first, _ in first }
  }

  /// The picture of that name, byte for byte; parts of a path that say nothing, as in `./a.png`, are passed over.
  mutating func picture(_ name: String) -> PictureSource? {
    byName[ExactText(Paths.normalised(name))] ?? (Paths.escapes(name) ? others.location(of: name) : nil)
  }

  /// Why there is no picture of a name.
  mutating func absence(of name: String) -> String {
    if Paths.escapes(name) { return others.absence(of: name) }
    return absenceInside(name)
  }

  private func absenceInside(_ name: String) -> String {
    absenceOfPicture("\(folder) has no picture \(excerpt(name))", alike: alike[Paths.normalised(name)])
  }
}

/// Why there is no picture of a name, and that there is one whose name looks the same.
func absenceOfPicture(_ words: String, alike: String?) -> String {
  guard alike != nil else { return words }
  return words
    + "; one of that name in another Unicode normalisation is there, so rename it or correct the list"
}

/// Walks a folder; links are followed, each real folder is entered once.
private func collectPictures(
  in folder: String, prefix: String, into names: inout [String], visited: inout Set<ExactText>
) throws {
  let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
  guard visited.insert(ExactText(real)).inserted else { return }
  for name in try Paths.names(in: folder) {
    let path = "\(folder)/\(name)"
    if Paths.isFolder(path) {
      try collectPictures(in: path, prefix: "\(prefix)\(name)/", into: &names, visited: &visited)
    } else if isPicture(name) {
      names.append(prefix + name)
    }
  }
}

/// Whether a file is taken for a picture by its name.
func isPicture(_ name: String) -> Bool { ["png", "jpg", "jpeg"].contains(Paths.suffix(name)) }
