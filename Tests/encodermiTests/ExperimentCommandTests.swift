import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// `encodermi experiment` on a command line, short of pre-training anything.
@Suite struct ExperimentCommandTests {
  private func errors(_ arguments: [String], code: Int32, in folder: URL) throws -> String {
    let answer = try Program.run(["experiment"] + arguments, in: folder)
    #expect(answer.code == code, "\(arguments): \(answer.errors)")
    return answer.errors
  }

  @Test("All experiments are listed, and each says its cells")
  func listed() throws {
    try withTemporaryFolder { folder in
      let list = try Program.run(["experiment", "list"], in: folder).output
      #expect(list.split(separator: "\n").map { $0.prefix { $0 != " " } } == Study.all.map { $0.name[...] })
      let shown = try Program.run(["experiment", "show", "clip", "--scale", "desktop"], in: folder).output
      #expect(shown.contains("\n  pair CLIP on other pairs\n") && shown.contains("seeds: 0, 1, 2\n"))
      let full = try Program.shell("$E experiment show clip > /dev/full; echo $?", in: folder)
      #expect(full.output == "1\n" && full.errors.contains("standard output"))
    }
  }

  @Test("Wrong names and places are refused with what there is")
  func refused() throws {
    try withTemporaryFolder { folder in
      try Data("x".utf8).write(to: folder.appending(path: "file"))
      for (arguments, says) in [
        (["show", "nosuch"], "background-knowledge"),
        (["run", "nosuch", "--out", "o"], "background-knowledge"),
        (["run", "views", "--out", "o", "--scale", "huge"], "desktop"),
        (["run", "views", "--out", "o", "--part", "3/2"], "as 1/2"),
        (["run", "views", "--out", "o", "--on", "mars"], "cifar10"),
        (["run", "views", "--out", "o", "--cifar10", "nowhere"], "there is no such folder"),
        (["run", "views", "--out", "file"], "--out file: it is no folder"),
        (["run", "views", "--out", "o", "--store", "file"], "--store file: it is no folder"),
        (["run", "views", "--out", "o", "--trials", "0"], "1...1000"),
      ] {
        #expect(try errors(arguments, code: 64, in: folder).contains(says), "\(arguments)")
      }
      #expect(!Paths.exists(folder.appending(path: "o").path))
      #expect(try errors(["merge", "file", "--out", "o"], code: 1, in: folder).contains("file"))
    }
  }

  @Test("Data that are not at hand are named once with how to get them, and nothing is written")
  func withoutData() throws {
    try withTemporaryFolder { folder in
      let said = try errors(
        ["run", "baselines", "views", "--scale", "desktop", "--out", "o"], code: 1, in: folder)
      #expect(said.contains("views, 8 cells (2; 4; 6; 8; 10; 15; 20; 30): not at hand: CIFAR-10"))
      #expect(said.components(separatedBy: "cifar-10-binary.tar.gz").count == 3)
      #expect(said.contains("nothing is left to be made"))
      #expect(!Paths.exists(folder.appending(path: "o").path))
    }
  }
}
