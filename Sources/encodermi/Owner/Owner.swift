import ArgumentParser
import Attack
import Contrastive
import Data
import Experiments
import Files
import Foundation
import Kernels

extension FeatureSet: ExpressibleByArgument {}

/// `encodermi owner`.
struct Owner: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask of a whole set of works of yours whether an encoder was trained on it.",
    discussion: """
      Before you publish, draw at random which half of your works is published and which is kept secret, and have the \
      commitment dated by somebody you trust:

      encodermi owner prepare my-works --out my-draw --seed 7

      Later ask an encoder that may have been trained on what was published:

      encodermi owner test my-draw --target runs/target

      An encoder that runs elsewhere gets a folder of questions and answers by a file:

      encodermi owner questions my-draw --image-size 224 --out runs/questions
      encodermi owner test my-draw --target answers:runs/questions

      How many works and questions are needed tells a shadow beforehand:

      encodermi owner power runs/shadow
      """, subcommands: [OwnerPrepare.self, OwnerQuestions.self, OwnerTestCommand.self, OwnerPower.self])
}

/// What an owner's test asks and computes.
struct OwnerSettingOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: """
      What works are scored by: imageImage (the mean similarity of an image's views, the default), pair (the cosine of \
      image and caption), imageText, textText. Of several p is adjusted by Holm's method.
      """)
  var statistic: [FeatureSet] = []
  @Option(help: "Views of each image, at least 2; 10 by default.") var views: Int?
  @Option(help: "Variants of each caption, at least 2; 10 by default.") var variants: Int?
  @Option(help: "How views are compared: cosine (the default), correlation or euclidean.")
  var similarity: Similarity?
  @Option(
    help: "Which output is looked at: embedding (before the projection head, the default) or projection.")
  var layer: EmbeddingLayer?
  @Option(help: "Labellings that are drawn where there are too many, at least 9999; 99999 by default.")
  var permutations: Int?
  @Option(help: "Seed of views, variants and permutations; 0 by default.") var testSeed: UInt64?
  @Option(help: "A JSON file with any of these settings, as draw.json has them; options go before it.")
  var config: String?

  /// The options that were given, as the user types them.
  var given: [String] {
    [
      ("--statistic", !statistic.isEmpty), ("--views", views != nil), ("--variants", variants != nil),
      ("--similarity", similarity != nil), ("--layer", layer != nil), ("--permutations", permutations != nil),
      ("--test-seed", testSeed != nil), ("--config", config != nil),
    ].filter(\.1).map(\.0)
  }

  /// The settings of the file, with the options given.
  /// - Throws: `ValidationError` for an option, or an error that names the file.
  func settings() throws -> OwnerSettings {
    var settings = OwnerSettings()
    if let config {
      settings = try Configuration.read(from: URL(filePath: config), defaults: settings)
    }
    if !statistic.isEmpty { settings.statistics = statistic }
    if let views { settings.views = views }
    if let variants { settings.variants = variants }
    if let similarity { settings.similarity = similarity }
    if let layer { settings.layer = layer }
    if let permutations { settings.permutations = permutations }
    if let testSeed { settings.seed = testSeed }
    return try namingOptions([
      OptionOrigin("--statistic", "statistics", isGiven: !statistic.isEmpty),
      OptionOrigin("--views", "views", isGiven: views != nil),
      OptionOrigin("--variants", "variants", isGiven: variants != nil),
      OptionOrigin("--permutations", "permutations", isGiven: permutations != nil),
    ]) {
      try settings.validate()
      return settings
    }
  }
}

/// What makes works one unit.
struct OwnerUnitOptions: ParsableArguments {
  @Option(
    help: """
      Works that are one unit, such as a series: those of one folder (“folder”), or with one value in a column of a \
      table (FILE.csv:COLUMN); each by itself by default.
      """)
  var units: String?
  @Option(
    help: """
      Near duplicates are one unit too: works whose perceptual hashes differ in at most so many of 64 bits; 6 by default, \
      “off” to look for equal pictures alone.
      """)
  var near: String?

  /// The options that were given, as the user types them.
  var given: [String] { [("--units", units != nil), ("--near", near != nil)].filter(\.1).map(\.0) }

