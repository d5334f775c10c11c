import Contrastive
import Data
import Files
import Foundation

/// Which of an audit's two encoders is meant: the one under audit, or the auditor's own.
public enum EncoderRole: String, Codable, CaseIterable, Sendable {
  /// The encoder under audit.
  case target
  /// The auditor's own encoder, whose members the auditor knows.
  case shadow
}

/// What a pre-training's folder says of its data.
public struct RunDescription: Codable, Equatable, Sendable {
  /// Where the data set was opened, as `format:path` or a path.
  public var data: String
  /// How it was opened, if as images.
  public var options: DatasetOptions?
  /// How it was opened, if as pairs of images and captions.
  public var pairs: PairOptions?
  /// Whose members were used.
  public var role: EncoderRole
  /// Rows of each image as it was opened; images to ask about are brought to the same size.
  public var imageSize: Int
  /// The program that wrote it.
  public var version: String

  /// The name of the file in a run folder.
  public static let fileName = "run.json"

  private enum CodingKeys: String, CodingKey {
    case data, options, pairs
    case role = "side"
    case imageSize, version
  }

  /// What is to be said of data that are open.
  init(_ data: RunData, role: EncoderRole) {
    self.data = RunData.absolute(data.location)
    switch data.options {
    case .images(let images): options = images
    case .pairs(let pairs): self.pairs = pairs
    }
    (self.role, imageSize, version) = (role, data.images.height, Versions.program)
  }

  /// Reads what a run's folder says of its data.
  /// - Throws: an error that names the file.
  public static func read(from folder: RunFolder) throws -> RunDescription {
    try Configuration.read(from: folder.url.appending(path: fileName))
  }

  /// How the data set was opened.
  public var dataOptions: DataOptions { pairs.map { .pairs($0) } ?? .images(options ?? DatasetOptions()) }
}
