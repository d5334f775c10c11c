import Attack
import Contrastive
import Data
import Files
import Foundation

/// What a pre-training's folder says of its data.
public struct RunDescription: Codable, Equatable, Sendable {
  /// Where the data set was opened, as `format:path` or a path.
  public var data: String
  /// How it was opened.
  public var options: DataOptions
  /// Whose members were used.
  public var role: TrainingGroup
  /// Rows of each image as it was opened; images to ask about are brought to the same size.
  public var imageSize: Int
  /// The program that wrote it.
  public var version: String

  /// The name of the file in a run folder.
  public static let fileName = "run.json"

  private enum CodingKeys: String, CodingKey {
    case data, options
    case role = "group"
    case imageSize, version
  }

  /// What is to be said of images of data that are open.
  init(_ images: Images, role: TrainingGroup) {
    (data, options) = (DataFormat.absolute(images.dataset.location), images.dataset.options)
    (self.role, imageSize, version) = (role, images.height, Versions.program)
  }

  /// What is to be said of lists of captions alone.
  init(captionsFor role: TrainingGroup) {
    (data, options, self.role) = ("captions", DataOptions(captions: true), role)
    (imageSize, version) = (0, Versions.program)
  }

  /// Reads what a run's folder says of its data.
  /// - Throws: an error that names the file.
  public static func read(from folder: RunFolder) throws -> RunDescription {
    try Configuration.read(from: folder.url.appending(path: fileName))
  }
}
