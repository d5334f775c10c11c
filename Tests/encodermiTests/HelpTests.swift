import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import encodermi

/// What `--help` shows, on a terminal of 80 columns.
@Suite struct HelpTests {
  private static let texts = [
    Root.helpMessage(columns: 80), Root.helpMessage(for: Pretrain.self, columns: 80),
    Root.helpMessage(for: PretrainMoCo.self, columns: 80), Root.helpMessage(for: Attack.self, columns: 80),
    Root.helpMessage(for: Infer.self, columns: 80), Root.helpMessage(for: PretrainCLIP.self, columns: 80),
    Root.helpMessage(for: ReportCommand.self, columns: 80),
  ]

  /// The commands of a help text as a shell would read them: lines that begin with the program, and what their
  /// backslashes join to them.
  private func examples(_ text: String) -> [[String]] {
    var examples: [[String]] = []
    var isContinued = false
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if isContinued {
        examples[examples.count - 1] += words
      } else if words.first == "encodermi", words.count > 2 {
        examples.append(Array(words.dropFirst()))
      } else {
        continue
      }
      isContinued = examples[examples.count - 1].last == "\\"
      if isContinued { examples[examples.count - 1].removeLast() }
    }
    return examples
  }

  @Test("Every example can be copied: it is a whole command that parses")
  func copied() throws {
    let found = HelpTests.texts.flatMap(examples)
    #expect(found.count == 9)
    for example in found {
      #expect(throws: Never.self, "\(example)") { try Root.parseAsRoot(example) }
      #expect(example.contains("--out") || example.first == "infer", "\(example)")
    }
  }

  @Test("No line but the usage, which is one however long, is longer than 80 columns")
  func width() {
    for text in HelpTests.texts {
      for line in text.split(separator: "\n") where !line.hasPrefix("USAGE:") {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }

  @Test("Presets stand in a line each, with encoder, epochs, batch and learning rate")
  func presets() {
    let lines = HelpTests.texts[1].split(separator: "\n").map(String.init)
    #expect(lines.contains("  quick    resnet18-32-stem4, 1200 epochs, batch 50, Adam 0.001"))
    #expect(lines.contains("  original resnet18-64, 200 epochs, batch 256, SGD 0.03"))
    #expect(lines.contains("  paper    resnet18-64, 1600 epochs, batch 256, Adam 0.001"))
    #expect(HelpTests.texts[2].contains("  paper    resnet18-64, 1600 epochs, batch 512, SGD 0.06"))
    // How classifiers are trained is said where it is chosen.
    let attack = HelpTests.texts[3].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for words in [
      "standard (the default; the paper's training", "paper (EncoderMI-S as in", "quick (fewer epochs",
    ] {
      #expect(attack.contains(words), "\(words)")
    }
  }

  @Test("Scripts that complete the command line are printed for three shells, and bash reads its own")
  func completion() throws {
    try withTemporaryFolder { folder in
      for shell in ["bash", "zsh", "fish"] {
        let script = try Program.run(["--generate-completion-script", shell], in: folder)
        #expect(script.code == 0 && script.output.contains("pretrain") && script.output.contains("views"))
      }
      let read = try Program.shell("$E --generate-completion-script bash | bash -n", in: folder)
      #expect(read.code == 0 && read.errors.isEmpty, "\(read.errors)")
    }
  }
}
