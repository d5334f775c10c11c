import Files
import Text

/// The text of a file's bytes, which must be UTF-8 or are repaired.
/// - Parameters:
///   - line: the line that the bytes begin in, where lines are counted.
///   - offset: where in the file they begin.
/// - Throws: ``DataError/brokenText(file:line:offset:)``.
func decodedText(
  _ bytes: ArraySlice<UInt8>, file: String, line: Int?, offset: Int, broken: DataOptions.BrokenText
) throws(DataError) -> String {
  do {
    return try CaptionText.decode(bytes, repairing: broken == .repair)
  } catch {
    let place = brokenUTF8Offset(in: bytes) ?? 0
    throw .brokenText(file: file, line: line, offset: offset + place)
  }
}

/// A caption without the white space around it; empty where it has no visible character.
public func trimmedCaption(_ text: String) -> String {
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
