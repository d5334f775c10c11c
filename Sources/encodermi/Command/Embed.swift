import ArgumentParser
import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation
import Text

/// `encodermi embed`.
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the embeddings of pictures or captions to a file, or answer a folder of questions.",
    discussion: """
      --out names a .npy or .safetensors file; beside it FILE.json says what each row is of, with the digest of what was \
      embedded, the encoder, the space and the width.

      encodermi embed --encoder runs/target --data cifar10:FOLDER --out cifar.npy
      encodermi embed --encoder runs/clip-target --captions mine.txt --layer projection --out mine.safetensors
      encodermi embed --encoder runs/target --questions runs/questions
      """)

  @Option(help: "A run, or a folder with a checkpoint, as --target of `encodermi infer`.") var encoder: String
  @Option(help: "The file that is written: .npy or .safetensors.") var out: String?
  @Option(help: "A data set, as a path or FORMAT:PATH, whose pictures are embedded.") var data: String?
  @Option(help: "A text file with one caption a line.") var captions: String?
  @Option(help: "A folder that `encodermi questions` wrote; the answers are laid beside its manifest.")
  var questions: String?
  @Option(help: "Which output is written: embedding (before the projection head, the default) or projection.")
  var layer: EmbeddingLayer?
  @Option(parsing: .upToNextOption, help: "Parts of the data, such as train; all by default.")
  var parts: [String] = []
  @Flag(help: "Stop at the first input that cannot be used, instead of leaving it out.") var strict = false
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var machine: MachineOptions
  @Argument(help: "PNG or JPEG files, or folders of them.") var images: [String] = []

  func validate() throws {
    let given = [!images.isEmpty, data != nil, captions != nil, questions != nil].count { $0 }
    guard given == 1 else {
      throw ValidationError("give one of: picture files, --data, --captions, --questions")
    }
    if questions != nil {
      if out != nil || layer != nil {
        throw ValidationError(
          "answers are written beside the questions, in all spaces; leave --out and --layer out")
      }
    } else if !(out.map { Embeddings.isWritable(URL(filePath: $0)) } ?? false) {
      throw ValidationError("give --out, a file whose name ends in .npy or .safetensors")
    }
    if data == nil, let option = dataOptions.given.first ?? (parts.isEmpty ? nil : "--parts") {
      throw ValidationError("\(option) says how --data are opened, which are not given; leave it out")
    }
  }

  func run() throws {
    machine.apply()
    let progress = Progress("embed")
    defer { progress.finish() }
    if let questions {
      let folder = URL(filePath: questions)
      let manifest = try QuestionManifest.read(from: folder)
      let (encoder, _) = try EncoderPlace(self.encoder).open(captions: !manifest.captions.isEmpty)
      try manifest.answer(in: folder, by: encoder) { tell($0, "answered", progress) }
      progress.finish()
      return say("the answers are in \(folder.appending(path: RecordedAnswers.fileName).path)")
    }
    let (encoder, size) = try EncoderPlace(self.encoder).open(captions: captions != nil)
    let (space, file) = (layer ?? .embedding, URL(filePath: out ?? ""))
    let found: Embeddings
    var leftOut = 0
    if let captions {
      let texts = try CaptionFile.captions(in: URL(filePath: captions)).map(trimmedCaption)
      let kept = texts.filter { !$0.isEmpty }
      leftOut = texts.count - kept.count
      if kept.isEmpty || (strict && leftOut > 0) { throw InferError.noCaptions(captions) }
      found = try Embeddings(of: kept, by: encoder, space: space, report: { tell($0, "embedded", progress) })
    } else {
      // A picture that is embedded twice does no harm.
      var options = DataOptions(
        captions: false, imageSize: size, parts: parts.isEmpty ? nil : parts, duplicates: .keep,
        damagedImages: strict ? .refuse : .skip)
      if let data {
        options = try dataOptions.applied(to: options, for: data, named: "--data", strict: strict)
      }
      let opened = try opening("--data") {
        try data.map { try Dataset.open($0, options: options) } ?? Dataset.files(images, options: options)
      }
      warn(of: opened.omissions)
      leftOut = opened.omissions.count
      let pictures = try opened.images()
      found = try Embeddings(
        of: pictures, Array(0..<pictures.count), by: encoder, space: space,
        report: { tell($0, "embedded", progress) })
    }
    try found.write(to: file)
    progress.finish()
    say(
      "\(found.manifest.rows.count) \(space.rawValue)s of width \(found.manifest.width) are in \(file.path)")
    if leftOut > 0 { throw ExitCode(2) }
  }

  private func tell(_ event: Embeddings.Event, _ word: String, _ progress: Progress) {
    switch event {
    case .embedded(let count): progress.note("\(count) \(word)", isPassing: true)
    case .costly(let memory):
      progress.finish()
      warn("this takes about \(ByteCount.words(memory)) of memory until it is written")
    }
  }
}
