@testable import Data
import Foundation
import TestSupport
import Testing
import Vision

/// Damaged data sets may give an error or a data set, nothing else. ENCODERMI_FUZZ_SECONDS=60 keeps each test at it for a
/// minute; the usual run is short and always the same.
@Suite("Damaged data sets", .serialized) struct FormatFuzzTests {
  /// Opens a folder; an error must be one of the typed ones.
  private func open(_ path: String) throws -> Dataset? {
    do {
      return try Dataset.open(path, options: DataOptions(imageSize: 8, duplicates: .keep))
    } catch is DataError {
      return nil
    } catch is ImageError {
      return nil
    }
  }

  @Test("CIFAR-10: an error, or as many images as the file has records")
  func cifar() throws {
    let folder = try TemporaryFolder()
    let names = Array("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".utf8)
    var batches = Mutation(corpus: [CIFAR10Tests.batch(0..<1), CIFAR10Tests.batch(7..<10)], name: "cifar")
    var labels = Mutation(corpus: [names], name: "names")
    var budget = FuzzBudget(steps: 200, name: "cifar")
    while budget.goesOn() {
      var bytes = batches.next()
      // Mostly whole records, so that damage inside them is met too.
      if !batches.oneIn(4) {
        bytes.removeLast(bytes.count % 3073)
      }
      try budget.leave(bytes)
      try folder.write(bytes, to: "test_batch.bin")
      try folder.write(labels.oneIn(2) ? labels.next() : names, to: "batches.meta.txt")
      if let data = try open(folder.path) {
        #expect(data.count * 3073 == bytes.count, "step \(budget.steps)")
        #expect(data.labels?.allSatisfy { (0..<10).contains($0) } == true, "step \(budget.steps)")
      }
    }
  }

  @Test("STL-10: an error, or as many images as the file has records, with labels below 10")
  func stl() throws {
    let folder = try TemporaryFolder()
    let record = (0..<27_648).map { UInt8(truncatingIfNeeded: $0) }
    let names = Array((0..<10).map { "class\($0)\n" }.joined().utf8)
    var records = Mutation(corpus: [record, record + record.reversed()], name: "stl")
    var labels = Mutation(corpus: [[1], [10, 2]], name: "stl labels")
    var texts = Mutation(corpus: [names], name: "stl names")
    var budget = FuzzBudget(steps: 120, name: "stl")
    var opened = 0
    while budget.goesOn() {
      var bytes = records.next()
      // Mostly whole records, made up where bytes were lost, so that what lies behind the size is met too.
      if !records.oneIn(4) {
        let excess = bytes.count % record.count
        bytes = excess > record.count / 2 ? bytes + record[excess...] : bytes.dropLast(excess)
      }
      try budget.leave(bytes)
      try folder.write(bytes, to: "train_X.bin")
      let given = labels.oneIn(2) ? labels.next() : Array([3, 10].prefix(bytes.count / record.count))
      try folder.write(given, to: "train_y.bin")
      try folder.write(texts.oneIn(2) ? texts.next() : names, to: "class_names.txt")
      guard let data = try open("stl10:" + folder.path) else { continue }
      opened += 1
      #expect(data.count * record.count == bytes.count, "step \(budget.steps)")
      #expect(data.labels == given.map { Int($0) - 1 }, "step \(budget.steps)")
      #expect(data.labels?.allSatisfy { (0..<10).contains($0) } == true, "step \(budget.steps)")
    }
    // Neither everything nor nothing is refused.
    #expect(opened > 0 && opened < budget.steps)
  }

  @Test("Tiny-ImageNet: an error, or images of named classes, whatever its text files hold")
  func tinyImageNet() throws {
    let folder = try TemporaryFolder()
    let texts = [
      "wnids.txt": "n01\nn02\n", "words.txt": "n01\tfish\n", "val/val_annotations.txt": "v.JPEG\tn02\t0\n",
    ]
    let jpeg = try ImageFixtures.bytes("grey.jpg")
    try folder.write(jpeg, to: "train/n01/images/t.JPEG")
    try folder.write(jpeg, to: "val/images/v.JPEG")
    var mutation = Mutation(corpus: texts.values.sorted().map { Array($0.utf8) }, name: "tiny")
    var budget = FuzzBudget(steps: 100, name: "tiny")
    while budget.goesOn() {
      for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
        try folder.write(mutation.oneIn(2) ? mutation.next() : Array(text.utf8), to: name)
      }
      if let data = try open("tinyimagenet:" + folder.path) {
        let classes = data.classNames?.count ?? 0
        #expect((0..<data.count).allSatisfy { data.label(of: $0).map { $0 < classes } ?? true })
      }
    }
  }
}
