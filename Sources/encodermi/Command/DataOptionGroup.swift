import Data
import ArgumentParser

extension DataOptions.Duplicates: ExpressibleByArgument {}
extension DataOptions.BrokenText: ExpressibleByArgument {}
extension DataOptions.Handling: ExpressibleByArgument {}

/// How data are opened, wherever they are.
struct DataOptionGroup: ParsableArguments {
  @Option(help: "Language of captions where there are several, such as en or th; en by default.")
  var language: String?
  @Option(help: "Column or key of the picture's path; by default the usual ones, such as image or file.")
  var imageColumn: String?
  @Option(help: "Column or key of the caption; by default the usual ones, such as caption or text.")
  var captionColumn: String?
  @Option(
    help:
      "Column or key of a picture's part; by default the usual ones, split or partition, where they are there."
  )
  var partColumn: String?
  @Option(
    help: """
      Pictures, and captions of one picture, that are there twice: skip (use the first; the default of pretrain), keep \
      (the default of infer) or refuse.
      """)
  var duplicates: DataOptions.Duplicates?
  @Option(help: "Captions that are not UTF-8: refuse or repair; refuse by default.")
  var brokenText: DataOptions.BrokenText?
  @Option(help: "Broken lines of tables and broken archives: refuse or skip; refuse by default.")
  var damagedRecords: DataOptions.Handling?
  @Flag(
    help:
      "Read pictures too that a table names by an absolute path or by one with .., outside its own folder.")
  var outsidePaths = false
  @Option(help: "MiB of pixels held in memory, 4096 by default; what is more is read again for each use.")
  var memory: Int?
  @Option(help: "The most millions of pixels that a picture may claim, 64 by default.") var pixelLimit: Int?

  func validate() throws {
    for (name, value) in [("--memory", memory), ("--pixel-limit", pixelLimit)] {
      if let value, !(1...1_000_000).contains(value) {
        throw ValidationError("\(name) \(value) is outside 1...1000000")
      }
    }
    try namingOptions([OptionOrigin("--language", "language")]) {
      var options = DataOptions()
      apply(to: &options)
      try options.validate()
    }
  }

  /// The options that were given, as the user types them.
  var given: [String] {
    [
      ("--language", language != nil), ("--image-column", imageColumn != nil),
      ("--caption-column", captionColumn != nil), ("--part-column", partColumn != nil),
      ("--duplicates", duplicates != nil), ("--broken-text", brokenText != nil),
      ("--damaged-records", damagedRecords != nil), ("--outside-paths", outsidePaths),
      ("--memory", memory != nil), ("--pixel-limit", pixelLimit != nil),
    ].filter(\.1).map(\.0)
  }

  private func apply(to options: inout DataOptions) {
    if let language { options.language = language }
    (options.imageColumn, options.captionColumn) = (imageColumn, captionColumn)
    options.partColumn = partColumn
    if let duplicates { options.duplicates = duplicates }
    if let brokenText { options.brokenText = brokenText }
    if let damagedRecords { options.damagedRecords = damagedRecords }
    if outsidePaths { options.readsOutside = true }
    if let memory { options.memoryLimit = memory << 20 }
    if let pixelLimit { options.pixelLimit = pixelLimit << 20 }
  }

  /// The options with what was given for data at a place.
  /// - Parameters:
  ///   - usual: the options where nothing is given.
  ///   - option: what the user names the place by, such as `--data`.
  ///   - strict: whether what cannot be used is refused.
  /// - Throws: `ValidationError` for an option that the data's format knows nothing of.
  func applied(
    to usual: DataOptions, for source: String, named option: String, strict: Bool
  ) throws -> DataOptions {
    var options = usual
    apply(to: &options)
    if strict {
      (options.unpaired, options.emptyCaptions, options.damagedImages) = (.refuse, .refuse, .refuse)
    }
    guard let format = DataFormat.recognising(source, captions: usual.captions) else { return options }
    let given = self.given + (usual.labelColumn == nil ? [] : ["--label-column"])
    if !format.hasCaptions,
      let useless = given.first(where: { !["--duplicates", "--memory", "--pixel-limit"].contains($0) })
    {
      throw ValidationError(
        "\(useless): \(source) is opened as images alone, where it says nothing; name a format of images with captions, "
          + "as in \(option) captions:FOLDER, or leave it out")
    }
    for (name, column, choice) in [
      ("--image-column", imageColumn, DataFormat.Choice.imageColumn),
      ("--caption-column", captionColumn, .captionColumn),
      ("--part-column", partColumn, .partColumn), ("--label-column", usual.labelColumn, .labelColumn),
    ] where column != nil && !format.heeds.contains(choice) {
      throw ValidationError("\(name): the format \(format.name) of \(option) \(source) has no such column")
    }
    if let language, !format.heeds.contains(.language) {
      warn("--language \(language) chooses nothing: data in the format \(format.name) have one language")
    }
    return options
  }
}
