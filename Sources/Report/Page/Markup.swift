import Files

/// A tree of HTML or SVG. Text from outside is a leaf or an attribute's value, and both are escaped in one place when the
/// tree is written, so that no text can become an element.
indirect enum Markup {
  /// Text, escaped when it is written.
  case text(String)
  /// An element with its attributes in their order.
  case element(String, [(name: String, value: String)], [Markup])
  /// A style sheet, which is written as it stands: a constant of this module, never text from outside.
  case style(StaticString)

  /// Elements of HTML that have no end tag.
  private static let void: Set<String> = ["meta", "img"]

  /// An element.
  static func make(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []
  ) -> Markup {
    .element(name, attributes.map { (name: $0.key, value: $0.value) }, children)
  }

  /// An element with text in it.
  static func make(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ text: String
  ) -> Markup {
    make(name, attributes, [.text(text)])
  }

  /// A name from outside, whose direction of writing has no effect on what stands around it.
  static func name(_ text: String) -> Markup { make("bdi", [:], text) }

  /// The tree as text.
  var source: String {
    var result = ""
    write(to: &result)
    return result
  }

  private func write(to result: inout String) {
    switch self {
    case .text(let text): result += Markup.escaped(text)
    case .style(let sheet): result += "<style>\(sheet)</style>\n"
    case .element(let name, let attributes, let children):
      result += "<\(name)"
      for attribute in attributes { result += " \(attribute.name)=\"\(Markup.escaped(attribute.value))\"" }
      result += ">"
      if Markup.void.contains(name) {
        result += "\n"
        return
      }
      for child in children { child.write(to: &result) }
      result += "</\(name)>"
      // Lines of bearable length for whoever reads the source or compares two pages.
      if Markup.ending.contains(name) { result += "\n" }
    }
  }

  private static let ending: Set<String> = [
    "section", "p", "h1", "h2", "h3", "tr", "table", "li", "svg", "path", "line", "rect", "figure", "details",
    "nav", "head", "title",
  ]

  /// Text as it may stand between tags and in quoted attributes of HTML and XML, in one line: without control characters,
  /// those that turn the direction of what follows, and code points that XML forbids.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in PrintableText.line(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
