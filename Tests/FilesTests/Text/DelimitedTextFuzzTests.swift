@testable import Files
import TestSupport
import Testing

@Suite("Damaged tables") struct DelimitedTextFuzzTests {
  @Test("Rows follow each other to the end, whatever the bytes, in every dialect")
  func fuzz() throws {
    let samples = [
      "a,b,c\r\n\"d, \"\"e\"\"\",f\n\n\"g\nh\",i,\n", "a\tb\n\"c\td\"\t\"e\"\"\"\nf\"g\t\n", "a,b\rc,d\r",
      "\u{FEFF}x\ny",
    ].map { Array($0.utf8) }
    let dialects: [DelimitedText.Dialect] = [.csv, .tsv, .tabs, .lines]
    try Fuzz.feed("delimited text", samples) { input, damage in
      var text = DelimitedText(bytes: input, file: "t", dialects[damage.choice(dialects.count)])
      var (offset, line, isWhole) = (-1, 0, true)
      while let row = text.next() {
        try Fuzz.require(
          row.offset > offset && row.offset < input.count, "a row at \(row.offset) after \(offset)")
        try Fuzz.require(row.line > line, "line \(row.line) after \(line)")
        try Fuzz.require(row.problem != nil || !row.fields.isEmpty, "a row of no fields in line \(row.line)")
        (offset, line, isWhole) = (row.offset, row.line, isWhole && row.problem == nil)
      }
      return isWhole
    }
  }

  @Test("Text from outside is shown without what a terminal acts upon")
  func fuzzPrinted() throws {
    let samples = ["a\u{1B}[31mb\u{7}", "\u{202E}x\u{85}", "zwölf\n黒\u{9B}0m"].map { Array($0.utf8) }
    try Fuzz.feed("printed text", samples) { input, _ in
      let line = PrintableText.line(String(decoding: input, as: UTF8.self))
      try Fuzz.require(
        line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) },
        line.debugDescription)
      return true
    }
  }
}
