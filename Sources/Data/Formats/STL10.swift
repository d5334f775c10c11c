import Files

extension DataFormat {
  /// STL-10's official binary version (Coates, Lee, Ng, AISTATS 2011): planes of 96x96 stored column by column in
  /// `train_X.bin`, `test_X.bin`, `unlabeled_X.bin` (parts "train", "test", "unlabeled"), and labels 1 to 10 in
  /// `train_y.bin` and `test_y.bin`. Files that are not there are not missed.
  public static let stl10 = DataFormat(
    name: "stl10", summary: "STL-10, binary version: train_X.bin, test_X.bin, unlabeled_X.bin",
    choosesParts: true, recognises: { folder in stlParts.contains { Paths.exists("\(folder)/\($0)_X.bin") } },
    read: readSTL10)
}

private let stlParts = ["train", "test", "unlabeled"]

private func readSTL10(_ folder: String, into listing: inout DataListing) throws {
  let wanted = listing.options.parts
  let present = stlParts.filter { Paths.exists("\(folder)/\($0)_X.bin") }
  guard !present.isEmpty else {
    throw DataError.noPictures(path: folder, expected: "train_X.bin, test_X.bin or unlabeled_X.bin")
  }
  for part in wanted ?? [] where !present.contains(part) {
    throw DataError.unknownPart(path: folder, part: part, known: present)
  }
  for part in present where wanted?.contains(part) ?? true {
    let file = try RecordFile(
      "\(folder)/\(part)_X.bin", height: 96, width: 96, headerBytes: 0, order: .columnMajor)
    let labels = part == "unlabeled" ? nil : try stlLabels("\(folder)/\(part)_y.bin", count: file.count)
    let number = listing.part(part)
    for record in 0..<file.count {
      listing.append(
        .record(file, record), label: labels.map { Int32($0[record]) - 1 } ?? -1, part: number)
    }
  }
  let names = folder + "/class_names.txt"
  listing.classNames = Paths.exists(names) ? try DelimitedText.lines(of: names) : (1...10).map(String.init)
  guard listing.classNames?.count == 10 else {
    throw DataError.malformed(
      file: names, reason: "names \(listing.classNames?.count ?? 0) classes, expected 10, one a line")
  }
}

/// The labels of a part, 1 to 10; nil where their file is not there.
private func stlLabels(_ path: String, count: Int) throws -> [UInt8]? {
  guard Paths.exists(path) else { return nil }
  let file = try ByteFile(path)
  guard file.size == count else {
    throw DataError.malformed(
      file: path, reason: "has \(file.size) labels for \(count) images; fetch both files again")
  }
  let labels = try file.readAll()
  if let wrong = labels.firstIndex(where: { !(1...10).contains($0) }) {
    throw DataError.malformed(
      file: path, reason: "label \(labels[wrong]) at byte \(wrong), expected 1 to 10; the file is damaged")
  }
  return labels
}
