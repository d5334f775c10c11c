import Report
import Testing

@Suite struct ReportTableTests {
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
