import Foundation
import TestSupport
import Testing

/// One encoder trained by processes that Open MPI's mpirun started; skipped where that is not installed.
@Suite(.serialized, .enabled(if: Program.launcher != nil)) struct ProcessesTests {
  /// Two batches of 4 images an epoch.
  private static let options = [
    "--data", "images", "--members", "8", "--encoder", "resnet18-16-stem4", "--image-size", "16",
    "--batch", "4", "--norm-groups", "2", "--threads", "1",
  ]

  private func pretrain(
    _ algorithm: String = "simclr", to out: String, epochs: Int = 3, _ more: String..., processes: Int = 2,
    in place: Workplace, meanwhile: ((Process) -> Void)? = nil
  ) throws -> Program.Answer {
    let settings = algorithm == "simclr" ? "small.json" : "queue.json"
    return try Program.run(
      processes: processes,
      ["pretrain", algorithm] + ProcessesTests.options
        + ["--config", settings, "--epochs", "\(epochs)", "--out", out] + more,
      in: place.folder, meanwhile: meanwhile)
  }

  private func weights(_ out: String, in place: Workplace) throws -> Data {
    try Data(contentsOf: place.folder.appending(path: "\(out)/encoder/weights.safetensors"))
  }

  private func files(_ out: String, in place: Workplace) throws -> Set<String> {
    Set(try FileManager.default.subpathsOfDirectory(atPath: place.folder.appending(path: out).path))
  }

  /// Waits until a run has ended an epoch.
  private func waitForEpoch(of out: String, in place: Workplace) {
    let log = place.folder.appending(path: "\(out)/log.jsonl").path
    for _ in 0..<6000 where !FileManager.default.fileExists(atPath: log) { usleep(10_000) }
  }

  @Test(
    "Two processes leave one run with the files of one process's, speak once, and give the same bits again")
  func twoProcesses() throws {
    try Workplace.with { place in
      let answer = try pretrain(to: "two", in: place)
      #expect(answer.code == 0, "\(answer.errors)")
      #expect(answer.output.split(separator: "\n").count { $0.hasPrefix("pre-training") } == 1)
      #expect(answer.output.contains("in 2 processes of 1 threads"))
      #expect(answer.output.split(separator: "\n").count { $0.hasPrefix("finished") } == 1)
      #expect(try pretrain(to: "again", in: place).code == 0)
      #expect(try weights("two", in: place) == weights("again", in: place))
      let alone = try pretrain(to: "alone", processes: 1, in: place)
      #expect(alone.code == 0, "\(alone.errors)")
      #expect(try files("two", in: place) == files("alone", in: place))
    }
  }

  @Test("Where one process is asked to stop all do, in order, and the run goes on to the same bits")
  func stops() throws {
    try Workplace.with { place in
      let settings =
        #"{"head": {"hiddenWidths": [16], "width": 8}, "algorithm": {"moco": {"queueSize": 8}}}"#
      try Data(settings.utf8).write(to: place.folder.appending(path: "queue.json"))
      #expect(try pretrain("moco", to: "whole", epochs: 60, in: place).code == 0)
      let stopped = try pretrain("moco", to: "parts", epochs: 60, in: place) { launcher in
        waitForEpoch(of: "parts", in: place)
        kill(ProcessesTests.children(of: launcher.processIdentifier).last ?? 0, SIGUSR1)
      }
      #expect(stopped.code == 130, "\(stopped.errors)")
      #expect(stopped.output.contains("interrupted after epoch"))
      let resumed = try pretrain("moco", to: "parts", epochs: 60, "--resume", in: place)
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try weights("whole", in: place) == weights("parts", in: place))
    }
  }

  @Test(
    "Where a process is killed all end, and the run goes on to the same bits, or with another number of processes"
  )
  func killed() throws {
    try Workplace.with { place in
      #expect(try pretrain(to: "whole", epochs: 30, in: place).code == 0)
      let killed = try pretrain(to: "parts", epochs: 30, in: place) { launcher in
        waitForEpoch(of: "parts", in: place)
        kill(ProcessesTests.children(of: launcher.processIdentifier).last ?? 0, SIGKILL)
      }
      #expect(killed.code != 0)
      #expect(killed.errors.contains("signal 9"), "\(killed.errors)")
      let copy = place.folder.appending(path: "other")
      try FileManager.default.copyItem(at: place.folder.appending(path: "parts"), to: copy)
      let resumed = try pretrain(to: "parts", epochs: 30, "--resume", in: place)
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try weights("whole", in: place) == weights("parts", in: place))
      let alone = try pretrain(to: "other", epochs: 30, "--resume", processes: 1, in: place)
      #expect(alone.code == 0, "\(alone.errors)")
    }
  }

  private static func children(of parent: Int32) -> [Int32] {
    // A launcher that has ended has none.
    let list = (try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)) ?? ""
    return list.split(separator: " ").compactMap { Int32($0) }
  }

  @Test("What fails in all processes is told once, with what to do")
  func failure() throws {
    try Workplace.with { place in
      let answer = try pretrain(to: "run", "--norm-groups", "1", in: place)
      #expect(answer.code != 0)
      #expect(
        answer.errors.components(separatedBy: "--norm-groups 2 would do").count == 2, "\(answer.errors)")
      #expect(!FileManager.default.fileExists(atPath: place.folder.appending(path: "run").path))
    }
  }

  @Test("Other commands are refused, once")
  func refused() throws {
    try Workplace.with { place in
      let answer = try Program.run(
        processes: 2, ["embed", "--encoder", "run", "--out", "out.npy", "images"], in: place.folder)
      #expect(answer.code != 0)
      let sentence = "is the work of one process, but 2 were started"
      #expect(answer.errors.components(separatedBy: sentence).count == 2, "\(answer.errors)")
    }
  }

  @Test("bench --mpi counts as many bytes as it computes")
  func bytes() throws {
    try withTemporaryFolder { folder in
      let answer = try Program.run(
        processes: 2, ["bench", "--mpi", "--only", "stem4", "--seconds", "0.1", "--threads", "1"], in: folder)
      #expect(answer.code == 0, "\(answer.errors)")
      let line = try #require(answer.output.split(separator: "\n").first)
      let json = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let communication = try #require(json["communication"] as? [String: Any])
      let sent = try #require(communication["bytesSent"] as? Int)
      #expect(sent > 0 && communication["bytesComputed"] as? Int == sent && json["processes"] as? Int == 2)
    }
  }

  @Test("A launcher whose library finds no other process is named, and nothing is trained")
  func otherCount() throws {
    try Workplace.with { place in
      let answer = try Program.shell(
        "OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "
          + "\"$E\" pretrain simclr --data images --members 8 --out run", in: place.folder)
      #expect(answer.code != 0)
      #expect(answer.errors.contains("the launcher started 2 processes"), "\(answer.errors)")
      #expect(!FileManager.default.fileExists(atPath: place.folder.appending(path: "run").path))
    }
  }
}
