import Vision

extension DataListing {
  /// Decodes the pictures found and keeps those that can be used, each once.
  /// - Parameter format: the format that they were found in.
  consuming func dataset(
    path: String, location: String, format: DataFormat, progress: DatasetProgress?
  ) throws -> Dataset {
    completeParts()
    completeClasses()
    if let wanted = options.parts, !format.choosesParts { try keepParts(wanted, path: path) }
    if format.hasCaptions { try tidyCaptions() }
    dropEmptyParts()
    guard !pictures.isEmpty else {
      throw format.hasCaptions
        ? noPairs(path) : DataError.noPictures(path: path, expected: format.summary)
    }
    let decoded = try DecodedPictures(
      pictures.map(\.source), side: options.imageSize, path: path, options: options, progress: progress)
    for (index, error) in decoded.failures {
      let reason = (error as? ImageError)?.reason ?? "\(error)"
      try leaveOut(.undecodableImage, pictures[index].source.name, reason)
    }
    if decoded.failures.count == pictures.count {
      throw DataError.nothingReadable(
        path: path, first: decoded.failures.first.map { "\($0.error)" } ?? "none")
    }
    let kept = try distinct(decoded.identities)
    let identities = kept.compactMap { decoded.identities[$0] }
    return Dataset(
      contents: DatasetContents(
        format: format.name, path: path, location: location, options: options,
        pictures: zip(kept, identities).map {
          DatasetContents.Picture(
            source: pictures[$0].source, label: pictures[$0].label, part: pictures[$0].part, identity: $1)
        },
        captions: format.hasCaptions ? kept.map { pictures[$0].captions.map(\.text) } : nil,
        parts: parts, classNames: classNames, omissions: omissions, pixels: decoded.pixels(of: kept)))
  }

  private func noPairs(_ path: String) -> DataError {
    let reason = omissions.entries.first.map { "; \($0.reason)" } ?? ""
    return .noPairs(path: path, omitted: (omissions.summary ?? "the source holds no captions") + reason)
  }

  /// Trims captions, takes out empty and doubled ones and the pictures that have none.
  private mutating func tidyCaptions() throws(DataError) {
    var kept: [Picture] = []
    kept.reserveCapacity(pictures.count)
    for var picture in pictures {
      var (captions, seen): ([Caption], Set<[UInt8]>) = ([], [])
      for caption in picture.captions {
        let text = trimmedCaption(caption.text)
        if text.isEmpty {
          try leaveOut(.emptyCaption, caption.place, "no visible character for \(picture.source.name)")
        } else if options.duplicates != .keep && !seen.insert(Array(text.utf8)).inserted {
          try leaveOut(.duplicate, caption.place, "\(picture.source.name) has this caption already")
        } else {
          captions.append(Caption(text: text, place: caption.place))
        }
      }
      picture.captions = options.captionsPerImage.map { Array(captions.prefix($0)) } ?? captions
      if captions.isEmpty {
        try leaveOut(.imageWithoutCaption, picture.source.name, "no caption is given for it")
      } else {
        kept.append(picture)
      }
    }
    pictures = kept
  }

  /// The pictures that could be decoded and whose pixels no earlier one has: no picture can then be in two groups.
  private mutating func distinct(_ identities: [PictureIdentity?]) throws(DataError) -> [Int] {
    var (kept, first): ([Int], [PictureIdentity: Int]) = ([], [:])
    kept.reserveCapacity(identities.count)
    first.reserveCapacity(identities.count)
    for (index, identity) in identities.enumerated() {
      guard let identity else { continue }
      if options.duplicates != .keep, let earlier = first[identity] {
        try leaveOut(
          .duplicate, pictures[index].source.name,
          "its pixels equal those of \(pictures[earlier].source.name)")
      } else {
        first[identity] = index
        kept.append(index)
      }
    }
    return kept
  }
}
