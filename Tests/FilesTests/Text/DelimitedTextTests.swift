@testable import Files
import Testing

@Suite("Delimited text") struct DelimitedTextTests {
  private func rows(_ text: String, _ dialect: DelimitedText.Dialect = .csv) -> [DelimitedText.Row] {
    var reader = DelimitedText(bytes: Array(text.utf8), file: "t", dialect)
    var rows: [DelimitedText.Row] = []
    while let row = reader.next() { rows.append(row) }
    return rows
  }

  private func fields(_ text: String, _ dialect: DelimitedText.Dialect = .csv) -> [[String]] {
    rows(text, dialect).map { $0.fields.map { String(decoding: $0, as: UTF8.self) } }
  }

  @Test("Quoted fields hold commas, line ends and doubled quotation marks")
  func quoted() {
    #expect(
      fields("a,\"b,c\"\n\"d\r\ne\",\"say \"\"hi\"\"\"\n")
        == [["a", "b,c"], ["d\r\ne", "say \"hi\""]])
  }

  @Test("Lines end in LF or CRLF, the last one may end in nothing, empty ones are passed over")
  func ends() {
    for text in ["a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\n\n\r\nc,d", "\u{FEFF}a,b\nc,\"d\""] {
      #expect(fields(text) == [["a", "b"], ["c", "d"]], "\(text)")
    }
  }

  @Test("Empty fields count, also at both ends")
  func empty() {
    #expect(fields(",\n\"\",,x\n") == [["", ""], ["", "", "x"]])
    #expect(fields("\t\ta\n", .tsv) == [["", "", "a"]])
  }

  @Test("Rows know the line that they begin in, also after quoted line ends")
  func lines() {
    #expect(rows("a\n\"b\nc\nd\",e\n\nf\n").map(\.line) == [1, 2, 6])
  }

  @Test("Broken quotation is a problem of its row, which ends with its line, and the next line is read again")
  func problems() {
    let found = rows("a,b\"c\nd,\"e\"f\ng,h\ni,\"j\nk,l\nm,\"n\no\"p\nq,r\n")
    #expect(found.map { $0.problem == nil } == [false, false, true, false, true, false, false, true])
    #expect(found.map(\.line) == [1, 2, 3, 4, 5, 6, 7, 8])
  }

  @Test("A field between tabs that is quoted as csv.writer quotes is unquoted, other marks are content")
  func tabs() {
    let text = "a\"b\t\"c\nd,e\tf\r\n\"g \"\"h\"\" i\"\t\"\"\n\"j\tk\"\tl\n\"m\" n\t\"o\"\n"
    #expect(
      fields(text, .tsv)
        == [["a\"b", "\"c"], ["d,e", "f"], ["g \"h\" i", ""], ["j\tk", "l"], ["\"m\" n", "o"]])
    #expect(fields("\"a\"\tb\n", .tabs) == [["\"a\"", "b"]])
  }

  @Test(
    "In a file without line feeds, lines end in carriage returns",
    arguments: [.csv, .tsv, .lines] as [DelimitedText.Dialect])
  func carriageReturns(dialect: DelimitedText.Dialect) {
    let found = rows("a\rb\r\rc", dialect)
    #expect(found.map { String(decoding: $0.fields[0], as: UTF8.self) } == ["a", "b", "c"])
    #expect(found.map(\.line) == [1, 2, 4])
  }

  @Test("Written CSV is read back as it was, whatever its fields hold")
  func writtenCSV() {
    let table = [
      ["a", "b,c", "say \"x\""], ["two\nlines", "", " spaced "], ["é", "\r", "\t"],
      ["\"\u{301}", ",\u{301}", "\n\u{301}"],
    ]
    let text = table.map { DelimitedText.line($0, .csv) }.joined()
    #expect(text.hasPrefix("a,\"b,c\",\"say \"\"x\"\"\"\n"))
    #expect(fields(text) == table)
  }

  @Test("Written TSV has as many fields as were given: tabs and line ends in them become spaces")
  func writtenTSV() {
    #expect(DelimitedText.line(["a\tb", "c\nd", "e"], .tsv) == "a b\tc d\te\n")
  }
}
