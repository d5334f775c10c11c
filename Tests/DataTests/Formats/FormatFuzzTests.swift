import Files
import Foundation
import TestSupport
import Testing
import Vision

@testable import Data

/// Damaged data sets may give an error or a data set, nothing else.
@Suite("Damaged data sets", .serialized) struct FormatFuzzTests {
  /// Opens a folder, decodes what can be and checks it; nil where it was refused.
  private func open(_ path: String, _ change: (inout DataOptions) -> Void = { _ in }) throws -> Dataset? {
    var options = DataOptions(imageSize: 8, duplicates: .keep)
    change(&options)
    var opened: Dataset?
    let isTaken = try Fuzz.takes {
      let data = try Dataset.open(path, options: options)
      let images = try data.images()
      try Fuzz.require(images.count > 0, "a set of no images")
      _ = try images.pixels(of: [0])
      let classes = 0..<(data.classNames?.count ?? 0)
      try Fuzz.require(
        (0..<data.count).allSatisfy { data.label(of: $0).map { classes.contains($0) } ?? true }, "labels")
      if let captions = data.captions {
        try Fuzz.require(captions.count == data.count, "\(captions.count) lists of captions")
        try Fuzz.require(captions.allSatisfy { !$0.isEmpty }, "a picture without a caption")
      }
      opened = data
    }
    return isTaken ? opened : nil
  }

  @Test("CIFAR-10: an error, or as many images as the file has records")
  func cifar() throws {
    let folder = try TemporaryFolder()
    let names = Array("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".utf8)
    let samples = [CIFAR10Tests.batch(0..<1), CIFAR10Tests.batch(7..<10)]
    try Fuzz.feed("cifar10", samples, rounds: 200) { input, damage in
      // Mostly whole records, so that damage inside them is met too.
      let bytes = damage.oneIn(4) ? input : input.dropLast(input.count % 3073)
      try folder.write(bytes, to: "test_batch.bin")
      try folder.write(damage.oneIn(2) ? damage.applied(to: [names]) : names, to: "batches.meta.txt")
      guard let data = try open(folder.path) else { return false }
      try Fuzz.require(data.count * 3073 == bytes.count, "\(data.count) images of \(bytes.count) bytes")
      return true
    }
  }

  @Test("STL-10: an error, or as many images as the file has records, with labels below 10")
  func stl() throws {
    let folder = try TemporaryFolder()
    let record = (0..<27_648).map { UInt8(truncatingIfNeeded: $0) }
    let names = Array((0..<10).map { "class\($0)\n" }.joined().utf8)
    let found = try Fuzz.feed("stl10", [record, record + record.reversed()], rounds: 120) { input, damage in
      var bytes = input
      // Mostly whole records, made up where bytes were lost, so that what lies behind the size is met too.
      if !damage.oneIn(4) {
        let excess = bytes.count % record.count
        bytes = excess > record.count / 2 ? bytes + record[excess...] : bytes.dropLast(excess)
      }
      try folder.write(bytes, to: "train_X.bin")
      let labels =
        damage.oneIn(2)
        ? damage.applied(to: [[1], [10, 2]]) : Array([3, 10].prefix(bytes.count / record.count))
      try folder.write(labels, to: "train_y.bin")
      try folder.write(damage.oneIn(2) ? damage.applied(to: [names]) : names, to: "class_names.txt")
      guard let data = try open("stl10:" + folder.path) else { return false }
      try Fuzz.require(
        data.count * record.count == bytes.count, "\(data.count) images of \(bytes.count) bytes")
      try Fuzz.require(data.labels == labels.map { Int($0) - 1 }, "labels \(labels)")
      return true
    }
    // Neither everything nor nothing is refused.
    #expect(found.taken > 0 && found.taken < found.inputs)
  }

  @Test("Tiny-ImageNet: an error, or images of named classes, whatever its text files hold")
  func tinyImageNet() throws {
    let texts = [
      "wnids.txt": "n01\nn02\n", "words.txt": "n01\tfish\n", "val/val_annotations.txt": "v.JPEG\tn02\t0\n",
    ]
    let folder = try TemporaryFolder()
    let jpeg = try ImageFixtures.bytes("grey.jpg")
    try folder.write(jpeg, to: "train/n01/images/t.JPEG")
    try folder.write(jpeg, to: "val/images/v.JPEG")
    try feed("tinyimagenet", texts, in: folder, rounds: 100) { try open("tinyimagenet:" + folder.path) }
  }

  @Test("A folder of pictures: an error, or the pictures that can be decoded")
  func folder() throws {
    let folder = try DataFolder()
    try folder.pictures("a/0.png", "b/1.png", "b/2.png")
    let samples = try [DataFolder.png(3), ImageFixtures.bytes("grey.jpg")]
    try Fuzz.feed("folder", samples, rounds: 100) { input, damage in
      try folder.write(damage.oneIn(2) ? input : Damage.withChecksums(input), to: "b/3.png")
      return try open(folder.path)?.count == 4
    }
  }

