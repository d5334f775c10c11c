@testable import Files
import Testing

@Suite("Hashes") struct HashTests {
  @Test(
    "SHA-256 gives the published digests of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func sha256(text: String, digest: String) {
    var hash = SHA256()
    hash.update(text.utf8)
    #expect(hash.hexDigest() == digest)
  }

  @Test("Pieces of any kind and length give the digest of the whole, and a copy goes on by itself")
  func pieces() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var whole = SHA256()
    whole.update(bytes)
    var parts = SHA256()
    parts.update(bytes[..<63].reversed().reversed())
    parts.update(stride(from: 63, to: 200, by: 1).lazy.map { bytes[$0] })
    let early = parts
    parts.update(bytes[200...])
    #expect(parts.hexDigest() == whole.hexDigest())
    var prefix = SHA256()
    prefix.update(bytes[..<200])
    #expect(early.hexDigest() == prefix.hexDigest())
    #expect(early.hexDigest() == prefix.hexDigest())
  }

  @Test("A number is its eight bytes, the lowest first")
  func numbers() {
    var (number, bytes) = (SHA256(), SHA256())
    number.update(littleEndian: 0x0102_0304_0506_0708)
    bytes.update([8, 7, 6, 5, 4, 3, 2, 1])
    #expect(number.hexDigest() == bytes.hexDigest())
  }

  @Test(
    "XXH64 gives its published values",
    arguments: [
      ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
      ("The quick brown fox jumps over the lazy dog", 0x0b24_2d36_1fda_71bc),
    ] as [(String, UInt64)])
  func xxh64(text: String, expected: UInt64) {
    #expect(Array(text.utf8).withUnsafeBytes { contentHash($0) } == expected)
  }
}
