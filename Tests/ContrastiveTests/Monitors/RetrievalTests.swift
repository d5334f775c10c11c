import Networks
import Testing

@testable import Contrastive

@Suite struct RetrievalTests {
  @Test("Pairs that are most similar to each other are all found first")
  func perfect() {
    let similarities: [Float] = [3, 1, 0, 1, 3, 2, 0, 1, 3]
    let recall = RetrievalRecall(similarities: similarities, count: 3)
    #expect(recall.imageToText == [1, 1, 1])
    #expect(recall.textToImage == [1, 1, 1])
  }

  @Test("The two directions are told apart")
  func directions() {
    // Both images prefer the first caption; each caption prefers its own image.
    let recall = RetrievalRecall(similarities: [9, 1, 5, 4], count: 2)
    #expect(recall.imageToText[0] == 0.5)
    #expect(recall.textToImage[0] == 1)
  }

  @Test("Encoders that find everything equally similar find nothing among the first")
  func collapsed() {
    let recall = RetrievalRecall(similarities: [Float](repeating: 0.5, count: 144), count: 12)
    #expect(recall.imageToText == [0, 0, 0])
    #expect(recall.textToImage == [0, 0, 0])
  }

  @Test("A caption that two images share finds either, and neither image is in the other's way")
  func sharedCaptions() {
    // The first and the second image share a caption; the third's is less similar to each than that.
    let similarities: [Float] = [5, 5, 1, 2, 2, 1, 4, 4, 6]
    let apart = RetrievalRecall(similarities: similarities, count: 3)
    #expect(apart.imageToText[0] == 1.0 / 3)
    #expect(apart.textToImage[0] == 2.0 / 3)
    let shared = RetrievalRecall(similarities: similarities, count: 3, wordings: [0, 0, 1])
    #expect(shared.imageToText[0] == 1)
    #expect(shared.textToImage[0] == 1)
  }

  @Test("A pair that is sixth is found among ten but not among five")
  func depths() {
    let count = 12
    var similarities = [Float](repeating: 0, count: count * count)
    for column in 0..<count { similarities[column] = column < 6 && column > 0 ? 2 : 0 }
    similarities[0] = 1
    for row in 1..<count { similarities[row * count + row] = 5 }
    let recall = RetrievalRecall(similarities: similarities, count: count)
    let others = Double(count - 1) / Double(count)
    #expect(recall.imageToText == [others, others, 1])
  }

  @Test("Similarities that are made part by part give what all of them at once would")
  func parts() {
    let count = RetrievalRecall.part + 44
    var stream = RandomStream(seed: 1, name: "similarities")
    let values = (0..<count * count).map { _ in Float(stream.integer(below: 1000)) }
    let wordings = (0..<count).map { $0 % 290 }
    var largest = 0
    let recall = RetrievalRecall(count: count, wordings: wordings) { rows in
      largest = max(largest, rows.count)
      return Array(values[(rows.lowerBound * count)..<(rows.upperBound * count)])
    }
    func better(_ other: (Int) -> Float, than own: Float, for pair: Int) -> Int {
      (0..<count).count { wordings[$0] != wordings[pair] && other($0) >= own }
    }
    let images = (0..<count).map { row in
      better({ values[row * count + $0] }, than: values[row * count + row], for: row)
    }
    let texts = (0..<count).map { column in
      let own = (0..<count).filter { wordings[$0] == wordings[column] }.map { values[$0 * count + column] }
      return better({ values[$0 * count + column] }, than: own.max() ?? 0, for: column)
    }
    for (found, expected) in [(recall.imageToText, images), (recall.textToImage, texts)] {
      #expect(found == [1, 5, 10].map { depth in Double(expected.count { $0 < depth }) / Double(count) })
    }
    #expect(largest == RetrievalRecall.part)
  }

}
