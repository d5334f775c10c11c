import Files
import Foundation
import TestSupport
import Testing

/// Options of data with captions reach the data, and none is dropped in silence.
@Suite(.serialized) struct PairDataOptionsTests {
  /// A table with titles of its own, a broken line, text that is not UTF-8 and a picture that is there twice.
  private func writeOddTable(_ place: Workplace) throws {
    var bytes = Data("words\tpicture\tby\n".utf8)
    for number in 0..<26 {
      bytes += Data("mosaic \(number)\t\(String(format: "%03d.png", number))\tme\n".utf8)
    }
    bytes += Data("too few\t026.png\n".utf8) + Data("mosa".utf8) + Data([0xFF])
    bytes += Data("c 27\t027.png\tme\nthe first again\tcopy.png\tme\n".utf8)
    try bytes.write(to: place.folder.appending(path: "pairs/odd.tsv"))
    try FileManager.default.copyItem(
      at: place.folder.appending(path: "pairs/000.png"), to: place.folder.appending(path: "pairs/copy.png"))
  }

  @Test("Columns, doubles, broken text and broken records are handled as the options say")
  func handled() throws {
    try Workplace.withPairs { place in
      try writeOddTable(place)
      let all = [
        "--image-column", "picture", "--caption-column", "words", "--duplicates", "keep", "--broken-text",
        "repair", "--damaged-records", "skip",
      ]
      func pretrain(_ options: [String], _ algorithm: String = "simclr") throws -> Program.Answer {
        try Program.run(
          [
            "pretrain", algorithm, "--data", "tsv:pairs/odd.tsv", "--members", "6", "--encoder",
            "resnet18-16-stem4", "--image-size", "16", "--batch", "6", "--epochs", "1", "--out", "run",
          ] + options, in: place.folder)
      }
      for (left, words) in [
        (0, "picture, by"), (2, "words, picture"), (6, "does not continue UTF-8"),
        (8, "2 fields, expected 3"),
      ] {
        let answer = try pretrain(Array(all[..<left] + all[(left + 2)...]))
        #expect(answer.code == 1 && answer.errors.contains(words), "\(answer.errors)")
        // The option that was left out is the one that helps.
        let hint = answer.errors.split(separator: "(").dropFirst().contains { $0.contains(all[left]) }
        #expect(hint, "\(answer.errors)")
      }
      let refused = try pretrain(all + ["--duplicates", "refuse"])
      #expect(refused.code == 1 && refused.errors.contains("copy.png: duplicate"), "\(refused.errors)")
      #expect(!place.isThere("run"))
      let answer = try pretrain(all)
      #expect(answer.code == 0, "\(answer.errors)")
      #expect(answer.errors.contains("odd.tsv:28") && !answer.errors.contains("duplicate"))
      #expect(answer.output.contains("members of 28 images"))
      let options = try #require(try place.json(place.data("run/run.json"))?["options"] as? [String: Any])
      for (key, value) in [
        ("imageColumn", "picture"), ("captionColumn", "words"), ("duplicates", "keep"),
        ("brokenText", "repair"), ("damagedRecords", "skip"),
      ] { #expect(options[key] as? String == value) }
    }
  }

  @Test("An option that the data or the tokenizer know nothing of is refused by name")
  func refused() throws {
    try Workplace.withPairs { place in
      let lines = (0..<32).map {
        "\(String(format: "%03d.png", $0))\tmosaic \($0)\t\($0 < 24 ? "train" : "test")\n"
      }
      try Data(("image\tcaption\tsplit\n" + lines.joined()).utf8).write(
        to: place.folder.appending(path: "pairs/split.tsv"))
      for (options, words) in [
        (["simclr", "--data", "pairs", "--language", "th"], "--language: pairs is opened as images alone"),
        (["moco", "--data", "pairs", "--broken-text", "repair"], "--broken-text: "),
        (
          ["clip", "--data", "flickr8k:pairs", "--caption-column", "x"],
          "--caption-column: the format flickr8k"
        ),
        (
          ["clip", "--data", "webdataset:pairs", "--image-column", "x"],
          "--image-column: the format webdataset"
        ),
        (
          ["clip", "--data", "webdataset:pairs", "--part-column", "x"],
          "--part-column: the format webdataset"
        ),
        (
          ["clip", "--data", "pairs", "--tokenizer", "x", "--vocabulary", "400"],
          "--vocabulary is for a tokenizer"
        ),
        (
          ["simclr", "--data", "tsv:pairs/split.tsv", "--parts", "train", "--nonmembers-from", "test"],
          "--nonmembers-from test: --parts train leaves that part out"
        ),
        (
          ["simclr", "--data", "tsv:pairs/split.tsv", "--nonmembers-from", "dev"],
          "--nonmembers-from dev: the data set has no such part; it has train, test"
        ),
        (["clip", "--data", "pairs", "--tokenizer", "x", "--context", "40"], "--context is for a tokenizer"),
        (["clip", "--data", "pairs", "--stored-size", "0"], "--stored-size 0"),
        (["clip", "--data", "pairs", "--duplicates", "drop"], "--duplicates"),
        (
          ["clip", "--data", "pairs", "--text-encoder", "bert"],
          "--text-encoder: No text encoder is called “bert”"
        ),
        (["clip", "--data", "pairs", "--text-encoder", "text-0x2"], "--text-encoder: width: found 0"),
        (
          ["clip", "--data", "pairs", "--image-encoder", "resnet50"], "--image-encoder: no encoder is called"
        ),
        (["clip", "--data", "pairs", "--image-encoder", "vit-0x2"], "--image-encoder: encoder: "),
        (["simclr", "--data", "pairs", "--encoder", "resnet50"], "--encoder: no encoder is called"),
      ] {
        let answer = try Program.run(["pretrain"] + options + ["--out", "run"], in: place.folder)
        #expect(answer.code == 64 && answer.errors.contains(words), "\(options): \(answer.errors)")
        #expect(!place.isThere("run"))
      }
    }
  }

  @Test(
    "A language says that it chooses nothing where there is one, and images alone are brought to a stored size"
  )
  func noted() throws {
    try Workplace.withPairs { place in
      let answer = try place.pretrainPairs("--language", "th", "--out", "run", "--parts", "train", "dev")
      // There are no official splits, and both names were read as parts.
      #expect(answer.code == 1 && answer.errors.contains("has no official splits"), "\(answer.errors)")
      #expect(answer.errors.contains("--language th chooses nothing"), "\(answer.errors)")
      let images = try Program.run(
        [
          "pretrain", "simclr", "--data", "folder:pairs", "--stored-size", "12", "--members", "4",
          "--encoder",
          "resnet18-16-stem4", "--image-size", "16", "--batch", "4", "--epochs", "1", "--out", "images",
        ], in: place.folder)
      #expect(images.code == 0, "\(images.errors)")
      #expect(try place.json(place.data("images/run.json"))?["imageSize"] as? Int == 12)
    }
  }

  @Test("What is for encoders with captions is refused for images alone, and with --growth")
  func attack() throws {
    try Workplace.with { place in
      #expect(try place.pretrainBoth().allSatisfy { $0.code == 0 })
      for option in [["--knowledge", "exact"], ["--variants", "4"], ["--references", "shadow"]] {
        func attack(_ more: [String]) throws -> Program.Answer {
          try Program.run(
            ["attack", "--target", "target", "--shadow", "shadow", "--out", "attack"] + option + more,
            in: place.folder)
        }
        let images = try attack([])
        #expect(
          images.code == 64 && images.errors.contains("\(option[0]) is for encoders trained with captions"))
        let growth = try attack(["--growth"])
        #expect(growth.code == 64 && growth.errors.contains("\(option[0]) has no meaning with --growth"))
      }
      let unknown = try place.attack("--out", "attack", "--knowledge", "nothing")
      #expect(unknown.code == 64 && unknown.errors.contains("exact, other, template"), "\(unknown.errors)")
      #expect(!place.isThere("attack"))
    }
  }
}
