import Testing
import Text

@Suite("Token batches")
struct TokenBatchTests {
  @Test("Rows are as long as the longest caption, and padded behind")
  func padding() {
    let batch = TokenBatch([[1, 9], [1, 4, 5, 9]], padding: 7)
    #expect(batch.ids == [1, 9, 7, 7, 1, 4, 5, 9])
    #expect(batch.length == 4)
    #expect(batch.count == 2)
  }

  @Test("The end of a caption is the place of its last token, whatever the length of the rows")
  func ends() {
    #expect(TokenBatch([[1, 9], [1, 4, 5, 9]], length: 6).ends == [1, 3])
  }

  @Test("Some rows of a batch are those captions, as long as the batch's rows")
  func rows() {
    let batch = TokenBatch([[1, 9], [1, 4, 5, 9], [1, 6, 9]])
    #expect(batch.rows(1..<3) == TokenBatch([[1, 4, 5, 9], [1, 6, 9]], length: 4))
  }
}
