import Attack
import Contrastive
import Data
import Files
import Foundation
import TestSupport
import Text
import Vision

@testable import Experiments

/// Studies of a second: encoders of two epochs on pictures of 16 pixels.
struct TinyStudy {
  let folder: URL

  /// Calls `body` with a folder of pictures for the main cells and one for the other distribution.
  static func with(_ body: (TinyStudy) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyImages.write(48, classes: 2, to: folder.appending(path: "main"))
      try TinyImages.write(40, size: 18, to: folder.appending(path: "other"))
      try body(TinyStudy(folder: folder))
    }
  }

  static func scale(epochs: Int = 2, members: Int = 6) -> StudyScale {
    let encoder = ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4, imageSize: 16)
    func tiny(_ preset: PretrainingConfiguration) -> PretrainingConfiguration {
      var tiny = preset
      (tiny.encoder, tiny.augmentation.outputSize, tiny.epochs, tiny.batch) = (encoder, 16, epochs, 3)
      (tiny.checkpointEpochs, tiny.monitorInterval) = ([1, epochs], 1)
      return tiny
    }
    var moco = tiny(.mocoQuick)
    moco.algorithm = .moco(MoCoConfiguration(queueSize: 3, keyMomentum: 0.9, temperature: 0.1, normGroups: 1))
    var audit = StudyScale.quick.audit
    audit.views = 3
    audit.classifiers.vector.epochs = 2
    audit.classifiers.set.epochs = 2
    return StudyScale(
      name: "quick", summary: "tiny", seeds: [0, 1], members: members, moco: moco, simclr: tiny(.simclrQuick),
      clip: tiny(.clipQuick), pairs: members,
      otherEncoder: ImageEncoderConfiguration(.resnet18, width: 32, stemStride: 4, imageSize: 16),
      audit: audit, sizes: [4, members], views: [2, 3], widths: [16, 32])
  }

  var folders: StudyFolders {
    StudyFolders([
      "openclipart": folder.appending(path: "main").path, "emoji": folder.appending(path: "other").path,
    ])
  }

  func plan(_ studies: [Study], scale: StudyScale = TinyStudy.scale(), store: String = "store") throws
    -> StudyPlan
  {
    try StudyPlan(
      studies, of: try StudyMaterial(scale, in: folders), in: EncoderStore(folder.appending(path: store)))
  }

  func job(
    _ studies: [Study], scale: StudyScale = TinyStudy.scale(), store: String = "store", out: String = "out",
    part: String? = nil
  ) throws -> StudyJob {
    try StudyJob(
      try plan(studies, scale: scale, store: store), in: folder.appending(path: out),
      part: part.flatMap(WorkPart.init))
  }

  /// Begins, runs, and returns the results.
  func run(_ job: StudyJob, isResuming: Bool = false) throws -> [StudyResults]? {
    try job.begin(isResuming: isResuming)
    return try job.run()
  }

  /// Every file below a folder with its bytes.
  func files(_ name: String) throws -> [String: Data] {
    let folder = folder.appending(path: name)
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: name)
      if !Paths.isFolder(file.path) { found[name] = try Data(contentsOf: file) }
    }
    return found
  }
}
