import Foundation
import TestSupport
import Testing

/// The built program, which stands beside the tests.
enum Program {
  struct Answer {
    let code: Int32
    let output: String
    let errors: String
  }

  private static var executable: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "encodermi")
  }

  /// Runs the program to its end.
  /// - Parameter meanwhile: called once it runs.
  static func run(_ arguments: [String], in folder: URL, meanwhile: ((Process) -> Void)? = nil) throws
    -> Answer
  {
    try run(executable, arguments, in: folder, meanwhile: meanwhile)
  }

  /// Runs a line of shell, in which `$E` is the program.
  static func shell(_ line: String, in folder: URL) throws -> Answer {
    try run(URL(filePath: "/bin/bash"), ["-c", "E='\(executable.path)'; \(line)"], in: folder)
  }

  /// Open MPI's launcher, where it is installed.
  static let launcher = ["/usr/bin/mpirun.openmpi", "/usr/bin/mpirun"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Runs the program in several processes, which share what processors there are.
  /// - Parameter meanwhile: called with the launcher once it runs.
  static func run(
    processes: Int, _ arguments: [String], in folder: URL, meanwhile: ((Process) -> Void)? = nil
  ) throws -> Answer {
    let options = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-np", "\(processes)"]
    return try run(
      URL(filePath: try #require(launcher)), options + [executable.path] + arguments, in: folder,
      meanwhile: meanwhile)
  }

  private static func run(
    _ program: URL, _ arguments: [String], in folder: URL, meanwhile: ((Process) -> Void)? = nil
  ) throws -> Answer {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // Files take any amount of text; a pipe that nobody empties would stop the program.
    let files = ["output", "errors"].map { folder.appending(path: ".\($0)-\(UUID().uuidString)") }
    let handles = try files.map { file in
      try Data().write(to: file)
      return try FileHandle(forWritingTo: file)
    }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    try process.run()
    meanwhile?(process)
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    for file in files { try FileManager.default.removeItem(at: file) }
    return Answer(code: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}

/// A folder with 32 tiny pictures of two classes in `images`, and settings for a pre-training of a second.
struct Workplace {
  let folder: URL

  static func with(_ body: (Workplace) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyImages.write(32, classes: 2, to: folder.appending(path: "images"))
      try Data(#"{"head": {"hiddenWidths": [16], "width": 8}}"#.utf8).write(
        to: folder.appending(path: "small.json"))
      try body(Workplace(folder: folder))
    }
  }

  func run(_ arguments: String...) throws -> Program.Answer { try Program.run(arguments, in: folder) }

  static let pretraining = [
    "--data", "images", "--members", "6", "--config", "small.json", "--encoder", "resnet18-16-stem4",
    "--image-size", "16", "--batch", "6", "--epochs", "3",
  ]

  /// `pretrain` of a tiny encoder with further options, which may repeat those above.
  func pretrain(_ algorithm: String = "simclr", _ options: String...) throws -> Program.Answer {
    try Program.run(["pretrain", algorithm] + Workplace.pretraining + options, in: folder)
  }

  /// Pre-trains a target and a shadow.
  func pretrainBoth() throws -> [Program.Answer] {
    try zip(["target", "shadow"], ["5", "6"]).map { group, seed in
      try pretrain("simclr", "--group", group, "--out", group, "--checkpoints", "1", "--seed", seed)
    }
  }

  func attack(_ options: String...) throws -> Program.Answer {
    try Program.run(
      ["attack", "--target", "target", "--shadow", "shadow", "--views", "3", "--classifiers", "quick"]
        + options,
      in: folder)
  }

  /// Whether the attack that a classifier comes from was told from chance, so that it gives verdicts.
  func tells(_ classifier: String) throws -> Bool {
    let recipe =
      try JSONSerialization.jsonObject(with: try data("\(classifier)/recipe.json")) as? [String: Any]
    return try ["auc", "balancedAccuracy"].allSatisfy { key in
      let found = (recipe?["measured"] as? [String: Any])?[key] as? [String: Any]
      return try #require(found?["low"] as? Double) > 0.5
    }
  }

  func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }

  func data(_ path: String) throws -> Data { try Data(contentsOf: folder.appending(path: path)) }

  func json(_ text: Data) throws -> [String: Any]? {
    try JSONSerialization.jsonObject(with: text) as? [String: Any]
  }

  /// The names in a folder, sorted.
  func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path).sorted()
  }
}
