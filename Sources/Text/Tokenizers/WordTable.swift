/// Words of up to 16 bytes that are one token, by their bytes.
struct WordTable: Sendable {
  /// The bytes of the longest word that has room.
  static let longest = 16

  private struct Slot {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// 0 for none: no word is empty.
    var length: Int32 = 0
    var id: Int32 = 0
  }
  private var slots: [Slot]

  /// A table without words.
  /// - Parameter room: how many words there may be.
  init(room: Int) {
    var size = 16
    while size < room * 2 { size *= 2 }
    slots = [Slot](repeating: Slot(), count: size)
  }

  @inline(__always)
  private func start(_ low: UInt64, _ high: UInt64) -> Int {
    let mixed = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & (slots.count - 1)
  }

  /// The bytes of a word in two numbers.
  @inline(__always)
  private func packed(_ text: borrowing Span<UInt8>, _ word: Range<Int>) -> (low: UInt64, high: UInt64) {
    var (low, high): (UInt64, UInt64) = (0, 0)
    var shift: UInt64 = 0
    for place in word.lowerBound..<min(word.upperBound, word.lowerBound + 8) {
      low |= UInt64(text[place]) << shift
      shift += 8
    }
    if word.count > 8 {
      shift = 0
      for place in (word.lowerBound + 8)..<word.upperBound {
        high |= UInt64(text[place]) << shift
        shift += 8
      }
    }
    return (low, high)
  }

  /// Adds a word of 1 to 16 bytes.
  mutating func insert(_ word: [UInt8], id: Int32) {
    let (low, high) = packed(word.span, 0..<word.count)
    var place = start(low, high)
    while slots[place].length != 0 { place = (place + 1) & (slots.count - 1) }
    slots[place] = Slot(low: low, high: high, length: Int32(word.count), id: id)
  }

  /// The token that a word is, if it is in the table.
  @inline(__always)
  func id(of text: borrowing Span<UInt8>, _ word: Range<Int>) -> Int32? {
    if word.count > WordTable.longest { return nil }
    let (low, high) = packed(text, word)
    var place = start(low, high)
    while true {
      let slot = slots[place]
      if slot.low == low && slot.high == high && slot.length == Int32(word.count) { return slot.id }
      if slot.length == 0 { return nil }
      place = (place + 1) & (slots.count - 1)
    }
  }
}
