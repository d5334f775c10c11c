import Data
import Foundation
import Kernels

/// How often an image finds its caption, and a caption its image, among the first few of all.
public struct RetrievalRecall: Sendable, Codable, Equatable {
  /// The share of images whose caption is among the 1, 5 and 10 most similar captions.
  public let imageToText: [Double]
  /// The share of captions whose image is among the 1, 5 and 10 most similar images.
  public let textToImage: [Double]

  /// How many of the most similar are looked at.
  public static let depths = [1, 5, 10]

  /// From similarities of all images (rows) with all captions (columns), each image with the caption of its number.
  ///
  /// Of equally similar ones the own one comes last, so that encoders that tell nothing apart find nothing. An equal
  /// caption is as good as the own one, and so is the image of an equal caption.
  /// - Parameter wordings: the same number for equal captions; nil where all differ.
  public init(similarities: [Float], count: Int, wordings: [Int]? = nil) {
    precondition(
      similarities.count == count * count,
      "RetrievalRecall: \(similarities.count) similarities of \(count) pairs")
    self.init(count: count, wordings: wordings) { rows in
      Array(similarities[(rows.lowerBound * count)..<(rows.upperBound * count)])
    }
  }

  /// Images whose similarities are in memory at once.
  static let part = 256

  /// As ``init(similarities:count:wordings:)``, of similarities that are made for some images at a time, twice each.
  /// - Parameter similarities: of images in a range with all captions, row by row.
  init(count: Int, wordings: [Int]? = nil, _ similarities: (Range<Int>) -> [Float]) {
    let wordings = wordings ?? Array(0..<count)
    precondition(wordings.count == count, "RetrievalRecall: \(wordings.count) wordings of \(count) pairs")
    func forEachRow(_ body: (_ row: Int, _ values: ArraySlice<Float>) -> Void) {
      for start in stride(from: 0, to: count, by: RetrievalRecall.part) {
        let values = similarities(start..<min(count, start + RetrievalRecall.part))
        for row in start..<min(count, start + RetrievalRecall.part) {
          body(row, values[((row - start) * count)..<((row - start + 1) * count)])
        }
      }
    }
    let captions = Dictionary(grouping: 0..<count) { wordings[$0] }
    // Of each caption with the most similar of the images it belongs to.
    var own = [Float](repeating: -.infinity, count: count)
    forEachRow { row, values in
      for column in captions[wordings[row]] ?? [] {
        own[column] = max(own[column], values[values.startIndex + column])
      }
    }
    var (rows, columns) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
    forEachRow { row, values in
      let diagonal = values[values.startIndex + row]
      for (column, similarity) in values.enumerated() where wordings[column] != wordings[row] {
        if !(similarity < diagonal) { rows[row] += 1 }
        if !(similarity < own[column]) { columns[column] += 1 }
      }
    }
    func shares(_ better: [Int]) -> [Double] {
      RetrievalRecall.depths.map { depth in
        Double(better.count { $0 < depth }) / Double(max(1, count))
      }
    }
    (imageToText, textToImage) = (shares(rows), shares(columns))
  }
}

/// The retrieval of held-out pairs, CLIP's utility.
public struct Retrieval: Sendable {
  /// The images.
  public let images: Images
  /// One caption of each.
  public let captions: [String]

  /// Nil where there are no pairs.
  public init?(images: Images, captions: [String]) {
    guard images.count == captions.count, images.count > 0 else { return nil }
    (self.images, self.captions) = (images, captions)
  }

  /// Recall at 1, 5 and 10 both ways.
  /// - Throws: `ImageError` where an image cannot be decoded any more.
  public func recall(of pair: PretrainedCLIP) throws -> RetrievalRecall {
    let image = Rows.normalised(Tensor.stacked(try pair.image.embeddings(of: images, layer: .projection)))
      .unit
    let text = Rows.normalised(pair.embeddings(of: captions, layer: .projection)).unit
    var numbers: [String: Int] = [:]
    let wordings = captions.map { caption in
      let number = numbers[caption] ?? numbers.count
      numbers[caption] = number
      return number
    }
    return RetrievalRecall(count: images.count, wordings: wordings) { range in
      matrixProduct(image.rows(range), text, transposeRight: true).values
    }
  }
}
