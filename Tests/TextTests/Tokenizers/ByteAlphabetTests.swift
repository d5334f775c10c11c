import Testing

@testable import Text

@Suite("Bytes as characters")
struct ByteAlphabetTests {
  @Test("Every byte has a character of its own, printable ASCII itself, a space Ġ")
  func characters() {
    #expect(Set(ByteAlphabet.characters).count == 256)
    #expect(Set(ByteAlphabet.order).count == 256)
    #expect(ByteAlphabet.piece([0x20, 0x41, 0xE9]) == "ĠAé")
    #expect(ByteAlphabet.piece([0, 0x7F, 0xAD]) == "ĀġŃ")
  }

  @Test("Pieces give their bytes back; what is no byte's character gives none")
  func bytes() {
    #expect(ByteAlphabet.bytes(of: ByteAlphabet.piece(0...255)[...]) == Array(0...255))
    #expect(ByteAlphabet.bytes(of: "a b") == nil)
    #expect(ByteAlphabet.bytes(of: "中") == nil)
    #expect(ByteAlphabet.bytes(of: "\u{144}") == nil)
  }
}
