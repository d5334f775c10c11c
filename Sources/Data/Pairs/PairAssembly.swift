extension PairListing {
  /// Decodes the pictures found and keeps what makes whole pairs.
  consuming func dataset(path: String, format: String, progress: DatasetProgress?) throws -> PairDataset {
    let hasPartitions = pictures.contains { $0.partition != nil }
    try keepPartitions(path: path)
    try tidyCaptions()
    guard !pictures.isEmpty else { throw noPairs(path) }
    let images = try ImageDataset.pictures(
      pictures.map(\.location), path: path, format: format, options: options.images, progress: progress)
    try dropUndecodable(among: images)
    let kept = try distinctPictures(of: images)
    guard !kept.isEmpty else { throw noPairs(path) }
    return PairDataset(
      images: kept.count == images.count ? images : images.subset(kept),
      captions: kept.map { pictures[$0].captions.map(\.text) },
      partition: hasPartitions ? kept.map { pictures[$0].partition ?? PairDataset.unsplit } : nil,
      omissions: omissions)
  }

  private func noPairs(_ path: String) -> PairError {
    .noPairs(path: path, omitted: omissions.summary ?? "the source holds no captions")
  }

  /// Keeps the pictures of the official splits asked for.
  private mutating func keepPartitions(path: String) throws(PairError) {
    guard let wanted = options.partitions else { return }
    var known: [String] = []
    for case let partition? in pictures.map(\.partition) where !known.contains(partition) {
      known.append(partition)
    }
    if !known.isEmpty && pictures.contains(where: { $0.partition == nil }) {
      known.append(PairDataset.unsplit)
    }
    for name in wanted where !known.contains(name) {
      throw .unknownPartition(path: path, partition: name, known: known)
    }
    pictures.removeAll { !wanted.contains($0.partition ?? PairDataset.unsplit) }
  }

  /// Trims captions, takes out empty and doubled ones and the pictures that have none.
  private mutating func tidyCaptions() throws(PairError) {
    var kept: [Picture] = []
    kept.reserveCapacity(pictures.count)
    for var picture in pictures {
      var (captions, seen): ([Caption], Set<[UInt8]>) = ([], [])
      for caption in picture.captions {
        let text = trimmedCaption(caption.text)
        if text.isEmpty {
          try leaveOut(.emptyCaption, caption.place, "no visible character for \(picture.location.name)")
        } else if options.duplicates != .keep && !seen.insert(Array(text.utf8)).inserted {
          try leaveOut(.duplicate, caption.place, "\(picture.location.name) has this caption already")
        } else {
          captions.append(Caption(text: text, place: caption.place))
        }
      }
      picture.captions = options.captionsPerImage.map { Array(captions.prefix($0)) } ?? captions
      if captions.isEmpty {
        try leaveOut(.imageWithoutCaption, picture.location.name, "no caption is given for it")
      } else {
        kept.append(picture)
      }
    }
    pictures = kept
  }

  /// Takes out the pictures that the data set has skipped; both lists have the same order and distinct names.
  private mutating func dropUndecodable(among images: ImageDataset) throws(PairError) {
    guard images.count < pictures.count else { return }
    for skipped in images.skipped { try leaveOut(.undecodableImage, skipped.name, skipped.reason) }
    let lost = Set(images.skipped.map(\.name))
    pictures.removeAll { lost.contains($0.location.name) }
    precondition(
      images.count == pictures.count, "PairListing: \(images.count) images, \(pictures.count) with captions")
  }

  /// The pictures whose pixels no earlier one has.
  private mutating func distinctPictures(of images: ImageDataset) throws(PairError) -> [Int] {
    guard options.duplicates != .keep else { return Array(0..<images.count) }
    var (kept, first): ([Int], [UInt64: Int]) = ([], [:])
    for index in 0..<images.count {
      if let earlier = first.updateValue(index, forKey: images.fingerprint(of: index)) {
        first[images.fingerprint(of: index)] = earlier
        try leaveOut(
          .duplicate, images.name(of: index), "its pixels equal those of \(images.name(of: earlier))")
      } else {
        kept.append(index)
      }
    }
    return kept
  }
}
