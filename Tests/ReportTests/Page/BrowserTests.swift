import Files
import Foundation
import TestSupport
import Testing

@testable import Report

/// A report in headless Chromium; skipped where there is none.
@Suite("Reports in a browser", .enabled(if: Browser.path != nil), .serialized) struct BrowserTests {
  /// What a browser finds in a page at one width.
  private struct Findings: Decodable {
    let width: Int
    let overflow: Int
    let widest: String
    let broken: [String]
    let doubled: [String]
    let headings: [Int]
    let unnamed: [String]
    let unscoped: Int
    let language: String
    let title: String
    let contrasts: [String]
    let texts: Int
  }

  private func findings(of page: String, _ options: [String] = []) throws -> [Findings] {
    try withTemporaryFolder { folder in
      try Data(page.utf8).write(to: folder.appending(path: "page.html"))
      try Data(Browser.frame.utf8).write(to: folder.appending(path: "frame.html"))
      let (output, errors) = try Browser.run(
        options + ["--dump-dom", folder.appending(path: "frame.html").absoluteString], in: folder)
      // What pages write to the console, such as what their policy kept from loading.
      #expect(!errors.contains("CONSOLE"), "\(errors)")
      let json = try #require(output.firstMatch(of: #/<pre id="found">(.+?)</pre>/#.dotMatchesNewlines()))
        .output.1
      let text = json.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
      return try JSONDecoder().decode([Findings].self, from: Data(text.utf8))
    }
  }

  private func pages() throws -> [String] {
    var long = SampleAudit()
    long.attacks[0].name =
      "EncoderMI-V (image-image + text-text + image-text + pair), calibrated by references"
    long.inputs.members[99] = String(repeating: "a-very-long-name-without-spaces", count: 8) + ".png"
    long.epochs = 300
    let (before, after) = (try SampleAudit().record(), try long.record())
    return [
      try AuditPage([before, after]).html(), try AuditPage(AuditPair(before: before, after: before)).html(),
      try AuditPage([after], pictures: PageSizeTests.pictures()).html(),
      try AuditPage(
        [], experiments: [try SampleExperiment.finished(), try SampleExperiment.finished(isGrid: true)]
      ).html(),
    ]
  }

  @Test(
    "of audits, pairs, pictures and experiments nothing scrolls sideways at 400, 800 and 1400 pixels, anchors lead somewhere, headings are in order, charts and tables are named, and every text stands out",
    arguments: [[], ["--blink-settings=preferredColorScheme=0"]])
  func screens(_ options: [String]) throws {
    for page in try pages() {
      let all = try findings(of: page, options)
      #expect(all.map(\.width) == [400, 800, 1400])
      for found in all {
        #expect(found.overflow <= 0, "\(found.width): \(found.widest)")
        #expect(found.broken.isEmpty && found.doubled.isEmpty && found.unnamed.isEmpty && found.unscoped == 0)
        #expect(found.language == "en" && !found.title.isEmpty)
        #expect(found.headings.first == 1)
        #expect(zip(found.headings, found.headings.dropFirst()).allSatisfy { $1 <= $0 + 1 })
        #expect(found.texts > 100 && found.contrasts.isEmpty, "\(found.width): \(found.contrasts)")
      }
    }
  }

  @Test("pages of audits, pairs, pictures and experiments print", arguments: 0..<4)
  func prints(_ place: Int) throws {
    try withTemporaryFolder { folder in
      try Data(try pages()[place].utf8).write(to: folder.appending(path: "page.html"))
      let pdf = folder.appending(path: "page.pdf")
      let (_, errors) = try Browser.run(
        [
          "--print-to-pdf=\(pdf.path)", "--no-pdf-header-footer",
          folder.appending(path: "page.html").absoluteString,
        ], in: folder)
      #expect(!errors.contains("CONSOLE"), "\(errors)")
      let bytes = try Data(contentsOf: pdf)
      #expect(bytes.starts(with: Array("%PDF".utf8)) && bytes.count > 20_000)
    }
  }
}

/// Headless Chromium.
private enum Browser {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first { Paths.isFile($0) }

