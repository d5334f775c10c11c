@testable import Data
import Testing

@Suite("Bytes of captions") struct CaptionBytesTests {
  @Test(
    "The first byte that does not continue UTF-8 is found",
    arguments: [
      ([0x61, 0xFF], 1), ([0xC3, 0xA9, 0x80], 2), ([0x61, 0xF0, 0x9F, 0x98], 1), ([0xED, 0xA0, 0x80], 0),
    ] as [([UInt8], Int)])
  func broken(bytes: [UInt8], place: Int) {
    #expect {
      try decodedText(bytes[...], file: "f", line: 3, offset: 100, broken: .refuse)
    } throws: {
      $0 as? DataError == .brokenText(file: "f", line: 3, offset: 100 + place)
    }
  }

  @Test("Valid text of any script comes back as it is")
  func valid() throws {
    let text = "e\u{301} 👩‍🔬 한국어 עברית\0"
    #expect(try decodedText(Array(text.utf8)[...], file: "f", line: 1, offset: 0, broken: .refuse) == text)
  }
}
