import Files
import Foundation
import TestSupport
import Testing

/// `infer` with classifiers of attacks on image and text encoders.
@Suite(.serialized) struct InferPairsTests {
  private func infer(
    _ place: Workplace, _ classifier: String, target: String = "target", _ options: String...
  ) throws -> Program.Answer {
    try Program.run(
      ["infer", "--classifier", "attack/\(classifier)", "--target", target] + options, in: place.folder)
  }

  private func rows(_ answer: Program.Answer) throws -> [[String: Any]] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [[String: Any]], "\(answer.errors)"
    )
  }

  /// Compares an answer with what the attack wrote of its own inputs, of which there are 12.
  private func check(
    _ place: Workplace, _ answer: Program.Answer, by classifier: String, against level: String,
    attack: String, key: ([String: Any]) -> String?
  ) throws {
    #expect(answer.code == 0 && answer.errors.isEmpty, "\(answer.errors)")
    let found = try rows(answer)
    let expected = try place.table("attack/\(level)/scores.csv").filter { $0["of"] == "target" }
    #expect(expected.count == 12)
    for row in expected {
      let own = try #require(found.first { key($0) == row["input"] }, "\(row)")
      let (score, wanted) = (try #require(own["score"] as? Double), Double(row["\(attack) score"] ?? ""))
      // Sums over batches of another size may differ in the last bits.
      #expect(abs(score - (wanted ?? .nan)) < 1e-4 * max(1, abs(score)), "\(row): \(own)")
      let tells = try place.tells("attack/\(level)/classifiers/\(classifier)")
      #expect(
        own["verdict"] as? String == (tells ? row["\(attack) decision"] : "cannot tell"), "\(row): \(own)")
    }
  }

  private func number(_ name: Any?) -> String? {
    (name as? String).flatMap { $0.split(separator: " ").compactMap { Int($0) }.first }
      .map { String(format: "%03d.png", $0) }
  }

  @Test(
    "Pictures, captions and pairs of the attack get the scores that it wrote, from the run or a checkpoint")
  func scores() throws {
    try Workplace.withPairs { place in
      for (group, seed) in [("target", "1"), ("shadow", "2")] {
        let answer = try place.pretrainPairs(
          "--group", group, "--seed", seed, "--out", group, "--checkpoints", "1")
        #expect(answer.code == 0, "\(answer.errors)")
      }
      #expect(try place.attack("--variants", "3", "--knowledge", "all", "--out", "attack").code == 0)
      let pairs = ["--format", "json", "--pairs", "tsv:pairs/captions.tsv"]
      for (level, start) in [("exact", "mosaic"), ("other", "sixteen")] {
        for (classifier, attack) in [
          ("vector-imageText", "EncoderMI-V (image-text)"), ("threshold-pair", "EncoderMI-T (pair)"),
          ("set-imageImage-textText-imageText-pair", "EncoderMI-S (all sets)"),
        ] {
          let answer = try infer(
            place, "\(level)/classifiers/\(classifier)", pairs[0], pairs[1], pairs[2], pairs[3])
          #expect(try rows(answer).count == 64)
          try check(place, answer, by: classifier, against: level, attack: attack) {
            ($0["caption"] as? String)?.hasPrefix(start) == true ? $0["file"] as? String : nil
          }
        }
      }
      let images = try infer(place, "imageOnly/classifiers/vector-imageImage", "--format", "json", "pairs")
      try check(
        place, images, by: "vector-imageImage", against: "imageOnly", attack: "EncoderMI-V (image-image)"
      ) {
        ($0["file"] as? String).map { String($0.dropFirst("pairs/".count)) }
      }
      let lines = (1..<32).map { "mosaic number \($0)\n" }.joined()
      try Data(lines.utf8).write(to: place.folder.appending(path: "mine.txt"))
      let captions = try infer(
        place, "captionOnly/classifiers/vector-textText", "--format", "json", "--caption",
        " mosaic number 0 ", "--captions", "mine.txt")
      try check(
        place, captions, by: "vector-textText", against: "captionOnly", attack: "EncoderMI-V (text-text)"
      ) {
        $0["file"] == nil ? number($0["caption"]) : nil
      }

      try checkForms(place)
      try checkData(place)
      try checkTargets(place)
      try checkOptions(place)
      try checkOmissions(place)
    }
  }

  /// The answer names what was asked about, in each form.
  private func checkForms(_ place: Workplace) throws {
    let classifier = "exact/classifiers/threshold-imageText"
    let csv = try infer(
      place, classifier, "--format", "csv", "--pairs", "pairs/captions.tsv", "--captions-per-image", "1")
    let lines = csv.output.split(separator: "\n")
    #expect(lines.count == 33 && lines[0] == "file,caption,verdict,score,threshold")
    #expect(lines[1].hasPrefix("000.png,mosaic number 0,"))
    let table = try infer(place, classifier, "--pairs", "pairs/captions.tsv")
    #expect(table.output.contains("sixteen colours, 3 of them bright"))
    #expect(table.output.contains("\n64 pairs: "))
    let texts = try infer(place, "exact/classifiers/vector-textText", "--format", "csv", "--caption", "a, b")
    #expect(texts.output.hasPrefix("caption,verdict,score,threshold\n\"a, b\","))
    // Captions by a template are what that level's classifiers were made for.
    let template = try infer(place, "template/classifiers/vector-textText", "--caption", "a photo of it")
    #expect(template.code == 0 && template.errors.contains("captions by a template"), "\(template.errors)")
    #expect(template.output.contains("\n1 caption: "))
  }

  /// A data set of any format gives its images, its captions, or both, and what is missing of it is named.
  private func checkData(_ place: Workplace) throws {
    func scores(_ classifier: String, _ options: String..., code: Int32 = 0) throws -> [String: Double] {
      let answer = try Program.run(
        ["infer", "--classifier", "attack/\(classifier)", "--target", "target", "--format", "json"] + options,
        in: place.folder)
      #expect(answer.code == code, "\(options): \(answer.errors)")
      if code == 2 { #expect(answer.errors.contains("missing.png"), "\(answer.errors)") }
      let found = try rows(answer).map { row in
        let file = (row["file"] as? String).map { String($0.split(separator: "/").last ?? "") }
        return ("\(file ?? "-") \(row["caption"] ?? "-")", try #require(row["score"] as? Double))
      }
      return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
    func expectSame(_ found: [String: Double], _ expected: [String: Double], count: Int) {
      #expect(found.count == count && Set(found.keys).isSubset(of: expected.keys))
      // Sums over batches of another size may differ in the last bits.
      for (key, score) in found { #expect(abs(score - (expected[key] ?? .nan)) < 1e-4 * max(1, abs(score))) }
    }
    let image = "imageOnly/classifiers/vector-imageImage"
    let files = try scores(image, "pairs")
    for data in ["folder:pairs", "tsv:pairs/single.tsv"] {
      expectSame(try scores(image, "--data", data), files, count: 32)
    }
    let text = "captionOnly/classifiers/vector-textText"
    let captions = try scores(text, "--captions", "mine.txt", "--caption", "mosaic number 0")
    expectSame(try scores(text, "--data", "tsv:pairs/single.tsv"), captions, count: 32)
    let pair = "exact/classifiers/vector-imageText"
    let pairs = try scores(pair, "--pairs", "tsv:pairs/single.tsv")
    expectSame(try scores(pair, "--data", "tsv:pairs/single.tsv"), pairs, count: 32)
    let table = "image\tcaption\n000.png\tmosaic number 0\nmissing.png\tnothing\n"
    try Data(table.utf8).write(to: place.folder.appending(path: "pairs/gap.tsv"))
    for (classifier, expected) in [(image, files), (text, captions), (pair, pairs)] {
      expectSame(try scores(classifier, "--data", "tsv:pairs/gap.tsv", code: 2), expected, count: 1)
    }
    let mute = try infer(place, text, "--data", "folder:pairs")
    #expect(mute.code == 1 && mute.errors.contains("folder"), "\(mute.errors)")
  }

  /// A checkpoint finds its tokenizer, and another encoder than was attacked is warned of.
  private func checkTargets(_ place: Workplace) throws {
    let pairs = "tsv:pairs/single.tsv"
    func ask(_ target: String) throws -> Program.Answer {
      try infer(
        place, "exact/classifiers/vector-imageText", target: target, "--pairs", pairs, "--format", "json")
    }
    let whole = try ask("target")
    let encoder = try ask("target/encoder")
    #expect(encoder.errors.isEmpty && encoder.output == whole.output, "\(encoder.errors)")
    for other in ["shadow", "target/checkpoints/epoch-1"] {
      let answer = try ask(other)
      #expect(answer.code == 0 && answer.errors.contains("is not the encoder that"), "\(answer.errors)")
    }
    let copy = place.folder.appending(path: "elsewhere/copy")
    try FileManager.default.createDirectory(
      at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: place.folder.appending(path: "target/encoder"), to: copy)
    let mute = try ask("elsewhere/copy")
    #expect(mute.code == 1 && mute.errors.contains("elsewhere/copy has no tokenizer"), "\(mute.errors)")
    // About pictures it answers without.
    let pictures = try ["target", "elsewhere/copy"].map { target in
      try infer(
        place, "imageOnly/classifiers/vector-imageImage", target: target, "--format", "json", "pairs")
    }
    #expect(pictures.allSatisfy { $0.code == 0 } && pictures[0].output == pictures[1].output)
    try FileManager.default.copyItem(
      at: place.folder.appending(path: "target/tokenizer"), to: copy.appending(path: "tokenizer"))
    let complete = try ask("elsewhere/copy")
    #expect(complete.errors.isEmpty && complete.output == whole.output, "\(complete.errors)")

    let images = try Program.run(
      [
        "pretrain", "simclr", "--data", "tsv:pairs/single.tsv", "--members", "6", "--encoder",
        "resnet18-16-stem4", "--image-size", "16", "--batch", "6", "--epochs", "1", "--out", "images",
      ], in: place.folder)
    #expect(images.code == 0, "\(images.errors)")
    for target in ["images", "images/encoder"] {
      let answer = try ask(target)
      #expect(
        answer.code == 1 && answer.errors.contains("\(target) was not pre-trained on captions"),
        "\(answer.errors)")
    }
  }

  /// What a classifier is not asked about is refused, and it says what it is asked about.
  private func checkOptions(_ place: Workplace) throws {
    let (pair, image, text) = ("vector-imageText", "vector-imageImage", "vector-textText")
    let pairs = ["--pairs", "tsv:pairs/single.tsv"]
    for (classifier, options, words) in [
      (pair, ["pairs/000.png"], ["images with captions", "give --pairs FORMAT:PATH", "leave out files"]),
      (pair, [], ["give --pairs FORMAT:PATH"]),
      (pair, ["--caption", "a"], ["give --pairs FORMAT:PATH", "leave out --caption"]),
      (pair, pairs + ["--captions", "mine.txt"], ["leave out --captions"]),
      (pair, pairs + ["--captions-per-image", "0"], ["--captions-per-image 0"]),
      (pair, pairs + ["--language", "e n"], ["--language: "]),
      (
        image, pairs,
        [
          "asked about images: give PNG or JPEG files or folders, or --data FORMAT:PATH, and leave out --pairs"
        ]
      ),
      (image, ["pairs/000.png", "--language", "en"], ["--language says how a data set is opened"]),
      (image, ["pairs/000.png", "--parts", "train"], ["--parts says"]),
      (
        image, ["pairs/000.png", "--data", "pairs"], ["files and --data are asked about one after the other"]
      ),
      (image, ["--data", "pairs", "--captions-per-image", "1"], ["--captions-per-image counts captions"]),
      (pair, pairs + ["--data", "pairs"], ["take one data set"]),
      (text, ["pairs/000.png"], ["asked about captions: give --caption TEXT or --captions FILE"]),
      (text, [], ["give --caption TEXT or --captions FILE"]),
      (text, ["--caption", "a", "--broken-text", "repair"], ["--broken-text says"]),
    ] {
      let answer = try Program.run(
        ["infer", "--classifier", "attack/exact/classifiers/\(classifier)", "--target", "target"] + options,
        in: place.folder)
      #expect(answer.code == 64, "\(classifier) \(options): \(answer.errors)")
      for word in words { #expect(answer.errors.contains(word), "\(answer.errors)") }
    }
    // A recipe of another classifier.
    let recipe = place.folder.appending(path: "attack/exact/classifiers/\(pair)/recipe.json")
    let kept = try String(contentsOf: recipe, encoding: .utf8)
    try Data(kept.replacingOccurrences(of: "\"variants\" : 3", with: "\"variants\" : 4").utf8).write(
      to: recipe)
    let changed = try infer(place, "exact/classifiers/\(pair)", "--pairs", "tsv:pairs/single.tsv")
    #expect(
      changed.code == 1 && changed.errors.contains("recipe.json is not the file"), "\(changed.errors)")
    let digests = recipe.deletingLastPathComponent().appending(path: "SHA256SUMS")
    let written = try Data(contentsOf: digests)
    try FileManager.default.removeItem(at: digests)
    let other = try infer(place, "exact/classifiers/\(pair)", "--pairs", "tsv:pairs/single.tsv")
    #expect(
      other.code == 1 && other.errors.contains("recipe.json is not of the attack"), "\(other.errors)")
    try written.write(to: digests)
    try Data(kept.utf8).write(to: recipe)
  }

  /// What cannot be used is named and left out with a code of its own; --strict refuses it.
  private func checkOmissions(_ place: Workplace) throws {
    let table = "image\tcaption\n000.png\ta mosaic\nmissing.png\tnothing\n001.png\t  \n000.png\ta mosaic\n"
    try Data(table.utf8).write(to: place.folder.appending(path: "pairs/partly.tsv"))
    let classifier = "exact/classifiers/threshold-pair"
    let partly = try infer(place, classifier, "--pairs", "tsv:pairs/partly.tsv")
    #expect(partly.code == 2, "\(partly.errors)")
    for words in ["missing.png", "empty caption", "image without caption"] {
      #expect(partly.errors.contains(words), "\(partly.errors)")
    }
    #expect(partly.output.contains("\n2 pairs: ") && partly.output.contains("; 3 left out"))
    let strict = try infer(place, classifier, "--pairs", "tsv:pairs/partly.tsv", "--strict")
    #expect(strict.code == 1 && strict.output.isEmpty && strict.errors.contains("missing.png"))
    let text = "exact/classifiers/vector-textText"
    let empty = try infer(place, text, "--caption", "a", "--caption", " ")
    #expect(empty.code == 2 && empty.errors.contains("left out --caption 2"), "\(empty.errors)")
    #expect(try infer(place, text, "--caption", "a", "--caption", " ", "--strict").code == 1)
    try Data([0x61, 0xFF, 0x0A]).write(to: place.folder.appending(path: "broken.txt"))
    let broken = try infer(place, text, "--captions", "broken.txt")
    #expect(broken.code == 1 && broken.errors.contains("broken.txt"), "\(broken.errors)")
    #expect(try infer(place, text, "--captions", "broken.txt", "--broken-text", "repair").code == 0)
  }
}
