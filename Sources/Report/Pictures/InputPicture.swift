import Attack
import Data
import Experiments
import Files
import Foundation
import Vision

/// A few inputs of an audit with the views that the encoder was asked about and how alike its answers are, asked again.
public struct InputPicture: Sendable {
  /// The input's name.
  public let name: String
  /// What it truly is.
  public let group: Membership
  /// Its score by the first attack.
  public let score: Double
  /// Its views and similarities.
  public let glimpse: Glimpse

  /// The members that the first attack is surest of and half sure of, the nonmembers that it is half sure of and least.
  /// - Parameter source: the run that was audited.
  /// - Throws: ``ReportError/otherEncoder(folder:run:)`` or ``ReportError/otherInputs(folder:run:)`` where the run is another
  ///   one, or an error of the run, the images or the encoder.
  public static func all(_ record: AuditRecord, from source: any SplitSource) throws -> [InputPicture] {
    let encoder = try source.audited()
    guard encoder.identity.fingerprint == record.results.target.fingerprint else {
      throw ReportError.otherEncoder(folder: record.files.place, run: source.path)
    }
    let groups = source.groups(.target)
    let names = groups.map { $0.map { source.images.name(of: $0) } }
    guard names == record.scores.inputs else {
      throw ReportError.otherInputs(folder: record.files.place, run: source.path)
    }
    guard record.results.knowledge.hasImage, let first = record.results.attacks.first,
      let column = record.scores.column(first)
    else { return [] }
    let hasPairs =
      record.results.knowledge == .exact && record.results.featureSets.joined().contains(.imageText)
    let captions = hasPairs ? source.images.dataset.captions : nil
    var settings = record.configuration
    (settings.views, settings.variants) = (min(settings.views, mostViews), min(settings.variants, mostViews))
    let audit = try Audit(settings)
    return try Membership.allCases.flatMap { group in
      try chosen(column[group], of: group).map { place, score in
        let image = groups[group][place]
        return InputPicture(
          name: names[group][place], group: group, score: score,
          glimpse: try audit.glimpse(
            of: image, in: source.images, caption: captions.flatMap { $0[image].first }, by: encoder))
      }
    }
  }

  /// Places of the inputs that are shown, with their scores.
  static func chosen(_ scores: [Double?], of group: Membership) -> [(place: Int, score: Double)] {
    let scored = scores.enumerated().compactMap { place, score in score.map { (place: place, score: $0) } }
    // Equal scores stay in the order of the file.
    let order = scored.sorted { ($1.score, $0.place) < ($0.score, $1.place) }
    guard let highest = order.first, let lowest = order.last else { return [] }
    let middle = order[order.count / 2]
    let ends = group == .member ? [highest, middle] : [middle, lowest]
    return ends[0].place == ends[1].place ? [ends[0]] : ends
  }

  /// The most views of an input, and variants of a caption, that are shown: the first ones, so that a page stays small.
  static let mostViews = 12

  /// Views as files that a page holds, at most this many pixels wide.
  private static let widest = 48

  /// The views as PNG in data addresses.
  func addresses() throws -> [String] {
    let views = glimpse.views
    return try (0..<views.count).map { index in
      let whole = PixelImage(
        height: views.size, width: views.size, bytes: views.part(index..<index + 1).bytes)
      let small = views.size > InputPicture.widest ? whole.fitted(to: InputPicture.widest) : whole
      return "data:image/png;base64,\(Data(try small.encodedPNG(name: name)).base64EncodedString())"
    }
  }
}
