import Testing

@testable import Report

@Suite struct ReportTableTests {
  @Test("characters that a terminal shows twice as wide count twice")
  func wideCharacters() {
    #expect(ReportTable.columns("ab日本🎉") == 8)
    #expect(ReportTable.columns("แมว한") == 5)
    var table = ReportTable(header: ["caption", "id"])
    table.append(["日本語", "1"])
    table.append(["cat", "2"])
    #expect(table.rows == [["日本語", "1"], ["cat", "2"]])
    #expect(table.text.split(separator: "\n").suffix(2) == ["日本語    1", "cat       2"])
  }

  @Test("what a terminal would obey is shown as unknown, and a cell stays in its line")
  func controlCharacters() {
    #expect(ReportTable.printable("a\u{1B}[31mred\u{7}") == "a\u{FFFD}[31mred\u{FFFD}")
    #expect(ReportTable.printable("two\nlines\tand a tab") == "two lines and a tab")
    #expect(ReportTable.printable("สวัสดี 👋🏽") == "สวัสดี 👋🏽")
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
