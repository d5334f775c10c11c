import ArgumentParser
import Attack
import Contrastive
import Data
import Experiments
import Files
import Foundation
import Report
import Text
import Vision

/// `encodermi compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Does training with captions leak more than training on images alone?",
    discussion: """
      Pre-trains the same image encoder by MoCo, SimCLR and CLIP on the same images, with the same members, epochs and \
      batch, attacks each with what applies, over several seeds, and puts the results into one table, with an interval \
      over the seeds and a sentence on what it shows. Ctrl-C leaves a comparison that --resume goes on with.

      Presets:
        openclipart  150 members, 150 epochs, on data/openclipart: some minutes
        flickr8k     500 members, 240 epochs; needs --data flickr8k:FOLDER
      """)

  @Option(help: "openclipart, which is taken by default, or flickr8k.") var preset: String?
  @Option(help: "Images with captions: a path, or FORMAT:PATH.") var data: String?
  @Option(
    help: """
      Images with classes, a path or FORMAT:PATH, on which every image encoder's kNN accuracy is measured; by default \
      the drawings that come with the project where those are compared, else none.
      """)
  var labelled: String?
  @Option(help: "Where the comparison is written.") var out: String
  @Option(help: "Images in each of the four groups.") var members: Int?
  @Option(help: "Passes over the members, for every algorithm.") var epochs: Int?
  @Option(help: "Images or pairs in a step, for every algorithm.") var batch: Int?
  @Option(help: "Views of each image and variants of each caption in the attacks; 10 by default.") var views:
    Int?
  @Option(help: "A JSON file with any of the settings in comparison-settings.json; options go before it.")
  var config: String?
  @Option(help: "Seeds, such as 0,1,2; each has its own split, weights and views.") var seeds: String?
  @Option(help: "The image encoder of all algorithms.") var imageEncoder: String?
  @Option(help: "CLIP's text encoder as text-WIDTHxLAYERS.") var textEncoder: String?
  @Option(help: "Side of the image encoder's input in pixels.") var imageSize: Int?
  @Flag(help: "Stop at the first image or caption that cannot be used, instead of leaving it out.")
  var strict = false
  @Flag(help: "Go on with the comparison in --out, given the same options; further --seeds may be added.")
  var resume = false
  @Option(
    parsing: .upToNextOption,
    help: """
      Make one comparison of these folders, which differ in their seeds alone, and train nothing; their settings take the \
      place of all options but --data and --labelled, which say where data lie that have moved.
      """)
  var join: [String] = []
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var tables: TableOptions
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    let given = [
      ("--preset", preset != nil), ("--strict", strict), ("--members", members != nil),
      ("--epochs", epochs != nil), ("--batch", batch != nil), ("--seeds", seeds != nil),
      ("--views", views != nil), ("--config", config != nil), ("--image-encoder", imageEncoder != nil),
      ("--text-encoder", textEncoder != nil), ("--image-size", imageSize != nil), ("--resume", resume),
    ].filter(\.1).map(\.0)
    if !join.isEmpty, let option = (given + dataOptions.given).first {
      throw ValidationError(
        "\(option) has no effect with --join, which takes the settings of what is joined; leave it out")
    }
    if join.count == 1 { throw ValidationError("--join needs two folders or more") }
  }

  func run() throws {
    machine.apply()
    let start = ContinuousClock.now
    let folder = URL(filePath: out)
    let settings = try join.isEmpty ? settings() : joined(in: folder)
    guard let comparison = try Compare.run(settings, in: folder, isResuming: resume || !join.isEmpty) else {
      print("interrupted; go on with the same command and --resume")
      throw ExitCode(130)
    }
    print(tables.wide ? comparison.wideText : comparison.text)
    say(
      "\nran in \(Progress.time((ContinuousClock.now - start) / .seconds(1))); everything is in \(folder.path)"
    )
  }

  /// Opens the data, compares, and writes the tables beside the numbers; nil if it was interrupted.
  static func run(
    _ settings: ComparisonSettings, in folder: URL, isResuming: Bool
  ) throws -> Comparison? {
    try ComparisonJob.check(settings, in: folder, isResuming: isResuming)
    let images = try openData(settings.data, settings.options)
    let labelled = try settings.labelled.map { location in
      let labelled = try opening("--labelled") {
        try LabelledImages.open(location, imageSize: images.height)
      }
      warn(of: labelled.images.dataset.omissions, most: 10)
      return labelled
    }
    let job = try ComparisonJob(settings, on: images, labelled: labelled, in: folder)
    let narrator = Narrator()
    let comparison = try job.run(
      isResuming: isResuming, shouldStop: { Interruption.wasAsked }, report: narrator.tell)
    if let comparison {
      try atomicWrite(Data((comparison.text + "\n").utf8), to: folder.appending(path: "comparison.txt"))
    }
    return comparison
  }

  private func joined(in folder: URL) throws -> ComparisonSettings {
    var settings = try ComparisonJob.join(join.map { URL(filePath: $0) }, in: folder)
    if let data { settings.data = DataFormat.absolute(data) }
    if let labelled { settings.labelled = DataFormat.absolute(labelled) }
    return settings
  }

  private func settings() throws -> ComparisonSettings {
    let preset = preset ?? "openclipart"
    let presets: [String: ComparisonSettings] = ["openclipart": .openclipart, "flickr8k": .flickr8k]
    guard var settings = presets[preset] else {
      throw ValidationError(
        "there is no preset '\(preset)'; choose one of \(presets.keys.sorted().joined(separator: ", "))")
    }
    if preset == "flickr8k" && data == nil {
      throw ValidationError(
        "--preset flickr8k needs --data flickr8k:FOLDER; Flickr8k does not come with the project")
    }
    if let config {
      settings = try Configuration.read(from: URL(filePath: config), defaults: settings)
    }
    if let data { (settings.data, settings.labelled) = (data, nil) }
    if let views { settings.views = views }
    settings.data = DataFormat.absolute(settings.data)
    settings.options = try dataOptions.applied(
      to: settings.options, for: settings.data, named: "--data", strict: strict)
    settings.labelled = (labelled ?? settings.labelled).map { DataFormat.absolute($0) }
    if let members { settings.members = members }
    if let epochs { settings.epochs = epochs }
    if let batch { settings.batch = batch }
    settings.batch = batch ?? min(settings.batch, settings.members)
    if let seeds {
      settings.seeds = try seeds.split(separator: ",").map {
        guard let seed = UInt64($0.trimmingCharacters(in: .whitespaces)) else {
          throw ValidationError("--seeds takes whole numbers with commas between them, found '\($0)'")
        }
        return seed
      }
    }
    return try namingOptions([
      OptionOrigin("--members", "members", isGiven: members != nil),
      OptionOrigin("--epochs", "epochs", isGiven: epochs != nil),
      OptionOrigin("--batch", "batch", isGiven: batch != nil), OptionOrigin("--seeds", "seeds"),
      OptionOrigin("--views", "views", isGiven: views != nil),
      OptionOrigin("--image-encoder", "encoder", isGiven: imageEncoder != nil),
      OptionOrigin("--text-encoder", "text", isGiven: textEncoder != nil),
    ]) {
      let size = imageSize ?? settings.encoder.imageSize
      if let imageEncoder {
        settings.encoder = try ImageEncoderConfiguration(name: imageEncoder, imageSize: size)
      }
      settings.encoder.imageSize = size
      if let textEncoder {
        settings.text = try TextEncoderConfiguration(
          name: textEncoder, vocabularySize: settings.text.vocabularySize,
          contextLength: settings.text.contextLength)
      }
      try settings.validate()
      return settings
    }
  }
}
