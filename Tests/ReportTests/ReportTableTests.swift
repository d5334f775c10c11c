import Testing

@testable import Report

@Suite struct ReportTableTests {
  @Test("wide characters do not shift the columns behind them")
  func wideCharacters() {
    var table = ReportTable(header: ["caption", "id"])
    table.append(["日本語", "1"])
    table.append(["cat", "2"])
    #expect(table.rows == [["日本語", "1"], ["cat", "2"]])
    #expect(table.text.split(separator: "\n").suffix(2) == ["日本語    1", "cat       2"])
  }

  @Test("a cell holds nothing that a terminal would obey, and stays in its line")
  func controlCharacters() {
    var table = ReportTable(header: ["file"])
    table.append(["a\u{1B}[31m\nb"])
    #expect(table.rows == [["a\u{FFFD}[31m b"]])
  }

  @Test("columns are as wide as their widest cell, names to the left, numbers to the right")
  func alignment() {
    var table = ReportTable(header: ["name", "value"])
    table.append(["a", "1"])
    table.append(["longer", "100.25"])
    #expect(
      table.text == """
        name     value
        ------  ------
        a            1
        longer  100.25
        """)
  }
}
