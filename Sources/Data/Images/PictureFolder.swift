import Files
import Foundation

extension DatasetFormat {
  /// Any folder of files ending in .png, .jpg or .jpeg, searched through all its sub-folders, in the byte order of
  /// their paths. A file's class is the sub-folder of the top level that it lies in; other and hidden files are
  /// ignored. All images are of the part "all".
  public static let folder = DatasetFormat(
    name: "folder", summary: "a folder of PNG and JPEG files; a sub-folder is a class",
    recognises: { Paths.isFolder($0) }, list: listFolder)
}

private func listFolder(_ folder: String, _ wanted: [String]?) throws -> DatasetListing {
  var names: [String] = []
  var visited: Set<String> = []
  try collectPictures(in: folder, prefix: "", into: &names, visited: &visited)
  guard !names.isEmpty else {
    throw DatasetError.empty(path: folder, expected: "files ending in .png, .jpg or .jpeg")
  }
  names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }

  let topFolders = names.map { name in name.firstIndex(of: "/").map { String(name[..<$0]) } }
  let classes = Set(topFolders.compactMap { $0 }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  // One sub-folder alone tells nothing apart.
  let labelled = classes.count > 1
  let classOf = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
  var listing = DatasetListing(parts: ["all"], classNames: labelled ? classes : nil)
  for (name, top) in zip(names, topFolders) {
    let label = labelled ? top.flatMap { classOf[$0] } ?? -1 : -1
    listing.items.append(
      DatasetItem(source: .file(path: "\(folder)/\(name)", name: name), label: label, part: 0))
  }
  try listing.keep(parts: wanted, path: folder)
  return listing
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
