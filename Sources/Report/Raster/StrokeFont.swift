/// A font of strokes for pictures of charts: each character is lines between points of a grid, so that it is drawn like any
/// other line, at any size.
///
/// Capitals and digits are 6 units high, small letters 4; characters that are not in it stand as an empty frame, letters with
/// marks as those without.
enum StrokeFont {
  /// A character.
  struct Glyph: Equatable {
    /// Units to its right edge.
    let width: Double
    /// Lines through points; y is 0 at the baseline and grows upward.
    let strokes: [[(x: Double, y: Double)]]

    static func == (one: Glyph, other: Glyph) -> Bool {
      one.width == other.width && one.strokes.count == other.strokes.count
        && zip(one.strokes, other.strokes).allSatisfy { $0.elementsEqual($1) { $0 == $1 } }
    }
  }

  /// Units between two characters.
  static let gap = 1.7
  /// Units of a capital's height.
  static let height = 6.0

  /// The glyphs of a text in their order.
  static func glyphs(_ text: String) -> [Glyph] {
    text.map { character in
      if let glyph = table[character] { return glyph }
      // Letters with marks: the letter is the first scalar of the decomposed character.
      let plain = String(character).decomposedStringWithCanonicalMapping.unicodeScalars.first.map {
        Character($0)
      }
      return plain.flatMap { table[$0] } ?? frame
    }
  }

  /// Units of a text's width.
  static func width(_ text: String) -> Double {
    glyphs(text).reduce(0) { $0 + $1.width + gap } - (text.isEmpty ? 0 : gap)
  }

  private static let frame = glyph("02 08 38 32 02")
  private static let table: [Character: Glyph] = {
    var table: [Character: Glyph] = [" ": Glyph(width: 2, strokes: [])]
    for line in source.split(separator: "\n") {
      if let character = line.first { table[character] = glyph(String(line.dropFirst(2))) }
    }
    return table
  }()

  /// Points as two digits, x and y, parted by spaces; strokes parted by slashes. The baseline is at 2.
  private static func glyph(_ text: String) -> Glyph {
    let strokes = text.split(separator: "/").map { stroke in
      stroke.split(separator: " ").map { point in
        let digits = point.compactMap(\.wholeNumberValue)
        return (x: Double(digits.first ?? 0), y: Double(digits.last ?? 0) - 2)
      }
    }
    return Glyph(width: strokes.flatMap { $0.map(\.x) }.max() ?? 0, strokes: strokes)
  }

  private static let source = #"""
    ! 08 04/02 02
    " 08 06/28 26
    # 12 18/32 38/06 46/04 44
    $ 47 38 18 07 06 15 35 44 43 32 12 03/29 21
    % 02 48/08 18 17 07 08/32 42 43 33 32
    & 42 07 18 27 04 03 12 22 44
    ' 08 06
    ( 19 07 03 11
    ) 09 17 13 01
    * 04 26/06 24/17 13
    + 04 44/26 22
    , 12 01
    - 04 24
    . 02 02
    / 02 38
    0 12 03 07 18 38 47 43 32 12/13 37
    1 06 28 22/12 32
    2 07 18 38 47 46 02 42
    3 07 18 38 47 46 35 15/35 44 43 32 12 03
    4 32 38 04 44
    5 48 08 05 35 44 43 32 12 03
    6 38 18 07 03 12 32 43 44 35 15 04
    7 08 48 12
    8 15 06 07 18 38 47 46 35 15 04 03 12 32 43 44 35
    9 12 32 43 47 38 18 07 06 15 35 46
    : 02 02/05 05
    ; 15 15/12 01
    < 36 04 32
    = 05 35/03 33
    > 06 34 02
    ? 07 18 28 37 36 14/12 12
    @ 34 25 14 23 34 43 45 36 16 05 03 12 32
    A 02 28 42/14 34
    B 02 08 38 47 46 35 05/35 44 43 32 02
    C 47 38 18 07 03 12 32 43
    D 02 08 28 47 43 22 02
    E 48 08 02 42/05 35
    F 48 08 02/05 35
    G 47 38 18 07 03 12 32 43 45 25
    H 02 08/42 48/05 45
    I 02 08
    J 38 33 22 12 03
    K 02 08/48 05 42
    L 08 02 42
    M 02 08 25 48 42
    N 02 08 42 48
    O 12 03 07 18 38 47 43 32 12
    P 02 08 38 47 46 35 05
    Q 12 03 07 18 38 47 43 32 12/24 42
    R 02 08 38 47 46 35 05/25 42
    S 47 38 18 07 06 15 35 44 43 32 12 03
    T 08 48/28 22
    U 08 03 12 32 43 48
    V 08 22 48
    W 08 12 26 32 48
    X 02 48/08 42
    Y 08 25 48/25 22
    Z 08 48 02 42
    [ 18 08 01 11
    \ 08 32
    ] 08 18 11 01
    ^ 06 18 26
    _ 01 41
    ` 08 16
    a 36 32/35 26 16 05 03 12 22 33
    b 08 02/05 16 26 35 33 22 12 03
    c 35 26 16 05 03 12 22 33
    d 38 32/35 26 16 05 03 12 22 33
    e 04 34 35 26 16 05 03 12 22 33
    f 28 17 12/06 26
    g 36 31 20 10 01/35 26 16 05 03 12 22 33
    h 08 02/05 16 26 35 32
    i 06 02/08 08
    j 16 11 00/18 18
    k 08 02/36 04 32
    l 08 03 12
    m 06 02/05 16 25 22/25 36 45 42
    n 06 02/05 16 26 35 32
    o 12 03 05 16 26 35 33 22 12
    p 06 00/05 16 26 35 33 22 12 03
    q 36 30/35 26 16 05 03 12 22 33
    r 06 02/05 16 26
    s 35 26 16 05 14 24 33 22 12 03
    t 18 13 22/06 26
    u 06 03 12 22 33/36 32
    v 06 22 46
    w 06 12 25 32 46
    x 02 36/06 32
    y 06 03 12 22 33/36 31 20 10 01
    z 06 36 02 32
    { 29 18 16 05 14 12 21
    | 09 01
    } 09 18 16 25 14 12 01
    ~ 04 15 24 35
    – 04 34
    — 04 44
    … 02 02/22 22/42 42
    × 02 36/06 32
    α 36 12 03 05 16 22 32
    """#
}
