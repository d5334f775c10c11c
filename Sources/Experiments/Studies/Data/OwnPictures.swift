extension StudyDataset {
  /// Pictures of one's own, a sub-folder for each class where there are classes.
  static let ownPictures = StudyDataset(
    name: "pictures", title: "own pictures", format: "folder", folder: "pictures",
    remedy: "lay them, or a link to them, as pictures into the folder that --data-root names")
}