  /// - Throws: `ValidationError`.
  func preparation(strata: String? = nil) throws -> OwnerPreparation {
    var preparation = OwnerPreparation()
    if let units { preparation.units = try OwnerUnitOptions.key(units, "--units", folder: .folder) }
    if let strata { preparation.strata = try OwnerUnitOptions.key(strata, "--strata", folder: .topFolder) }
    if let near {
      let bits = Int(near)
      guard near == "off" || bits.map((0...32).contains) == true else {
        throw ValidationError("--near \(near) is neither a number of bits, 0 to 32, nor “off”")
      }
      preparation.nearBits = bits
    }
    return preparation
  }

  private static func key(_ text: String, _ option: String, folder: OwnerPreparation.Key) throws
    -> OwnerPreparation.Key
  {
    if text == "folder" { return folder }
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      text.index(after: colon) < text.endIndex
    else {
      throw ValidationError("\(option) \(text) is neither “folder” nor FILE.csv:COLUMN")
    }
    return .column(String(text[text.index(after: colon)...]), file: String(text[..<colon]))
  }
}

/// `encodermi owner prepare`.
struct OwnerPrepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Draw a published and a secret half of your works, and commit to the draw.",
    discussion: """
      Writes to --out: draw.json (every work with its digest, unit, stratum and half, the seed, what will be asked), \
      commitment.txt (its SHA-256 digest: hand it to somebody who dates it), published.sha256 and secret.sha256 (the \
      halves). Keep the folder, and the secret half, to yourself. Publish nothing of the secret half.
      """)

  @Argument(
    help: "The works: a folder of PNG and JPEG files, or FORMAT:PATH, with captions where they have some.")
  var works: String
  @Option(help: "The folder that the draw is written to, new or empty.") var out: String
  @Option(help: "Seed of the draw; to convince others take a number that nobody could choose.") var seed:
    UInt64
  @OptionGroup var unitOptions: OwnerUnitOptions
  @Option(
    help: """
      Works of one kind, among which halves are drawn by themselves: by the folder of the top level (“folder”), or a \
      column of a table (FILE.csv:COLUMN).
      """)
  var strata: String?
  @OptionGroup var settings: OwnerSettingOptions
  @Option(parsing: .upToNextOption, help: "Parts of the data, such as train; all by default.")
  var parts: [String] = []
  @Flag(help: "Stop at the first work that cannot be used, instead of leaving it out.") var strict = false
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var machine: MachineOptions

  func run() throws {
    machine.apply()
    let (settings, folder) = (try self.settings.settings(), URL(filePath: out))
    let preparation = try unitOptions.preparation(strata: strata)
    try ResultsFolder.requireFree(folder)
    let data = try openWorks(
      works, named: "WORKS", captions: settings.usesCaptions, parts: parts, strict: strict, dataOptions)
    let draw = try opening("--units, --strata") { try preparation.draw(data, settings, seed: seed) }
    let written = try OwnerFolder.write(draw, to: folder)
    for half in OwnerHalf.allCases {
      let works = draw.works(half)
      say(
        "\(works.count) works in \(Set(works.map(\.unit)).count) units are \(half.rawValue): "
          + folder.appending(path: OwnerFolder.listName(half)).path)
    }
    print("the commitment, to be dated by somebody you trust before anything is published:")
    print(written.commitment)
    let largest = Dictionary(grouping: draw.works, by: \.unit).values.map(\.count).max() ?? 0
    if largest > 1 { print("the largest unit has \(largest) works") }
  }
}

/// Opens works, and names what had to be left out.
func openWorks(
  _ location: String, named option: String, captions: Bool, parts: [String] = [], strict: Bool = false,
  imageSize: Int? = nil, _ dataOptions: DataOptionGroup
) throws -> Dataset {
  // Works that are there twice are one unit.
  let usual = DataOptions(
    captions: captions, imageSize: imageSize, parts: parts.isEmpty ? nil : parts, duplicates: .keep)
  let options = try dataOptions.applied(to: usual, for: location, named: option, strict: strict)
  let data = try opening(option) { try Dataset.open(location, options: options) }
  warn(of: data.omissions, most: 10)
  return data
}
