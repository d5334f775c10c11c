/// The text of a file's bytes, which must be UTF-8 or are repaired.
/// - Parameters:
///   - line: the line that the bytes begin in, where lines are counted.
///   - offset: where in the file they begin.
/// - Throws: ``PairError/brokenText(file:line:offset:)``.
func decodedText(
  _ bytes: ArraySlice<UInt8>, file: String, line: Int?, offset: Int, broken: PairOptions.BrokenText
) throws(PairError) -> String {
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  if broken == .repair { return String(decoding: bytes, as: UTF8.self) }
  let broken = firstBrokenByte(bytes) ?? bytes.endIndex
  throw .brokenText(file: file, line: line, offset: offset + broken - bytes.startIndex)
}

/// The index of the first byte that does not continue UTF-8 text; nil if all do.
func firstBrokenByte(_ bytes: ArraySlice<UInt8>) -> Int? {
  var parser = Unicode.UTF8.ForwardParser()
  var (rest, position) = (bytes.makeIterator(), bytes.startIndex)
  while true {
    switch parser.parseScalar(from: &rest) {
    case .valid(let scalar): position += scalar.count
    case .error: return position
    case .emptyInput: return nil
    }
  }
}

/// A caption without the white space around it; empty where it has no visible character.
func trimmedCaption(_ text: String) -> String {
  func invisible(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return properties.isWhitespace || properties.generalCategory == .control
      || properties.generalCategory == .format
  }
  let scalars = text.unicodeScalars
  if scalars.allSatisfy(invisible) { return "" }
  guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
    let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
  else { return "" }
  return String(scalars[first...last])
}
