import Data
import Foundation
import Kernels

/// Accuracy of a vote of the most similar labelled images (Wu et al., "Unsupervised feature learning via
/// non-parametric instance discrimination", CVPR 2018).
///
/// Each of the k neighbours votes for its class with weight exp(cosine similarity / temperature).
public struct NearestNeighbours: Sendable {
  /// Images that vote.
  public let bank: Images
  /// Images whose classes are told.
  public let queries: Images
  /// Voters for a query; 200 in the paper, and never more than the bank holds.
  public let neighbours: Int
  /// The temperature of the weights.
  public let temperature: Float

  /// Nil where labels of the bank or the queries are missing.
  public init?(bank: Images, queries: Images, neighbours: Int = 200, temperature: Float = 0.1) {
    guard bank.dataset.labels != nil, queries.dataset.labels != nil, bank.count > 0, queries.count > 0 else {
      return nil
    }
    (self.bank, self.queries) = (bank, queries)
    (self.neighbours, self.temperature) = (min(neighbours, bank.count), temperature)
  }

  /// The share of queries whose class wins the vote, from 0 to 1.
  /// - Throws: `ImageError` where an image cannot be decoded any more.
  public func accuracy(of encoder: PretrainedEncoder) throws -> Double {
    guard let voters = bank.dataset.labels, let classes = queries.dataset.labels else { return .nan }
    let bankParts = try encoder.embeddings(of: bank).map { Rows.normalised($0).unit }
    var (correct, row) = (0, 0)
    for part in try encoder.embeddings(of: queries) {
      let unit = Rows.normalised(part).unit
      let columns = bankParts.map { matrixProduct(unit, $0, transposeRight: true) }
      let similarities = columns.dropFirst().reduce(columns[0]) { Rows.joined($0, $1) }
      let (values, width) = (similarities.values, voters.count)
      for index in 0..<unit.shape[0] {
        let line = values[index * width..<(index + 1) * width]
        if vote(Array(line), voters) == classes[row] { correct += 1 }
        row += 1
      }
    }
    return Double(correct) / Double(queries.count)
  }

  /// The class with the largest weight among the nearest; of equal ones the first.
  func vote(_ similarities: [Float], _ voters: [Int]) -> Int {
    let nearest = similarities.indices.sorted {
      similarities[$0] != similarities[$1] ? similarities[$0] > similarities[$1] : $0 < $1
    }
    var weights: [Int: Double] = [:]
    for index in nearest.prefix(neighbours) {
      weights[voters[index], default: 0] += Foundation.exp(Double(similarities[index] / temperature))
    }
    return weights.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }?.key ?? -1
  }
}
