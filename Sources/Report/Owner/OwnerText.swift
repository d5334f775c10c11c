import Attack
import Foundation

extension OwnerResults {
  /// The answer in plain words for a terminal of 80 columns: the verdict, the numbers, what was asked, what it rests on and
  /// does not show.
  public var text: String {
    var parts = [TerminalText.wrapped(headline.uppercased()).joined(separator: "\n")]
    parts.append(sentences.flatMap { TerminalText.wrapped($0) }.joined(separator: "\n"))
    parts.append("What was found\n\n\(findingTable.terminalText)")
    if !blind.isEmpty { parts.append("Without the encoder\n\n\(blindTable.terminalText)") }
    parts.append(
      "What was asked\n"
        + TerminalText.wrapped(
          "\(questions.pictures) pictures and \(questions.captions) captions, of \(target.encoder) "
            + "(\(target.fingerprint.prefix(12)))"
        ).joined(separator: "\n"))
    let remarks = (warnings + limits).flatMap { text in
      TerminalText.wrapped(text, indent: "  ").enumerated().map { $0 == 0 ? "- \($1.dropFirst(2))" : $1 }
    }
    parts.append((["What to know before this is quoted"] + remarks).joined(separator: "\n"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Whether any statistic differs at the level, over all of them.
  private var isFound: Bool { findings.contains { $0.adjustedP <= OwnerResults.level } }

  private var isConfounded: Bool { blind.contains(where: \.separates) }

  private var headline: String {
    let p = OwnerResults.decimal(findings.map(\.adjustedP).min() ?? 1)
    if isConfounded { return "No conclusion: the works differ from the nonmembers by themselves" }
    switch (isDrawn, isFound) {
    case (true, true): return "The encoder knows the published half: p = \(p)"
    case (true, false): return "No sign that the published half was used: p = \(p)"
    case (false, true): return "The encoder scores the works higher than the nonmembers: p = \(p)"
    case (false, false): return "The encoder does not score the works higher than the nonmembers: p = \(p)"
    }
  }

  private var sentences: [String] {
    let (one, other) = isDrawn ? ("published works", "secret works") : ("works", "known nonmembers")
    var sentences = [
      "\(first.works) \(one) in \(first.units) units against \(second.works) \(other) in \(second.units) units"
        + (strata > 1 ? ", in \(strata) strata." : ".")
    ]
    if isDrawn {
      sentences.append(
        isFound
          ? "Which half was published was drawn at random. An encoder that saw neither half, or both, would show so large "
            + "a difference with a probability of at most p."
          : "A difference like this is to be expected of an encoder that saw neither half, or both. That is no proof that "
            + "the works were not used: the test may be too weak for the share that was."
      )
    } else {
      sentences.append(
        "Nothing was drawn at random. p rests on the belief that the nonmembers are like the works in all that an encoder "
          + "may react to: subject, style, size, compression, date.")
      if isConfounded {
        sentences.append(
          "That belief fails here: a classifier that never asked the encoder tells the two apart, so the encoder may "
            + "score them differently though it saw neither.")
      } else if !blind.isEmpty {
        sentences.append(
          "A classifier that never asked the encoder does not tell the two apart, which is in favour of that belief and "
            + "does not prove it.")
      }
    }
    if let share, !isConfounded {
      sentences.append(
        "By their scores \(OwnerResults.percent(share.share)) of the \(isDrawn ? "published works" : "works") were used, "
          + "if members score by this encoder as by the shadow.")
    }
    return sentences
  }

  private var findingTable: ReportTable {
    var table = ReportTable(header: ["by", "difference", "d", "higher, %", "p", "p, Holm"])
    for finding in findings {
      table.append([
        finding.statistic.name, OwnerResults.decimal(finding.difference.means, signed: true),
        finding.difference.standardised.map { String(format: "%+.2f", $0) } ?? "-",
        OwnerResults.percent(finding.difference.superiority).replacing("%", with: ""),
        OwnerResults.decimal(finding.test.p), OwnerResults.decimal(finding.adjustedP),
      ])
    }
    return table
  }

  private var blindTable: ReportTable {
    var table = ReportTable(header: ["control", "AUC, %", "p"])
    for control in blind {
      table.append([
        control.name, OwnerResults.percent(control.auc).replacing("%", with: ""),
        OwnerResults.decimal(control.p),
      ])
    }
    return table
  }

  private var limits: [String] {
    let (one, other) =
      isDrawn ? ("a published unit", "a secret one") : ("a unit of works", "one of nonmembers")
    var limits = [
      "“difference” is that of the mean scores of units, “d” that over their deviation, “higher” the probability that "
        + "\(one) scores higher than \(other), with its 95% interval; 50% is no difference"
    ]
    limits += findings.map { finding in
      "\(finding.statistic.name): "
        + (finding.test.isExact ? "all \(finding.test.labellings)" : "\(finding.test.labellings)")
        + " labellings of units were looked at"
        + (finding.test.isExact ? "" : ", that which was drawn and random ones")
    }
    if isDrawn {
      limits.append(
        "asking showed the secret half to whoever runs the encoder: a later encoder of theirs may have seen both, so this "
          + "draw tells nothing of it. Use it once for each suspect")
      limits.append(
        "it is about the set as a whole: nothing is said of a single work, nor how the works came to the encoder, nor that "
          + "copies from elsewhere were not what it saw")
      limits.append(
        "it holds if the draw was committed to before the published half was published: see that date")
    }
    return limits
  }

  private static func percent(_ estimate: Estimate) -> String {
    String(
      format: "%.1f%% [%.1f, %.1f]", 100 * estimate.value, 100 * estimate.low, 100 * estimate.high)
  }

  /// A number with two digits that count at least.
  static func decimal(_ value: Double, signed: Bool = false) -> String {
    let digits = abs(value) >= 0.1 || value == 0 ? 3 : min(9, 2 - Int(log10(abs(value)).rounded(.down)))
    return String(format: signed ? "%+.\(digits)f" : "%.\(digits)f", value)
  }
}

/// What ``PowerSimulation`` found, as a table: a row for each share that is used, a column for each number of views.
public struct PowerTable: Sendable {
  /// How many works are needed.
  public struct Entry: Codable, Sendable, Equatable {
    /// Views of each image, or questions about each work as it was scored.
    public let views: Int?
    /// Of the published works the share that is used.
    public let share: Double
    /// Works in both halves together; nil where ``PowerSimulation/most`` are too few.
    public let works: Int?
    /// Pictures and captions that are asked about.
    public let questions: Int?

    /// An entry by its parts.
    public init(views: Int?, share: Double, works: Int?, questions: Int?) {
      (self.views, self.share, self.works, self.questions) = (views, share, works, questions)
    }
  }

  /// By views, then by share.
  public let entries: [Entry]

  /// A table of entries.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// The table as text.
  public var text: String {
    var table = ReportTable(header: ["share used", "views", "works needed", "questions"])
    for entry in entries {
      table.append([
        String(format: "%g%%", 100 * entry.share), entry.views.map { "\($0)" } ?? "as scored",
        entry.works.map { "\($0)" } ?? "over \(PowerSimulation.most)", entry.questions.map { "\($0)" } ?? "-",
      ])
    }
    return table.text
  }
}
