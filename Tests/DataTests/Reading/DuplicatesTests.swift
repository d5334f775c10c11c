import TestSupport
import Testing
import Vision

@testable import Data

/// The same picture is used once, whatever it is packed in, so that it can never be in two groups.
@Suite("Doubled pictures") struct DuplicatesTests {
  /// A layout with the pictures 0 and 1 and the picture 0 once more, which has another name, class, part or caption.
  struct Planted: Sendable, CustomTestStringConvertible {
    let format: String
    /// Where in the folder it is to be opened.
    var place = ""
    /// The names of the first and of the one that is left out.
    let names: (kept: String, left: String)
    let write: @Sendable (DataFolder) throws -> Void

    var testDescription: String { format }
  }

  private static let tables: [Planted] = [
    ("csv", "image,caption\na.png,one\nb.png,two\nc.png,three\n"),
    ("tsv", "image\tcaption\na.png\tone\nb.png\ttwo\nc.png\tthree\n"),
    (
      "jsonl",
      """
      {"image": "a.png", "caption": "one"}
      {"image": "b.png", "caption": "two"}
      {"image": "c.png", "caption": "three"}
      """
    ),
  ].map { format, table in
    Planted(format: format, place: "t." + format, names: ("a.png", "c.png")) { folder in
      try pictures("a.png", "b.png", "c.png", in: folder)
      try folder.write(table, to: "t." + format)
    }
  }

  static let planted: [Planted] =
    tables + [
      Planted(format: "cifar10", names: ("data_batch_1.bin:0", "test_batch.bin:0")) { folder in
        try folder.write(CIFAR10Tests.batch(0..<2), to: "data_batch_1.bin")
        try folder.write([7] + CIFAR10Tests.batch(0..<1).dropFirst(), to: "test_batch.bin")
      },
      Planted(format: "stl10", names: ("train_X.bin:0", "unlabeled_X.bin:0")) { folder in
        let record = [UInt8](repeating: 5, count: 27_648)
        try folder.write(record + [UInt8](repeating: 6, count: 27_648), to: "train_X.bin")
        try folder.write(record, to: "unlabeled_X.bin")
      },
      Planted(format: "tinyimagenet", names: ("train/n01/images/a.JPEG", "train/n02/images/c.JPEG")) {
        folder in
        try folder.write("n01\nn02\n", to: "wnids.txt")
        try pictures(
          "train/n01/images/a.JPEG", "train/n01/images/b.JPEG", "train/n02/images/c.JPEG", in: folder)
      },
      Planted(format: "folder", names: ("a.png", "z/c.png")) { folder in
        try pictures("a.png", "b.png", "z/c.png", in: folder)
      },
      Planted(format: "captions", names: ("b/c.png", "a.png")) { folder in
        // The order is that of the table.
        try pictures("b/c.png", "b.png", "a.png", in: folder)
        try folder.write("b/c.png\tone\nb.png\ttwo\na.png\tthree\n", to: "captions.tsv")
      },
      Planted(format: "emoji", names: ("a.png", "c.png")) { folder in
        try pictures("png64/a.png", "png64/b.png", "png64/c.png", in: folder)
        try folder.write("a.png\tone\tx | y\nb.png\ttwo\t\nc.png\tthree\t\n", to: "captions.en.tsv")
      },
      Planted(format: "flickr8k", names: ("a.jpg", "c.jpg")) { folder in
        try pictures("Flickr8k_Dataset/a.jpg", "Flickr8k_Dataset/b.jpg", "Flickr8k_Dataset/c.jpg", in: folder)
        try folder.write("a.jpg#0\tone\nb.jpg#0\ttwo\nc.jpg#0\tthree\n", to: "Flickr8k.token.txt")
        try folder.write("a.jpg\nb.jpg\n", to: "Flickr_8k.trainImages.txt")
        try folder.write("c.jpg\n", to: "Flickr_8k.testImages.txt")
      },
      Planted(format: "webdataset", names: ("s-0.tar:a.png", "s-1.tar:c.png")) { folder in
        func members(_ key: String, _ number: Int) throws -> [UInt8] {
          try Tar.member("\(key).png", DataFolder.png(number)) + Tar.member("\(key).txt", key)
        }
        try folder.write(members("a", 0) + members("b", 1) + Tar.end, to: "s-0.tar")
        try folder.write(members("c", 0) + Tar.end, to: "s-1.tar")
      },
    ]

  /// Writes the pictures 0, 1 and 0 again; the content tells the format, whatever the name.
  private static func pictures(_ first: String, _ second: String, _ copy: String, in folder: DataFolder)
    throws
  {
    try folder.pictures(first, second)
    try folder.picture(0, copy)
  }

  @Test("There is a planted pair for every format")
  func complete() {
    #expect(Set(DuplicatesTests.planted.map(\.format)) == Set(DataFormat.all.map(\.name)))
  }

  @Test(
    "The second of two equal pictures is left out and named, kept or refused as configured",
    arguments: planted, [0, 1 << 30])
  func found(planted: Planted, memory: Int) throws {
    let folder = try DataFolder()
    try planted.write(folder)
    let location = planted.format + ":" + folder.path + (planted.place.isEmpty ? "" : "/" + planted.place)
    func open(_ duplicates: DataOptions.Duplicates) throws -> Dataset {
      try Dataset.open(location, options: DataOptions(duplicates: duplicates, memoryLimit: memory))
    }
    let all = try open(.keep)
    #expect(all.count == 3 && all.omissions.count == 0 && all.names.last == planted.names.left)
    let data = try open(.skip)
    #expect(data.names == all.subset([0, 1]).names)
    #expect(data.captions == all.subset([0, 1]).captions)
    #expect(try data.images().pixels(of: [0, 1]) == all.images().pixels(of: [0, 1]))
    let omission = Omission(
      kind: .duplicate, name: planted.names.left, reason: "its pixels equal those of \(planted.names.kept)")
    #expect(data.omissions.entries == [omission])
    #expect(throws: DataError.refused(omission)) { try open(.refuse) }
  }

  @Test("Parts that are not read double nothing")
  func parts() throws {
    let folder = try DataFolder()
    try folder.write(CIFAR10Tests.batch(0..<2), to: "data_batch_1.bin")
    try folder.write(CIFAR10Tests.batch(0..<1), to: "test_batch.bin")
    let test = try Dataset.open(folder.path, options: DataOptions(parts: ["test"]))
    #expect(test.count == 1 && test.omissions.count == 0)
  }

  @Test("Pictures are the same by their pixels at their own size, whatever size is asked for")
  func ownSize() throws {
    let folder = try DataFolder()
    for (name, side) in [("a.png", 4), ("b.png", 8)] {
      let grey = [UInt8](repeating: 90, count: 3 * side * side)
      try folder.write(PixelImage(height: side, width: side, bytes: grey).encodedPNG(), to: name)
    }
    let data = try Dataset.open(folder.path, options: DataOptions(imageSize: 4))
    let images = try data.images()
    #expect(data.count == 2 && images.fingerprint(of: 0) == images.fingerprint(of: 1))
    #expect(data.identity(of: 0) != data.identity(of: 1))
  }
}