  @Test("Tables and lines of captions: an error, or pictures with captions, whatever the file holds")
  func captions() throws {
    let folder = try DataFolder()
    try folder.pictures("a.png", "b.png", "c.png")
    let tables = [
      (
        "csv", "t.csv",
        "image,caption,split\na.png,\"one, \"\"two\"\"\",train\nb.png,zwölf,test\nc.png,x &amp; y,\n"
      ),
      ("tsv", "t.tsv", "file\ttitle\tsplit\na.png\tone\ttrain\nb.png\t\"a\tb\"\ttest\n"),
      ("captions", "captions.tsv", "file\ttitle\tkeywords\na.png\tone\ta | b\nb.png\ttwo\tc\n"),
      (
        "jsonl", "t.jsonl",
        #"{"image": "a.png", "caption": "one", "n": NaN}"# + "\n"
          + #"{"file": "b.png", "text": ["two", "\u00e9\ud83d\ude00"], "split": "test"}"# + "\n"
      ),
    ]
    for (format, name, text) in tables {
      try Fuzz.feed(format, [Array(text.utf8)], rounds: 150) { input, damage in
        try folder.write(input, to: name)
        let place = format == "captions" ? folder.path : "\(folder.path)/\(name)"
        return try open("\(format):\(place)") { options in
          options.captions = true
          if damage.oneIn(3) { options.damagedRecords = .skip }
          if damage.oneIn(3) { options.brokenText = .repair }
        } != nil
      }
    }
  }

  @Test("Flickr8k: an error, or pictures with captions, whatever its text files hold")
  func flickr8k() throws {
    let folder = try TemporaryFolder()
    for number in 0..<3 {
      try folder.write(try DataFolder.png(number), to: "Flicker8k_Dataset/\(number)_a.png")
    }
    let texts = [
      "Flickr8k.token.txt": "0_a.png#0\tA dog .\n0_a.png#1\tA brown dog .\n1_a.png#0\tA bird .\n",
      "Flickr_8k.trainImages.txt": "0_a.png\n2_a.png\n", "Flickr_8k.testImages.txt": "1_a.png\n",
    ]
    try feed("flickr8k", texts, in: folder, rounds: 100) {
      try open("flickr8k:" + folder.path) { $0.captions = true }
    }
  }

  @Test("Shards: an error, or pictures with captions, whatever the archive holds")
  func shards() throws {
    let folder = try DataFolder()
    let sample =
      try Tar.member("a.png", DataFolder.png(0)) + Tar.member("a.txt", "one")
      + Tar.member("b.json", #"{"caption": "two"}"#) + Tar.member("b.png", DataFolder.png(1)) + Tar.end
    try Fuzz.feed("webdataset", [sample], rounds: 150) { input, damage in
      try folder.write(input, to: "s.tar")
      return try open("\(folder.path)/s.tar") { options in
        options.captions = true
        if damage.oneIn(2) { options.damagedRecords = .skip }
      } != nil
    }
  }

  @Test("Names of shards with braces: an error, or a bounded list")
  func patterns() throws {
    let samples = ["s-{00..09}.tar", "{a,b}/s-{1..3}.tar", "s-{0..99999}.tar"].map { Array($0.utf8) }
    try Fuzz.feed("shard names", samples, rounds: 30) { input, _ in
      let pattern = String(decoding: input, as: UTF8.self)
      return try Fuzz.takes {
        _ = try Dataset.open("webdataset:/nonexistent/\(pattern)", options: DataOptions(captions: true))
      }
    }
  }

  @Test("Splits: an error, or groups that are disjoint and within the data")
  func splits() throws {
    try withTemporaryFolder { folder in
      try SplitFile(
        split: try Split(count: 20, sizes: SplitSizes(each: 3), seed: 5),
        reference: MembershipGroups(members: [1], nonmembers: [2]), dataFingerprints: ["data": "abc"]
      ).write(to: folder)
      let file = folder.appending(path: SplitFile.name)
      let samples = [[UInt8](try readFile(file))]
      try Fuzz.feed("split.json", samples) { input, _ in
        try Data(input).write(to: file)
        return try Fuzz.takes {
          let split = try SplitFile.read(from: folder).split
          let all = [split.target, split.shadow].flatMap { $0.members + $0.nonmembers }
          try Fuzz.require(
            Set(all).count == all.count && all.allSatisfy { (0..<split.count).contains($0) }, "\(all)")
        }
      }
    }
  }

  /// Feeds a format by its text files, each of them damaged in half of the rounds.
  private func feed(
    _ format: String, _ texts: [String: String], in folder: TemporaryFolder, rounds: Int,
    _ open: () throws -> Dataset?
  ) throws {
    let texts = texts.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) }
    try Fuzz.feed(format, texts.map(\.1), rounds: rounds) { input, damage in
      let whole = damage.choice(texts.count)
      for (place, (name, text)) in texts.enumerated() {
        try folder.write(
          place == whole ? input : damage.oneIn(2) ? damage.applied(to: texts.map(\.1)) : text, to: name)
      }
      return try open() != nil
    }
  }
}
