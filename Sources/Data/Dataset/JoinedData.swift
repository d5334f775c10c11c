extension Dataset {
  /// Several data sets one after the other, without their classes and parts; with captions where all have some. Pictures
  /// are told apart by the place of their data set in their names.
  ///
  /// Pictures that are in two of them stay twice: see ``identity(of:)``.
  public static func joined(_ parts: [Dataset]) -> Dataset {
    var options = parts.first?.options ?? DataOptions()
    // Images of any size are made when they are asked for.
    options.imageSize = nil
    var omissions = Omissions()
    for omission in parts.flatMap(\.omissions.entries) { omissions.append(omission) }
    let pictures = parts.flatMap { part in
      (0..<part.count).map { index in
        let picture = part.contents.pictures[part.position(index)]
        return DatasetContents.Picture(
          source: part.format == DataFormat.folder.name && part.path != Dataset.filesName
            ? picture.source.prefixed(by: part.path) : picture.source,
          label: -1, part: 0, identity: picture.identity)
      }
    }
    let captions = parts.map(\.captions)
    return Dataset(
      contents: DatasetContents(
        format: "joined", path: parts.map(\.path).joined(separator: ", "),
        location: parts.map(\.location).joined(separator: ", "), options: options, pictures: pictures,
        captions: captions.contains { $0 == nil } ? nil : captions.flatMap { $0 ?? [] }, parts: ["all"],
        classNames: nil, omissions: omissions, pixels: nil))
  }
}

extension PictureSource {
  /// The same picture, its name with a folder's before it.
  fileprivate func prefixed(by folder: String) -> PictureSource {
    guard case .file(let path, let name) = self else { return self }
    return .file(path: path, name: "\(folder)/\(name)")
  }
}
