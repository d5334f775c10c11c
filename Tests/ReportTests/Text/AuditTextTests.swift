import Files
import Report
import Testing

@Suite struct AuditTextTests {
  @Test("no line is wider than 80 columns, whatever the names")
  func width() throws {
    var audit = SampleAudit()
    audit.inputs.members = audit.inputs.members.map { String(repeating: "日本語", count: 30) + $0 }
    audit.attacks[1].name = "EncoderMI-T " + String(repeating: "long ", count: 30)
    audit.controlName = String(repeating: "wide", count: 40)
    for line in try audit.record().text().split(separator: "\n") {
      #expect(PrintableText.columns(String(line)) <= 80, "\(line)")
    }
  }

  @Test("it begins with the verdict, and has the numbers of the tables")
  func content() throws {
    let record = try SampleAudit().record()
    let text = try record.text()
    #expect(text.hasPrefix("THE ENCODER REVEALS WHICH INPUTS IT WAS TRAINED ON.\n"))
    for cell in record.attackTable.rows[0] { #expect(text.contains(cell), "\(cell)") }
    #expect(text.contains("threshold") && text.contains("seed, attack"))
  }

  @Test("an area of one half stands where chance is marked, in the column below its label")
  func plot() throws {
    let lines = try SampleAudit().record().text().split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("AUC, 95% interval") })
    let control = lines[start + 3]
    #expect(control.hasPrefix("blind (image statistics)"))
    #expect(Array(control)[35 + 22] == "o")
    #expect(Array(lines[start])[35 + 21...35 + 22] == ["5", "0"])
  }

  @Test("without names of inputs there are numbers in their place")
  func anonymous() throws {
    let text = try SampleAudit().record().text(isAnonymous: true)
    #expect(text.contains("input 1 ") && !text.contains(".png"))
  }
}
