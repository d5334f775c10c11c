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

  @Test("a table that is too wide breaks its cells at spaces, keeps numbers with their intervals, and fits")
  func fitting() {
    var table = ReportTable(header: ["attack", "accuracy", "TPR at 1% FPR"])
    table.append(["control: untrained encoder (EncoderMI-V)", "53.4 [48.9, 57.8]", "2.0 [0.7, 4.6] at 0.8%"])
    table.append(["V", "7.0 [1.0, 9.0]", "-"])
    #expect(
      table.text(fitting: 52) == """
        attack                      accuracy   TPR at 1% FPR
        -----------------  -----------------  --------------
        control:           53.4 [48.9, 57.8]  2.0 [0.7, 4.6]
          untrained                                  at 0.8%
          encoder
          (EncoderMI-V)
        V                     7.0 [1.0, 9.0]               -
        """)
    #expect(table.text(fitting: 200) == table.text)
    // Where words alone are too wide a row is its name with its values.
    for line in table.text(fitting: 30).split(separator: "\n") { #expect(line.count <= 80) }
  }

}