  static func run(_ arguments: [String], in folder: URL) throws -> (output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: path ?? "")
    process.arguments =
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
        "--disable-background-networking", "--no-first-run", "--allow-file-access-from-files",
        "--enable-logging=stderr", "--virtual-time-budget=20000", "--window-size=1500,1000",
        "--user-data-dir=\(folder.appending(path: "profile").path)",
      ] + arguments
    let files = ["output", "errors"].map { folder.appending(path: $0) }
    let handles = try files.map { file in
      try Data().write(to: file)
      return try FileHandle(forWritingTo: file)
    }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (texts[0], texts[1])
  }

  /// A page that shows another one at three widths and writes down what it finds there. Contrast is that of WCAG 2, at least
  /// 4.5, of each text against the nearest ground that is painted.
  static let frame = #"""
    <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>frame</title></head><body><script>
    const widths = [400, 800, 1400], found = [];
    function parts(colour) {
      const numbers = colour.match(/[\d.]+/g).map(Number);
      return numbers.length === 3 ? [...numbers, 1] : numbers;
    }
    function luminance(colour) {
      const [r, g, b] = colour.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
      return .2126 * r + .7152 * g + .0722 * b;
    }
    function ground(view, element) {
      for (let e = element; e; e = e.parentElement) {
        const colour = parts(view.getComputedStyle(e).backgroundColor);
        if (colour[3] === 1) return colour.slice(0, 3);
      }
      return view.matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    }
    function look(frame, width) {
      const view = frame.contentWindow, page = frame.contentDocument, root = page.documentElement;
      const all = [...page.querySelectorAll("*")];
      for (const details of page.querySelectorAll("details")) details.open = true;
      let widest = "", right = width;
      for (const e of all) {
        const box = e.getBoundingClientRect();
        if (box.right > right + .5 && box.width > 1) { right = box.right; widest = e.outerHTML.slice(0, 200); }
      }
      const ids = all.map(e => e.id).filter(id => id);
      const contrasts = [];
      let texts = 0;
      for (const e of all) {
        const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if (!own || ["STYLE", "SCRIPT", "TITLE", "title", "desc"].includes(e.tagName) || !e.getClientRects().length) continue;
        const style = view.getComputedStyle(e);
        const isDrawn = e.namespaceURI.endsWith("svg");
        const colour = parts(isDrawn ? style.fill : style.color).slice(0, 3);
        let under = ground(view, e);
        // Fields of grids lie below their numbers.
        if (isDrawn) for (const field of e.ownerSVGElement.querySelectorAll("rect[fill-opacity]")) {
          const [text, box] = [e.getBoundingClientRect(), field.getBoundingClientRect()];
          const [x, y] = [(text.left + text.right) / 2, (text.top + text.bottom) / 2];
          if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
          const fill = view.getComputedStyle(field), share = Number(fill.fillOpacity);
          under = under.map((value, place) => share * parts(fill.fill)[place] + (1 - share) * value);
        }
        const [a, b] = [luminance(colour), luminance(under)].sort((x, y) => y - x);
        texts += 1;
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) contrasts.push(ratio.toFixed(2) + " " + e.textContent.slice(0, 40));
      }
      found.push({
        width, overflow: root.scrollWidth - root.clientWidth, widest,
        broken: [...page.querySelectorAll("a[href]")].map(a => a.getAttribute("href"))
          .filter(h => !h.startsWith("#") || !page.getElementById(h.slice(1))),
        doubled: ids.filter((id, place) => ids.indexOf(id) !== place),
        headings: [...page.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(h => Number(h.tagName[1])),
        unnamed: [...page.querySelectorAll("svg,table,nav,section,img")].filter(e =>
          !(e.getAttribute("aria-label") || e.getAttribute("alt") || e.querySelector("caption")
            || (e.getAttribute("aria-labelledby") || "").split(" ").some(id => id && page.getElementById(id)?.textContent)))
          .map(e => e.outerHTML.slice(0, 100)),
        unscoped: page.querySelectorAll("th:not([scope])").length,
        language: root.lang, title: page.title, contrasts: contrasts.slice(0, 5), texts
      });
    }
    function next() {
      if (found.length === widths.length) {
        const result = document.createElement("pre");
        result.id = "found";
        result.textContent = JSON.stringify(found);
        document.body.replaceChildren(result);
        return;
      }
      const frame = document.createElement("iframe"), width = widths[found.length];
      frame.style.cssText = `width:${width}px;height:900px;border:0`;
      frame.onload = () => { look(frame, width); frame.remove(); next(); };
      frame.src = "page.html";
      document.body.append(frame);
    }
    next();
    </script></body></html>
    """#
}
