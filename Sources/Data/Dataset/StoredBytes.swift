import Files

extension Dataset {
  /// The SHA-256 digest, in hexadecimal, of the bytes that a picture is stored in: its file, its member of an archive, or
  /// its record. Of a file it is what `sha256sum` prints.
  ///
  /// Any changed byte changes it, also one that no pixel depends on.
  /// - Throws: ``FileError``.
  public func storedDigest(of index: Int) throws -> String {
    var hash = SHA256()
    hash.update(try contents.pictures[position(index)].source.storedBytes())
    return hash.hexDigest()
  }
}

extension PictureSource {
  /// As they stand in the file.
  fileprivate func storedBytes() throws(FileError) -> [UInt8] {
    switch self {
    case .file(let path, _): return try ByteFile(path).readAll()
    case .range(let range, let path, _): return try ByteFile(path).read(range)
    case .record(let file, let record): return try file.bytes(of: record)
    }
  }
}
