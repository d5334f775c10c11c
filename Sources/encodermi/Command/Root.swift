import ArgumentParser
import Experiments
import Kernels

/// The command line: one experiment, from files to a report.
@main
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encodermi",
    abstract:
      "Tells whether images, captions or pairs of both were in a contrastively pre-trained encoder's training data.",
    discussion: """
      For auditing and research: attack encoders that are yours, or that you were asked to audit.

      The flow, here on the pictures that come with the project, with 250 members in each group:

        1. Pre-train the encoder under audit on its members:

      encodermi pretrain simclr --data data/openclipart --members 250 \\
        --group target --out runs/target

        2. Pre-train a shadow encoder of your own on other images, whose membership
           you therefore know:

      encodermi pretrain simclr --data data/openclipart --members 250 \\
        --group shadow --seed 1 --out runs/shadow

        3. Train the inference classifiers on the shadow, test them on the target,
           see how sure they are:

      encodermi attack --target runs/target --shadow runs/shadow --out runs/attack

        4. Ask about images of your own:

      encodermi infer --classifier runs/attack/classifiers/vector \\
        --target runs/target mine.png

      Steps 1 and 2 draw the same four disjoint groups (target and shadow, members and nonmembers) from \
      --split-seed; `encodermi demo` runs 1 to 3 in a few minutes. Data are folders of PNG or JPEG files, CIFAR-10 \
      and STL-10 in their binary formats, or Tiny-ImageNet. `encodermi pretrain clip` trains on images with captions, and \
      `encodermi compare` tells which way of training leaks more.
      """,
    version: Versions.program,
    subcommands: [
      Pretrain.self, Attack.self, Infer.self, Merge.self, ReportCommand.self, Verify.self, Questions.self,
      Embed.self,
      Owner.self, Compare.self, ExperimentCommand.self, Demo.self, Tokenize.self, Bench.self,
    ])

  static func main() {
    Console.prepare()
    Launch.restartWithShortSpins()
    Ending.run()
  }
}

/// Options that every computing command has.
struct MachineOptions: ParsableArguments {
  @Option(help: "Threads to compute with; all processors by default.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads) is outside 1...1024")
    }
  }

  func apply() { if let threads { Threads.set(threads) } }
}
