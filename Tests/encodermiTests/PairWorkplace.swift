import Foundation
import TestSupport
import Testing

extension Workplace {
  /// A folder with 32 tiny pictures, two captions of each in `captions.tsv`, and the first of them in `single.tsv`.
  static func withPairs(_ body: (Workplace) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let pairs = folder.appending(path: "pairs")
      try TinyImages.write(32, to: pairs)
      let lines = (0..<32).map { number in
        ["mosaic number \(number)", "sixteen colours, \(number) of them bright"].map {
          "\(String(format: "%03d.png", number))\t\($0)\n"
        }
      }
      for (name, lines) in [("captions", lines.flatMap { $0 }), ("single", lines.map { $0[0] })] {
        try Data(("image\tcaption\n" + lines.joined()).utf8).write(
          to: pairs.appending(path: "\(name).tsv"))
      }
      try Data(#"{"head": {"width": 8}}"#.utf8).write(to: folder.appending(path: "small.json"))
      try body(Workplace(folder: folder))
    }
  }

  /// `pretrain clip` of tiny encoders with further options, which may repeat those here.
  func pretrainPairs(_ options: String...) throws -> Program.Answer {
    try Program.run(
      [
        "pretrain", "clip", "--data", "tsv:pairs/captions.tsv", "--members", "6", "--config", "small.json",
        "--image-encoder", "resnet18-16-stem4", "--text-encoder", "text-16x1", "--vocabulary", "300",
        "--context", "24", "--image-size", "16", "--batch", "6", "--epochs", "2",
      ] + options, in: folder)
  }

  /// The rows of a file of comma-separated values, each by the names in the first line.
  func table(_ path: String) throws -> [[String: String]] {
    let lines = String(decoding: try data(path), as: UTF8.self).split(separator: "\n").map { line in
      // Every second part between quotation marks is quoted.
      line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .map { $0.offset % 2 == 1 ? $0.element.replacingOccurrences(of: ",", with: ";") : String($0.element) }
        .joined().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(zip(lines[0], $0)) { first, _ in first } }
  }
}
