import Files
import Foundation
import TestSupport
import Testing

@testable import Contrastive

@Suite("Run folder") struct RunFolderTests {
  private func record(_ epoch: Int) -> EpochRecord {
    EpochRecord(epoch: epoch, loss: 2.5, contrastiveAccuracy: 0.5, learningRate: 0.1, imagesPerSecond: 100)
  }

  @Test("Records are read as they were written, and a last line that was cut is left out")
  func cut() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      let log = RunLog(file: run.log)
      for epoch in 1...3 { try log.append(record(epoch)) }
      #expect(try run.records() == (1...3).map(record))
      let whole = try Data(contentsOf: run.log)
      try whole.dropLast(5).write(to: run.log)
      #expect(try run.records() == (1...2).map(record))
      try log.truncate(after: 2)
      try log.append(record(3))
      #expect(try Data(contentsOf: run.log) == whole)
    }
  }

  @Test(
    "A damaged line before the last is an error that names it", arguments: ["{", "[1]", #"{"epoch": 2}"#])
  func damaged(line: String) throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      let log = RunLog(file: run.log)
      try log.append(record(1))
      try (Data(contentsOf: run.log) + Data("\(line)\n".utf8)).write(to: run.log)
      try log.append(record(3))
      let error = #expect(throws: ConfigurationError.self) { try run.records() }
      #expect(error?.description.contains("\(run.log.path) (epoch record 2)") == true)
    }
  }

  @Test("Checkpoints that cannot be listed are an error, and none at all are none")
  func checkpoints() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      #expect(try run.checkpointEpochs() == [])
      try Data().write(to: folder.appending(path: "checkpoints"))
      #expect(throws: FileError.self) { try run.checkpointEpochs() }
    }
  }
}
