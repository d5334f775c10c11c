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
  let classes = Set(topFolders.compactMap { $0 }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  // One sub-folder alone tells nothing apart.
  let isLabelled = classes.count > 1
  let classOf = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
  if isLabelled { listing.classNames = classes }
  for (picture, top) in zip(found, topFolders) {
    listing.append(picture, label: isLabelled ? top.flatMap { classOf[$0] } ?? -1 : -1)
  }
}

/// The paths inside a folder of all its PNG and JPEG files, those in sub-folders too, in byte order.
/// - Throws: ``DataError`` where there are none, or a folder cannot be listed.
func pictureNames(in folder: String) throws -> [String] {
  var names: [String] = []
  var visited: Set<String> = []
  try collectPictures(in: folder, prefix: "", into: &names, visited: &visited)
  guard !names.isEmpty else {
    throw DataError.noPictures(path: folder, expected: "files ending in .png, .jpg or .jpeg")
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The same as sources, each named by its path inside the folder.
func pictures(in folder: String) throws -> [PictureSource] {
  try pictureNames(in: folder).map { .file(path: "\(folder)/\($0)", name: $0) }
}

/// Walks a folder; links are followed, each real folder is entered once.
private func collectPictures(
  in folder: String, prefix: String, into names: inout [String], visited: inout Set<String>
) throws {
  let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
  guard visited.insert(real).inserted else { return }
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
