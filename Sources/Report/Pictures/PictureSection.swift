import Attack
import Data
import Foundation

/// A few inputs in a page: their views, and how alike the encoder's answers to them are.
struct PictureSection {
  let pictures: [InputPicture]
  let id: String

  func markup() throws -> [Markup] {
    guard !pictures.isEmpty else {
      return [
        .heading("A few inputs, looked at"),
        .paragraph(
          "Not shown: an attack saves neither pictures nor single answers. With \u{201C}report --target RUN\u{201D} the encoder is asked again "
            + "about four inputs, and their views and similarities stand here."),
      ]
    }
    var content: [Markup] = [
      .heading("A few inputs, looked at"),
      .paragraph(
        "The views that the encoder was asked about, the first \(InputPicture.mostViews) where there were more, and how alike its answers are: of each view and each other, where there is "
          + "a caption of each view and each of its variants. The more alike, the surer a member. The inputs are the members "
          + "that the first attack is surest of and in the middle, and the nonmembers in the middle and least sure."
      ),
    ]
    for (index, picture) in pictures.enumerated() { content += try markup(of: picture, index + 1) }
    return content
  }

  private func markup(of picture: InputPicture, _ number: Int) throws -> [Markup] {
    let glimpse = picture.glimpse
    let kind = picture.group == .member ? "a member" : "a nonmember"
    let views = try picture.addresses().enumerated().map { index, address in
      Markup.make("img", ["src": address, "alt": "view \(index + 1) of input \(number)"])
    }
    let matrices = MatrixChart.matrices(glimpse, number)
    var content: [Markup] = [
      .make("h4", [:], [.name("\(picture.name): \(kind), score \(String(format: "%.4g", picture.score))")]),
      .make("div", ["class": "views"], views),
    ]
    if let caption = glimpse.variants.first {
      content.append(.paragraph("Variants of its caption, the first: \u{201C}\(caption)\u{201D}"))
    }
    return content + [.charts(matrices, id: "\(id)-input-\(number)")]
  }
}

extension MatrixChart {
  /// The grids of one input.
  static func matrices(_ glimpse: Glimpse, _ number: Int) -> [Chart] {
    var charts = [
      chart(
        "views-\(number)", "Input \(number): how alike its views are to the encoder", glimpse.imageImage,
        names: ("views", "views"))
    ]
    if !glimpse.imageText.isEmpty {
      charts.append(
        chart(
          "pairs-\(number)", "Input \(number): how alike its views and variants of its caption are",
          glimpse.imageText,
          names: ("views", "variants of the caption")))
    }
    return charts
  }
}
