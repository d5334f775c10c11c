import Files
import Foundation
import Testing
import Vision

@testable import Contrastive

struct PretrainingConfigurationTests {
  private static let presets: [PretrainingConfiguration] = [
    .mocoPaper, .mocoOriginal, .mocoQuick, .simclrPaper, .simclrQuick,
  ]

  @Test("Every preset is valid and comes back from JSON as it was", arguments: presets)
  func isValid(_ preset: PretrainingConfiguration) throws {
    try preset.validate()
    let back = try Configuration.decode(
      PretrainingConfiguration.self, from: try Configuration.encode(preset), file: "preset")
    #expect(back == preset)
  }

  private struct Fault: Sendable, CustomTestStringConvertible {
    let path: String
    let change: @Sendable (inout PretrainingConfiguration) -> Void
    var testDescription: String { path }

    init(_ path: String, _ change: @escaping @Sendable (inout PretrainingConfiguration) -> Void) {
      (self.path, self.change) = (path, change)
    }

    static func moco(_ key: String, _ change: @escaping @Sendable (inout MoCoConfiguration) -> Void) -> Fault
    {
      Fault("algorithm.moco.\(key)") { configuration in
        var moco = MoCoConfiguration()
        change(&moco)
        configuration.algorithm = .moco(moco)
      }
    }
  }

  private static let faults: [Fault] = [
    .moco("queueSize") { $0.queueSize = 0 },
    .moco("queueSize") { $0.queueSize = .max },
    .moco("keyMomentum") { $0.keyMomentum = 1.01 },
    .moco("keyMomentum") { $0.keyMomentum = .nan },
    .moco("temperature") { $0.temperature = 0 },
    .moco("normGroups") { $0.normGroups = 0 },
    Fault("algorithm.simclr.temperature") { $0.algorithm = .simclr(SimCLRConfiguration(temperature: -1)) },
    Fault("algorithm.simclr.temperature") {
      $0.algorithm = .simclr(SimCLRConfiguration(temperature: .infinity))
    },
    Fault("encoder") { $0.encoder.width = 0 },
    Fault("encoder") { $0.encoder.stemStride = 3 },
    Fault("encoder") { $0.encoder = ImageEncoderConfiguration(.vgg11, imageSize: 16) },
    Fault("head.width") { $0.head.width = 0 },
    Fault("head.hiddenWidths") { $0.head.hiddenWidths = [16, -1] },
    Fault("augmentation") { $0.augmentation.hue = 0.6 },
    Fault("augmentation.outputSize") { $0.augmentation.outputSize = 64 },
    Fault("epochs") { $0.epochs = 0 },
    Fault("epochs") { $0.epochs = .max },
    Fault("batch") { $0.batch = 1 },
    Fault("batch") { $0.algorithm = .simclr(SimCLRConfiguration(normGroups: .max)) },
    Fault("optimiser.adam.beta1") { $0.optimiser = .adam(beta1: 1) },
    Fault("learningRate") { $0.learningRate = 0 },
    Fault("learningRate") { $0.learningRate = .nan },
    Fault("schedule.warmUpCosine.warmUp") { $0.schedule = .warmUpCosine(warmUp: 1) },
    Fault("gradientClip") { $0.gradientClip = 0 },
    Fault("checkpointEpochs") { $0.checkpointEpochs = [1, 1001] },
    Fault("checkpointEpochs") { $0.checkpointEpochs = [0] },
    Fault("monitorInterval") { $0.monitorInterval = -1 },
  ]

  @Test("A field out of its range is refused by its path", arguments: faults)
  private func refuses(_ fault: Fault) throws {
    var configuration = PretrainingConfiguration.simclrQuick
    fault.change(&configuration)
    let error = try #require(throws: InvalidSetting.self) { try configuration.validate() }
    #expect(error.path == fault.path)
  }

