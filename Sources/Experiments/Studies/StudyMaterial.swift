import Attack
import Contrastive
import Data
import Files
import Foundation

/// What the cells of a scale are made of: data that are opened once, splits that are drawn once and cut to what a cell
/// needs, tokenizers.
public final class StudyMaterial {
  /// The scale, at the size of its main images.
  public let scale: StudyScale
  /// What each source is, or why it is not there.
  public let places: [StudySource: Result<StudyPlace, StudyError>]
  private let open: (StudyPlace) throws -> Images
  private var opened: [StudySource: Images] = [:]
  private var drawn: [String: Split] = [:]
  private var tokenizers: [StudySource: ChosenTokenizer] = [:]

  /// - Parameters:
  ///   - main: the data set of the main cells; nil for the scale's.
  ///   - open: opens a data set and says what had to be left out.
  /// - Throws: an error of opening the main data, where they are at hand.
  public init(
    _ scale: StudyScale, on main: StudyDataset? = nil, in folders: StudyFolders,
    open: @escaping (StudyPlace) throws -> Images = {
      try Dataset.open($0.location, options: $0.options).images()
    }
  ) throws {
    self.open = open
    places = Dictionary(
      uniqueKeysWithValues: StudySource.allCases.map { source in
        (source, Result { () throws(StudyError) in try scale.place(of: source, on: main, in: folders) })
      })
    guard case .success(let place)? = places[.main] else {
      // Cells that need them are left out.
      self.scale = scale
      return
    }
    let images = try open(place)
    opened[.main] = images
    // The paper's encoders take CIFAR-10, Tiny-ImageNet and STL-10 at their own sizes.
    self.scale = scale.name == "paper" ? scale.at(side: images.height) : scale
  }

  /// The images of a source.
  /// - Throws: ``StudyError``, or an error of opening them.
  func images(_ source: StudySource) throws -> Images {
    if let images = opened[source] { return images }
    let images = try open(place(source))
    opened[source] = images
    return images
  }

  /// - Throws: ``StudyError/noData(_:)``.
  func place(_ source: StudySource) throws -> StudyPlace {
    guard let place = places[source] else { throw StudyError.noData(source.rawValue) }
    return try place.get()
  }

  /// Why cells cannot be made on a source; nil where nothing stands in the way.
  /// - Throws: an error of opening the data.
  func obstacle(_ source: StudySource) throws -> StudyError? {
    if case .failure(let error)? = places[source] { return error }
    let (images, needed) = (try images(source), 4 * scale.largest(source))
    return images.count < needed
      ? .tooFew(try place(source).name, needed: needed, found: images.count) : nil
  }

  /// The four groups of a trial on a source, as large as any cell needs.
  func split(_ source: StudySource, seed: UInt64) throws -> Split {
    let name = "\(source.rawValue) \(seed)"
    if let split = drawn[name] { return split }
    let (images, place) = (try images(source), try place(source))
    let isTest = Set(place.nonmembersFrom.flatMap { images.dataset.indices(inPart: $0) })
    let training = (0..<images.count).filter { !isTest.contains($0) }
    let sizes = SplitSizes(each: scale.largest(source))
    if let obstacle = try obstacle(source) { throw obstacle }
    let split = try Split(
      count: images.count, sizes: sizes,
      pools: isTest.isEmpty ? nil : .paper(training: training, test: isTest.sorted()), seed: seed)
    drawn[name] = split
    return split
  }

  /// What a source's captions are tokenised with; nil for pre-trainings without captions.
  func tokenizer(_ source: StudySource, for configuration: PretrainingConfiguration) throws
    -> ChosenTokenizer?
  {
    guard let text = configuration.algorithm.clip?.text else { return nil }
    if let tokenizer = tokenizers[source] { return tokenizer }
    let images = try images(source)
    guard let captions = images.dataset.captions else {
      throw RunError.noCaptions(images.dataset.location)
    }
    let tokenizer = try ChosenTokenizer(
      trainedOn: captions, vocabulary: text.vocabularySize, contextLength: text.contextLength)
    tokenizers[source] = tokenizer
    return tokenizer
  }
}
