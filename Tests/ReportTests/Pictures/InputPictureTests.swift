import Encoders
import Testing

@testable import Attack
@testable import Report

@Suite struct InputPictureTests {
  private let glimpse = Glimpse(
    views: Pictures([UInt8](repeating: 200, count: 2 * 3 * 8 * 8), size: 8),
    imageImage: [[1, 0.5], [0.5, 1]],
    variants: ["a </bdi><b>dog"], imageText: [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])

  @Test(
    "the surest and the middle member are shown, the middle and the least sure nonmember, those without a score never"
  )
  func chosen() {
    let scores: [Double?] = [3, nil, 9, 1, 5, 7]
    #expect(InputPicture.chosen(scores, of: .member).map(\.place) == [2, 4])
    #expect(InputPicture.chosen(scores, of: .nonmember).map(\.place) == [4, 3])
    #expect(InputPicture.chosen([4], of: .member).map(\.place) == [0])
    #expect(InputPicture.chosen([nil], of: .member).isEmpty)
  }

  @Test(
    "a page shows views as pictures in itself with their names, and may load nothing else; an anonymous one has none"
  )
  func page() throws {
    let picture = InputPicture(name: "<i>.png", group: .member, score: 0.5, glimpse: glimpse)
    let record = try SampleAudit().record()
    let page = try AuditPage([record], pictures: [picture]).html()
    #expect(
      page.matches(of: #/<img src="data:image/png;base64,[A-Za-z0-9+/=]+" alt="view [12] of input 1">/#).count
        == 2)
    #expect(page.contains("form-action &#39;none&#39;; img-src data:"))
    #expect(page.contains("&lt;i&gt;.png: a member, score 0.5") && !page.contains("</bdi><b>dog"))
    #expect(
      page.contains("6 similarities") == false && page.contains("2 by 3 similarities from 0.10 to 0.60"))
    let anonymous = try AuditPage([record], pictures: [picture], isAnonymous: true).html()
    #expect(!anonymous.contains("<img") && !anonymous.contains("img-src"))
    #expect(
      try AuditPage([record]).html().contains(
        "Not shown: an attack saves neither pictures nor single answers."))
  }

  @Test("a grid has a field for each similarity, the darkest for the highest")
  func grid() {
    let source = MatrixChart.chart("n", "t", glimpse.imageText, names: ("views", "variants")).file
    let shades = source.matches(of: #/fill-opacity="([0-9.]+)"/#).map { String($0.output.1) }
    #expect(shades == ["0.04", "0.14", "0.24", "0.34", "0.44", "0.54"])
    #expect(source.contains(">60</text>"))
  }
}