  @Test("Groups of batch norm need whole batches that they divide")
  func normGroups() throws {
    var configuration = PretrainingConfiguration.mocoPaper
    configuration.batch = 100
    #expect(throws: InvalidSetting.self) { try configuration.validate() }
    configuration.batch = 104
    try configuration.validate()
    configuration.batch = 8
    #expect(throws: InvalidSetting.self) { try configuration.validate() }
  }

  @Test("Batches that are cut to the members' number are seen to divide into groups once that is known")
  func cutBatches() throws {
    var configuration = PretrainingConfiguration.mocoPaper
    (configuration.batch, configuration.dropsIncompleteBatch) = (100, false)
    try configuration.validate()
    try configuration.requireShares(of: [96, 104], processes: 4, normalises: true)
    #expect(throws: PretrainingError.unevenGroups(batch: 99, normGroups: 8)) {
      try configuration.requireShares(of: [96, 99], processes: 1, normalises: true)
    }
  }

  @Test("Processes share whole groups of batch norm; an encoder without it is shared by any number")
  func processes() throws {
    var configuration = PretrainingConfiguration.simclrQuick
    configuration.algorithm = .simclr(SimCLRConfiguration(normGroups: 4))
    try configuration.requireShares(of: [24, 24], processes: 2, normalises: true)
    try configuration.requireShares(of: [25, 24], processes: 3, normalises: false)
    #expect(
      throws: PretrainingError.undividedGroups(
        processes: 3, normGroups: 4, batch: 24, fitting: [3, 6, 12], counts: [1, 2, 4])
    ) { try configuration.requireShares(of: [24, 24], processes: 3, normalises: true) }
    #expect(throws: PretrainingError.tooManyProcesses(5, batch: 4)) {
      try configuration.requireShares(of: [8, 4], processes: 5, normalises: false)
    }
  }

  @Test(
    "One group of batch norm goes without saying in files, so that their digests stay; others are written and read"
  )
  func groupsInFiles() throws {
    for (groups, isWritten) in [(1, false), (2, true)] {
      var clip = try #require(PretrainingConfiguration.clipQuick.algorithm.clip)
      clip.normGroups = groups
      for algorithm in [Algorithm.simclr(SimCLRConfiguration(normGroups: groups)), .clip(clip)] {
        let data = try Configuration.encode(algorithm)
        #expect(String(decoding: data, as: UTF8.self).contains("normGroups") == isWritten)
        #expect(try Configuration.decode(Algorithm.self, from: data, file: "settings.json") == algorithm)
      }
    }
  }

  @Test("A file gives some settings, the preset the others")
  func defaults() throws {
    let json = #"{"epochs": 7, "algorithm": {"simclr": {"temperature": 0.25}}, "head": {"width": 32}}"#
    var expected = PretrainingConfiguration.simclrQuick
    (expected.epochs, expected.head.width) = (7, 32)
    expected.algorithm = .simclr(SimCLRConfiguration(temperature: 0.25))
    let read = try Configuration.decode(
      from: Data(json.utf8), file: "settings.json", defaults: PretrainingConfiguration.simclrQuick)
    #expect(read == expected)
  }

  @Test(
    "A key that nobody knows is refused by its path",
    arguments: [
      (#"{"epoch": 7}"#, "epoch"), (#"{"head": {"widht": 7}}"#, "head.widht"),
      (#"{"algorithm": {"simclr": {"temp": 1}}}"#, "algorithm.simclr.temp"),
    ])
  func unknownKeys(json: String, path: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try Configuration.decode(
        from: Data(json.utf8), file: "settings.json", defaults: PretrainingConfiguration.simclrQuick)
    }
    guard case .unknownKey("settings.json", path, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("An algorithm that is none, or two, is refused", arguments: ["{}", #"{"byol": {}}"#])
  func unknownAlgorithm(json: String) {
    #expect(throws: ConfigurationError.self) {
      try Configuration.decode(Algorithm.self, from: Data(json.utf8), file: "settings.json")
    }
  }
}
