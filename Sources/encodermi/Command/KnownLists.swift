import ArgumentParser
import Attack
import Data
import Experiments
import Files
import Foundation
import Text

/// Lists of an auditor's own: folders or files of pictures, `list:FILE` with a picture's path a line, `text:FILE` with a
/// caption a line, or a data set as `--data` takes it.
struct KnownList {
  /// The option that names it, such as `--members`.
  let option: String
  let places: [String]

  private static let (list, text) = ("list:", "text:")

  /// What it holds; of a format with captions only the pictures where the encoder takes no captions.
  func kind(captions: Bool) throws -> Infer.Subject {
    let kinds = Set(
      places.map { place -> Infer.Subject in
        if place.hasPrefix(KnownList.text) { return .captions }
        guard !KnownList.isFiles(place) else { return .images }
        let hasCaptions = DataFormat.recognising(place, captions: false)?.hasCaptions ?? false
        return hasCaptions && captions ? .pairs : .images
      })
    guard let kind = kinds.first, kinds.count == 1 else {
      throw ValidationError(
        "\(option) mixes \(kinds.map(\.name).sorted().joined(separator: " and ")); give one kind")
    }
    return kind
  }

  /// Whether a place names pictures by their files.
  private static func isFiles(_ place: String) -> Bool {
    place.hasPrefix(list) || (Paths.isFile(place) && ["png", "jpg", "jpeg"].contains(Paths.suffix(place)))
  }

  /// The captions of lists that hold nothing else.
  func captions(repairing: Bool) throws -> (captions: [String], leftOut: Int) {
    var all: [String] = []
    for place in places {
      let file = URL(filePath: String(place.dropFirst(KnownList.text.count)))
      all += try CaptionFile.captions(in: file, repairing: repairing).map(trimmedCaption)
    }
    let kept = all.filter { !$0.isEmpty }
    if kept.isEmpty { throw InferError.noCaptions("\(option) \(places.joined(separator: " "))") }
    if kept.count < all.count {
      warn("left out \(all.count - kept.count) of the captions of \(option): no visible character")
    }
    return (kept, all.count - kept.count)
  }

  /// The pictures, each once, with captions where these count.
  /// - Parameter size: pixels along each side that they are brought to.
  func data(
    _ kind: Infer.Subject, size: Int, language: String?, dataOptions: DataOptionGroup, strict: Bool
  ) throws -> (data: Dataset, leftOut: Int) {
    var usual = DataOptions(captions: kind == .pairs, imageSize: size)
    if let language { usual.language = language }
    var parts: [Dataset] = []
    let files = try places.filter(KnownList.isFiles).flatMap { place -> [String] in
      guard place.hasPrefix(KnownList.list) else { return [place] }
      return try pictures(listedIn: String(place.dropFirst(KnownList.list.count)))
    }
    if !files.isEmpty {
      var options = usual
      if strict { options.damagedImages = .refuse }
      parts.append(try opening(option) { try Dataset.files(files, options: options) })
    }
    for place in places where !KnownList.isFiles(place) {
      let options = try dataOptions.applied(to: usual, for: place, named: option, strict: strict)
      parts.append(try opening(option) { try Dataset.open(place, options: options) })
    }
    for part in parts { warn(of: part.omissions, most: 10) }
    let leftOut = parts.reduce(0) { $0 + $1.omissions.count }
    return (parts.count == 1 ? parts[0] : Dataset.joined(parts), leftOut)
  }

  /// The paths in a file, one a line; relative ones are meant from the file's folder.
  private func pictures(listedIn file: String) throws -> [String] {
    let text = String(decoding: try readFile(URL(filePath: file), limit: 1 << 28), as: UTF8.self)
    let folder = URL(filePath: file).deletingLastPathComponent()
    let paths = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    if paths.isEmpty { throw ValidationError("\(option): \(file) names no picture; give a path a line") }
    let all = paths.map { URL(filePath: $0, relativeTo: folder).standardizedFileURL.path }
    if let missing = all.first(where: { !Paths.exists($0) }) {
      throw InferError.noSuchFile(missing, count: all.count { !Paths.exists($0) })
    }
    return all
  }
}
