internal import CCrypto

/// SHA-256 (FIPS 180-4), fed piece by piece.
public struct SHA256 {
  private var context = Context()

  /// A digest of nothing so far.
  public init() {}

  /// Adds bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    if !isKnownUniquelyReferenced(&context) { context = Context(copying: context) }
    if bytes.withContiguousStorageIfAvailable({ context.update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { context.update($0) }
    }
  }

  /// Adds the eight bytes of a number.
  public mutating func update(littleEndian value: UInt64) {
    update((0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
  }

  /// The digest as 64 hexadecimal digits.
  public consuming func hexDigest() -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = Context(copying: context).digest().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// What OpenSSL holds of a digest that goes on. Its calls fail only where memory or SHA-256 itself is missing.
  private final class Context {
    private let pointer: OpaquePointer

    init() {
      pointer = Context.allocate()
      precondition(EVP_DigestInit_ex(pointer, EVP_sha256(), nil) == 1, "SHA256: libcrypto has no SHA-256")
    }

    init(copying other: Context) {
      pointer = Context.allocate()
      precondition(EVP_MD_CTX_copy_ex(pointer, other.pointer) == 1, "SHA256: no memory for a copy")
    }

    deinit { EVP_MD_CTX_free(pointer) }

    private static func allocate() -> OpaquePointer {
      guard let pointer = EVP_MD_CTX_new() else { preconditionFailure("SHA256: no memory") }
      return pointer
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
      precondition(EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count) == 1, "SHA256: not updated")
    }

    func digest() -> [UInt8] {
      var (digest, length) = ([UInt8](repeating: 0, count: 32), UInt32(0))
      precondition(
        EVP_DigestFinal_ex(pointer, &digest, &length) == 1 && length == 32, "SHA256: not finished")
      return digest
    }
  }
}
