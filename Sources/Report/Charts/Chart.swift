import Attack
import Foundation

/// A chart as an SVG of fixed size in user units, without scripts, that stands in a page or in a file of its own.
///
/// Colours are variables of the style sheet, so that the same chart is right on dark and light grounds and in print; lines
/// differ by their dashes and areas by their place too, never by colour alone.
public struct Chart {
  /// A short name that tells it from the other charts of an audit: "roc".
  public let name: String
  /// What it shows.
  public let title: String
  /// What a reader sees in it, for those who cannot.
  public let description: String
  /// Size in user units; at full size one is a pixel.
  let size: (width: Double, height: Double)
  let content: [Markup]

  /// Width of all charts.
  static let width = 360.0

  /// The chart as an element of a page.
  /// - Parameter id: tells it from all others of the page.
  func markup(id: String) -> Markup { svg(id: id, attributes: [], style: []) }

  /// The chart as a file, with its own style sheet.
  public var file: String {
    let isolated = svg(
      id: name, attributes: [("xmlns", "http://www.w3.org/2000/svg")], style: [.style(Chart.style)])
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + isolated.source
  }

  private func svg(id: String, attributes: [(name: String, value: String)], style: [Markup]) -> Markup {
    let box = "0 0 \(Chart.number(size.width)) \(Chart.number(size.height))"
    return .element(
      "svg",
      attributes + [
        ("class", "chart"), ("viewBox", box), ("role", "img"), ("aria-labelledby", "\(id)-title \(id)-desc"),
      ],
      style + [
        .make("title", ["id": "\(id)-title"], title), .make("desc", ["id": "\(id)-desc"], description),
      ] + content)
  }

  /// The style sheet of charts.
  static let style: StaticString = """
    .chart{--ink:#1c2024;--soft:#5c6670;--grid:#d5dae0;--first:#0b5cad;--second:#b3430f;--ground:#fff;
    background:var(--ground);color:var(--ink);font:11px system-ui,"DejaVu Sans",sans-serif}
    .chart text{fill:var(--ink);stroke:var(--ground);stroke-width:3px;paint-order:stroke}.chart .soft{fill:var(--soft)}.chart .end{text-anchor:end}
    .chart .middle{text-anchor:middle}.chart .strong{font-weight:600}
    .chart path,.chart line{fill:none;stroke:var(--ink);stroke-width:1.5}
    .chart .grid{stroke:var(--grid);stroke-width:1}.chart .axis{stroke:var(--soft);stroke-width:1}
    .chart .chance{stroke:var(--soft);stroke-dasharray:2 3}
    .chart .first{stroke:var(--first);stroke-width:2}.chart .second{stroke:var(--second);stroke-width:1.5}
    .chart .dashed{stroke-dasharray:7 3}.chart .dotted{stroke-dasharray:2 2}
    .chart .mixed{stroke-dasharray:8 3 2 3}
    .chart .band{fill:var(--first);fill-opacity:.16;stroke:none}
    .chart rect.first{fill:var(--first);stroke:none}
    .chart rect.second{fill:var(--ground);stroke:var(--second);stroke-width:1.2}
    .chart .threshold{stroke:var(--ink);stroke-dasharray:4 3}
    .chart circle{fill:var(--first);stroke:none}.chart .hollow{fill:var(--ground);stroke:var(--second);stroke-width:1.5}
    @media (prefers-color-scheme:dark){.chart{--ink:#e8eaed;--soft:#a3adb8;--grid:#39414a;--first:#6cb2ff;
    --second:#ffa071;--ground:#16191d}}
    @media print{.chart{--ink:#000;--soft:#444;--grid:#ccc;--first:#0b5cad;--second:#b3430f;--ground:#fff}}

    """

  /// A coordinate: to a tenth of a unit, without a needless decimal.
  static func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func line(_ style: String, from: (x: Double, y: Double), to: (x: Double, y: Double)) -> Markup {
    .make(
      "line",
      [
        "class": style, "x1": number(from.x), "y1": number(from.y), "x2": number(to.x), "y2": number(to.y),
      ])
  }

  static func label(_ text: String, _ x: Double, _ y: Double, _ style: String = "") -> Markup {
    .make("text", ["class": style, "x": number(x), "y": number(y)], text)
  }

  /// A point: filled, or hollow by the style of that name.
  static func dot(_ style: String, _ x: Double, _ y: Double, radius: Double) -> Markup {
    .make("circle", ["class": style, "cx": number(x), "cy": number(y), "r": number(radius)])
  }

