import Files

extension DataFormat {
  /// CIFAR-10's official binary version (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images",
  /// 2009): records of one label byte and 3 planes of 32x32, in `data_batch_1.bin` to `data_batch_5.bin` (part
  /// "train") and `test_batch.bin` (part "test"). Batches that are not there are said; a part may also be one
  /// batch's file name.
  public static let cifar10 = DataFormat(
    name: "cifar10", summary: "CIFAR-10, binary version: data_batch_*.bin, test_batch.bin",
    choosesParts: true,
    recognises: { folder in cifarBatches.contains { Paths.exists(folder + "/" + $0.file) } },
    read: readCIFAR10)
}

private let cifarBatches: [(file: String, part: String)] =
  (1...5).map { ("data_batch_\($0).bin", "train") } + [("test_batch.bin", "test")]

private func readCIFAR10(_ folder: String, into listing: inout DataListing) throws {
  let wanted = listing.options.parts
  let present = cifarBatches.filter { Paths.exists(folder + "/" + $0.file) }
  guard !present.isEmpty else {
    throw DataError.noPictures(
      path: folder, expected: "data_batch_1.bin to data_batch_5.bin or test_batch.bin")
  }
  for name in wanted ?? [] where !present.contains(where: { $0.file == name || $0.part == name }) {
    var known: [String] = []
    for batch in present where !known.contains(batch.part) { known.append(batch.part) }
    throw DataError.unknownPart(path: folder, part: name, known: known + present.map(\.file))
  }
  // Whoever asks for files by name knows which are there.
  let missing = cifarBatches.filter { batch in
    !present.contains { $0.file == batch.file } && wanted?.contains(batch.part) ?? true
  }
  if !missing.isEmpty {
    listing.note(
      "\(folder) lacks \(missing.map(\.file).joined(separator: ", ")), so it is not all of CIFAR-10")
  }
  for batch in present {
    if let wanted, !wanted.contains(batch.file), !wanted.contains(batch.part) { continue }
    let part = listing.part(batch.part)
    let path = folder + "/" + batch.file
    let file = try RecordFile(path, height: 32, width: 32, headerBytes: 1, order: .rowMajor)
    for (record, label) in try file.firstHeaderBytes().enumerated() {
      guard label < 10 else {
        throw DataError.malformed(
          file: path,
          reason: "record \(record) has label \(label), expected 0 to 9; the file is damaged or not CIFAR-10")
      }
      listing.append(.record(file, record), label: Int32(label), part: part)
    }
  }
  let names = folder + "/batches.meta.txt"
  listing.classNames = Paths.exists(names) ? try DelimitedText.lines(of: names) : (0..<10).map(String.init)
  guard listing.classNames?.count == 10 else {
    throw DataError.malformed(
      file: names, reason: "names \(listing.classNames?.count ?? 0) classes, expected 10, one a line")
  }
}
