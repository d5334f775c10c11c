import Attack
import Data
import Files
import ArgumentParser
import Contrastive
import Experiments
import Foundation
import Kernels
import Vision

extension TrainingGroup: ExpressibleByArgument {}

/// What all algorithms can be told.
struct PretrainOptions: ParsableArguments {
  @Option(
    help: """
      Images: a folder, or FORMAT:FOLDER with one of cifar10, stl10, tinyimagenet, folder. Images with captions, which \
      clip needs: a path, or FORMAT:PATH with one of captions, emoji, flickr8k, csv, tsv, jsonl, webdataset.
      """)
  var data: String
  @Option(help: "Where the run is written.") var out: String
  @Option(help: "Images in each of the four groups.") var members: Int = 250
  @Option(
    help: """
      Whose members to train on: target (the default), shadow, or for attacks that ask references reference-K, as many \
      further images that are in no group, or ensemble-K, those of all groups that a fair coin gives; K from 1.
      """)
  var group: TrainingGroup?
  @OptionGroup var several: SeveralOptions
  @Option(help: "Seed that the four groups are drawn from; the same for target and shadow.") var splitSeed:
    UInt64 = 0
  @Option(
    parsing: .upToNextOption,
    help: "Parts of the data set to draw from, such as train or test; all by default.")
  var parts: [String] = []
  @Option(help: "Part that the target's nonmembers come from, such as test in the paper.")
  var nonmembersFrom: String?
  @Option(
    help: """
      Column or key of a picture's class, for data with captions; by default the usual ones, category, class or label, \
      where they are there.
      """)
  var labelColumn: String?
  @Option(help: "quick (hundreds of members, minutes) or paper; moco has original too.") var preset: String =
    "quick"
  @Option(help: "A JSON file with settings that replace the preset's.") var config: String?
  @Option(
    name: [.long, .customLong("image-encoder")],
    help: "The image encoder, such as resnet18-64, resnet18-32-stem4, vgg11-16 or vit-128x6-patch4.")
  var encoder: String?
  @Option(help: "Side of the encoder's input in pixels.") var imageSize: Int?
  @Option(help: "Passes over the members.") var epochs: Int?
  @Option(help: "Images in a step.") var batch: Int?
  @Option(help: "The highest learning rate.") var learningRate: Double?
  @Option(help: "The divisor of similarities; clip begins with it and learns on.") var temperature: Float?
  @Option(
    help: """
      Parts of a batch that batch norm treats by themselves; of processes that mpirun started each takes as many whole \
      ones.
      """)
  var normGroups: Int?
  @Option(help: "Pixels along each side that images are brought to when they are opened.")
  var storedSize: Int?
  @Option(help: "Seed of weights, order and views.") var seed: UInt64?
  @Option(help: "Epochs after which to keep the encoder, such as 100,200,400.") var checkpoints: String?
  @Option(help: "Epochs between two looks at kNN accuracy or recall; 0 for the end only.") var monitor: Int?
  @Flag(help: "Go on with the run in --out.") var resume = false
  @Flag(
    help: "Refuse images that cannot be decoded, and captions without image, instead of leaving them out.")
  var strict = false
  @OptionGroup var dataOptions: DataOptionGroup
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    try GroupSize.check(members)
    if group != nil, let option = several.option {
      throw ValidationError("--group and \(option) both say what to train on; leave one out")
    }
    if let storedSize, !(1...4096).contains(storedSize) {
      throw ValidationError("--stored-size \(storedSize) is outside 1...4096")
    }
  }

  func run(
    presets: [String: PretrainingConfiguration], origins: [OptionOrigin] = [], text: TextOptions? = nil,
    adjust: (inout PretrainingConfiguration) throws -> Void
  ) throws {
    let processes = try Processes.join(threads: machine.threads)
    guard let preset = presets[self.preset] else {
      throw ValidationError(
        "there is no preset '\(self.preset)'; choose one of \(presets.keys.sorted().joined(separator: ", "))")
    }
    var configuration = preset
    if let config {
      configuration = try Configuration.read(from: URL(filePath: config), defaults: configuration)
    }
    try namingOptions(origins + self.origins(hasText: text != nil)) {
      try apply(to: &configuration, from: preset)
      try adjust(&configuration)
      try configuration.validate()
    }
    let groups = several.groups ?? [group ?? .target]
    let folders = groups.map { several.folder(of: $0, in: out) }
    for folder in folders {
      // Of several some may not have begun.
      let mayBegin = several.groups != nil && !Paths.exists(folder.configuration.path)
      try PretrainingJob.check(folder, isResuming: resume && !mayBegin)
    }
    let options = try dataOptions.applied(
      to: DataOptions(
        captions: text != nil, imageSize: storedSize, parts: parts.isEmpty ? nil : parts,
        labelColumn: labelColumn),
      for: data, named: "--data", strict: strict)
    let images = try openData(data, options)
    let tokenizer = try text.flatMap { try $0.tokenizer(for: images.dataset, &configuration, from: preset) }
    let pools = try pools(images.dataset)
    let split = try Split(
      count: images.count, sizes: SplitSizes(each: members), pools: pools, seed: splitSeed)
    let jobs = try zip(groups, folders).map { group, folder in
      var own = configuration
      own.seed = several.seed(of: group, from: configuration.seed)
      return try PretrainingJob(
        EncoderSpecification(own, tokenizer: tokenizer), as: group, on: images, split: split,
        from: pools?.target.members, in: folder)
    }
    if several.jobs > 1 {
      guard processes.count == 1 else {
        throw ValidationError(
          "--jobs \(several.jobs): all \(processes.count) processes train each encoder together, so that there is one job; "
            + "leave --jobs or mpirun out")
      }
      try SideBySide(jobs, several, threads: machine.threads).run(isResuming: resume)
    } else {
      for job in jobs { try pretrain(job, processes, isResuming: resume && job.hasBegun) }
    }
    if several.groups != nil { say("\(jobs.count) references are in \(out)") }
  }

  /// Runs a pre-training in this process.
  private func pretrain(_ job: PretrainingJob, _ processes: ProcessGroup, isResuming: Bool) throws {
    let configuration = job.encoder.configuration
    let encoders = [configuration.encoder.name, configuration.algorithm.clip?.text.name].compactMap { $0 }
    say(
      "pre-training \(encoders.joined(separator: " and ")) by \(configuration.algorithm.name) on "
        + "\(job.groups.members.count) \(job.role.rawValue) members of \(job.images.count) images, "
        + "\(configuration.epochs) epochs"
        + (processes.count > 1 ? ", in \(processes.count) processes of \(Threads.count) threads" : ""))
    let progress = Progress("pretrain")
    let outcome = try Interruption.whileRequestable {
      defer { progress.finish() }
      return try job.run(
        group: processes, isResuming: isResuming, shouldStop: { Interruption.wasAsked }, report: progress.show
      )
    }
    switch outcome {
    case .finished:
      guard processes.isFirst else { return }
      let last = try job.folder.records().last
      say(
        "finished: loss \(String(format: "%.4f", last?.loss ?? .nan))\(utility(last)); the run is in \(job.folder.url.path)"
      )
    case .interrupted(let epoch):
      say("interrupted after epoch \(epoch); go on with the same command and --resume")
      throw ExitCode(130)
    }
  }

  private func utility(_ last: EpochRecord?) -> String {
    let knn = last?.knnAccuracy.map { String(format: ", kNN accuracy %.1f%%", 100 * $0) } ?? ""
    guard let recall = last?.recall else { return knn }
    func shares(_ values: [Double]) -> String {
      values.map { String(format: "%.1f%%", 100 * $0) }.joined(separator: "/")
    }
    return knn
      + ", recall@1/5/10 of held-out captions \(shares(recall.imageToText)), of images \(shares(recall.textToImage))"
  }

  private func pools(_ dataset: Dataset) throws -> SplitPools? {
    guard let part = nonmembersFrom else { return nil }
    let test = dataset.indices(inPart: part)
    guard !test.isEmpty else {
      if !parts.isEmpty, !parts.contains(part) {
        throw ValidationError(
          "--nonmembers-from \(part): --parts \(parts.joined(separator: " ")) leaves that part out; add it to --parts, "
            + "or leave --parts out")
      }
      throw ValidationError(
        "--nonmembers-from \(part): the data set has no such part; it has "
          + dataset.parts.joined(separator: ", "))
    }
    let isTest = Set(test)
    return .paper(training: (0..<dataset.count).filter { !isTest.contains($0) }, test: test)
  }

  /// The options that decide settings.
  private func origins(hasText: Bool) -> [OptionOrigin] {
    [
      OptionOrigin(hasText ? "--image-encoder" : "--encoder", "encoder", isGiven: encoder != nil),
      OptionOrigin("--image-size", "encoder", isGiven: imageSize != nil),
      OptionOrigin("--epochs", "epochs", isGiven: epochs != nil),
      OptionOrigin("--batch", "batch", isGiven: batch != nil),
      OptionOrigin("--learning-rate", "learningRate", isGiven: learningRate != nil),
      OptionOrigin("--temperature", "temperature", isGiven: temperature != nil),
      OptionOrigin("--norm-groups", "normGroups", isGiven: normGroups != nil),
      OptionOrigin("--checkpoints", "checkpointEpochs", isGiven: checkpoints != nil),
      OptionOrigin("--monitor", "monitorInterval", isGiven: monitor != nil),
    ]
  }

  private func apply(
    to configuration: inout PretrainingConfiguration, from preset: PretrainingConfiguration
  ) throws {
    let size = imageSize ?? configuration.encoder.imageSize
    if let encoder { configuration.encoder = try ImageEncoderConfiguration(name: encoder, imageSize: size) }
    configuration.encoder.imageSize = size
    // Views follow the encoder, unless the file says otherwise, which is then found to be another size.
    if configuration.augmentation.outputSize == preset.augmentation.outputSize {
      configuration.augmentation.outputSize = size
    }
    if let epochs { configuration.epochs = epochs }
    if let batch { configuration.batch = batch }
    if let learningRate { configuration.learningRate = learningRate }
    if let seed { configuration.seed = seed }
    if let monitor { configuration.monitorInterval = monitor }
    if let checkpoints {
      configuration.checkpointEpochs = try checkpoints.split(separator: ",").map {
        guard let epoch = Int($0.trimmingCharacters(in: .whitespaces)) else {
          throw ValidationError("--checkpoints takes epochs with commas between them, found '\($0)'")
        }
        return epoch
      }
    }
  }
}

/// What may be asked for as the size of a group.
enum GroupSize {
  static func check(_ members: Int) throws {
    guard (2...1_000_000_000).contains(members) else {
      throw ValidationError(
        "--members \(members) is outside 2...1000000000: two images are needed to contrast")
    }
  }
}