  /// A line through corners, as a path has it.
  static func path(_ corners: [(x: Double, y: Double)]) -> String {
    corners.enumerated().map { index, corner in
      "\(index == 0 ? "M" : "L")\(number(corner.x)) \(number(corner.y))"
    }.joined()
  }

  /// Styles of lines that can be told apart without colours, the first the strongest.
  static let curveStyles = ["first", "second dashed", "second dotted", "mixed"]

  /// Names of lines below a plot, each beside a piece of it.
  /// - Returns: what is drawn, and where the chart ends.
  static func legend(
    _ entries: [(style: String, name: String)], from left: Double, below top: Double
  ) -> (content: [Markup], bottom: Double) {
    let height = 17.0
    let content = entries.enumerated().flatMap { place, entry in
      let y = top + Double(place) * height
      return [
        line(entry.style, from: (left, y - 4), to: (left + 30, y - 4)),
        label(shortened(entry.name, most: 44), left + 38, y),
      ]
    }
    return (content, top + Double(entries.count - 1) * height + 10)
  }

  /// Lines at the quarters of both axes of shares, with their percentages.
  static func quarters(
    _ plot: (left: Double, right: Double, top: Double, bottom: Double), _ x: ChartScale, _ y: ChartScale
  ) -> [Markup] {
    (0...4).flatMap { quarter in
      let (value, text) = (Double(quarter) / 4, "\(25 * quarter)%")
      return [
        line("grid", from: (plot.left, y(value)), to: (plot.right, y(value))),
        line("grid", from: (x(value), plot.top), to: (x(value), plot.bottom)),
        label(text, plot.left - 5, y(value) + 4, "soft end"),
        label(text, x(value), plot.bottom + 15, "soft middle"),
      ]
    }
  }

  /// An axis of areas under ROC curves at tenths, with the line of chance.
  static func areaAxis(_ x: ChartScale, top: Double, bottom: Double) -> [Markup] {
    let tenths = Int((x.values.lowerBound * 10).rounded())...10
    return tenths.flatMap { tick in
      let (place, isChance) = (x(Double(tick) / 10), tick == 5)
      let side = tick == tenths.lowerBound ? "" : tick == tenths.upperBound ? "end" : "middle"
      return [
        line(isChance ? "chance" : "grid", from: (place, top), to: (place, bottom)),
        label("\(10 * tick)", place, bottom + 14, isChance ? "strong middle" : "soft " + side),
      ]
    } + [label("area under the ROC curve, percent; 50 is chance", 180, bottom + 31, "middle")]
  }

  /// An axis of areas that holds all of these, at least from 40% on.
  static func areaScale(_ values: [Estimate], to ends: (Double, Double)) -> ChartScale {
    let lowest = values.map(\.low).min() ?? 0.5
    return ChartScale(max(0, min(0.4, (lowest * 10).rounded(.down) / 10))...1, to: ends)
  }

  /// A name that is cut where it would leave the chart; the whole stands in the tables.
  static func shortened(_ name: String, most: Int) -> String {
    name.count > most ? name.prefix(most - 1) + "…" : name
  }
}

/// From values to coordinates, on a linear or a logarithmic axis.
struct ChartScale {
  let values: ClosedRange<Double>
  /// The coordinates of the ends; the first may be the greater.
  let ends: (Double, Double)
  let isLogarithmic: Bool

  init(_ values: ClosedRange<Double>, to ends: (Double, Double), isLogarithmic: Bool = false) {
    precondition(values.lowerBound < values.upperBound, "ChartScale: nothing between \(values)")
    precondition(!isLogarithmic || values.lowerBound > 0, "ChartScale: no logarithm at \(values)")
    (self.values, self.ends, self.isLogarithmic) = (values, ends, isLogarithmic)
  }

  /// The coordinate of a value; of one beyond an end, that end.
  func callAsFunction(_ value: Double) -> Double {
    let inside = min(max(value, values.lowerBound), values.upperBound)
    func place(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }
    // Halves, since the whole may be beyond all numbers.
    let (first, last) = (place(values.lowerBound) / 2, place(values.upperBound) / 2)
    let share = (place(inside) / 2 - first) / (last - first)
    return ends.0 + (share.isFinite ? share : 0) * (ends.1 - ends.0)
  }
}
