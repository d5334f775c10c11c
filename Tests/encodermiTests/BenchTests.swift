import Files
import ArgumentParser
import Foundation
import Testing

@testable import encodermi

@Suite("Bench")
struct BenchTests {
  @Test("Without options every figure is measured, each under a name of its own")
  func allFigures() throws {
    let names = try Bench.parse([]).figures.map(\.name)
    #expect(names.count == Set(names).count)
    for name in [
      "step/resnet18-64/128", "forward/resnet18-64/256", "step/resnet18-32-stem4/128", "forward/vgg11-64/128",
      "moco/resnet18-64/128", "views/1", "views/2", "features", "fit/vector", "fit/set", "sgemm",
    ] {
      #expect(names.contains(name))
    }
  }

  @Test("--only chooses the figures whose name contains its text")
  func only() throws {
    #expect(try Bench.parse(["--only", "fit"]).figures.map(\.name) == ["fit/vector", "fit/set"])
    #expect(try Bench.parse(["--only", "step/resnet18-16/128"]).figures.count == 1)
  }

  @Test("CLIP's tokenizer is measured only where its vocabulary is given")
  func tokenizer() throws {
    #expect(try Bench.parse(["--only", "tokenize"]).figures.map(\.name) == ["tokenize/trained"])
    let given = try Bench.parse([
      "--only", "tokenize/clip", "--tokenizer", "bpe.txt.gz", "--captions", "c.tsv",
    ])
    #expect(given.figures.map(\.name) == ["tokenize/clip/1", "tokenize/clip/all", "tokenize/clip/cold"])
    let child = try Bench.parse(given.arguments(row: "tokenize/clip/1"))
    #expect(child.tokenizer == "bpe.txt.gz" && child.captions == "c.tsv" && child.column == nil)
    #expect(throws: (any Error).self) { try Bench.parse(["--only", "tokenize/clip"]) }
  }

  @Test(
    "Options that nothing can be measured with are refused",
    arguments: [
      ["--only", "nonesuch"], ["--seconds", "0"], ["--seconds", "nan"], ["--threads", "0"],
      ["--row", "step"], ["--convolution", "dense"], ["--convolution", "fft"],
    ])
  func refused(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try Bench.parse(arguments) }
  }

  @Test("The process that measures a figure is given the same options")
  func childArguments() throws {
    let bench = try Bench.parse([
      "--seconds", "0.5", "--threads", "3", "--convolution", "winograd", "--profile",
    ])
    let child = try Bench.parse(bench.arguments(row: "views/1"))
    #expect(child.row == "views/1")
    #expect(child.seconds == 0.5)
    #expect(child.threads == 3)
    #expect(child.convolution == .winograd)
    #expect(child.profile)
  }

  @Test("A figure is one line of JSON with the documented keys")
  func line() throws {
    let figure = BenchMeasurement(name: "a/b", unit: "images/s", rates: [4, 1, 3, 2, 5])
    let line = try figure.line()
    #expect(!line.contains("\n") && line.contains("\"a/b\""))
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(
      Set(try #require(object).keys).subtracting(["processor"])
        == ["name", "value", "unit", "threads", "repetitions", "spread", "peakMemoryBytes"])
    #expect(object?["value"] as? Double == 3)
    #expect(object?["repetitions"] as? Int == 5)
    #expect(object?["peakMemoryBytes"] as? Int ?? 0 > 1 << 20)
  }

  @Test("The spread is the interquartile range over the median")
  func spread() {
    #expect(BenchMeasurement(name: "", unit: "", rates: [4, 1, 3, 2, 5]).spread == 0.667)
    #expect(BenchMeasurement(name: "", unit: "", rates: [7, 7]).spread == 0)
  }

  @Test("Quantiles lie on the line between neighbouring values")
  func quantiles() {
    #expect(quantile([1, 2, 4, 8], 0) == 1)
    #expect(quantile([1, 2, 4, 8], 1) == 8)
    #expect(quantile([1, 2, 4, 8], 0.5) == 3)
    #expect(quantile([1, 2, 4, 8], 0.25) == 1.75)
  }

  @Test("Numbers are rounded to significant digits")
  func significantDigits() {
    #expect(rounded(123_456, digits: 3) == 123_000)
    #expect(rounded(0.0012344, digits: 4) == 0.001234)
    #expect(rounded(0, digits: 4) == 0)
  }

  @Test("A measured closure runs at least as often as asked, once more to warm up")
  func repetitions() {
    var calls = 0
    let budget = BenchBudget(seconds: 0, minimumRepetitions: 4)
    let figure = BenchMeasurement(name: "", unit: "", work: 1, budget: budget) { calls += 1 }
    #expect(calls >= 5 && figure.repetitions + (figure.repeated ?? 0) == calls - 1)
  }

  @Test("Time that another machine or other programs took is told from the kernel's counters")
  func disturbance() throws {
    let before = try #require(
      ProcessorTime(stat: "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1\n", ticksPerSecond: 100))
    var after = try #require(
      ProcessorTime(stat: "cpu  150 0 110 900 0 0 0 40 0 0\n", ticksPerSecond: 100))
    // 2 seconds of processors: 0.6 busy, of which 0.4 are this process's, 0.4 stolen, 1 idle.
    after.own = 0.4
    let found = Disturbance(from: before, to: after)
    #expect(abs(found.steal - 0.2) < 1e-12 && abs(found.others - 0.1) < 1e-12)
    #expect(found.isTooMuch(threads: 2, processors: 2))
    // One thread of two processors left half of the time to others.
    #expect(!found.isTooMuch(threads: 1, processors: 2))
    #expect(ProcessorTime(stat: "cpu 1 2 3", ticksPerSecond: 100) == nil)
  }

  @Test("A figure is set beside the last earlier one of its name")
  func against() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "earlier.jsonl")
    let lines = try [("a", 2.0), ("a", 4.0), ("b", 1.0)].map {
      try BenchMeasurement(name: $0.0, unit: "images/s", rates: [$0.1]).line()
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    let earlier = try BenchMeasurement.read(from: file.path)
    let found = BenchMeasurement(name: "a", unit: "images/s", rates: [6]).compared(with: earlier)
    #expect(found.earlier == 4 && found.ratio == 1.5)
    let alone = BenchMeasurement(name: "c", unit: "images/s", rates: [6]).compared(with: earlier)
    #expect(alone.earlier == nil && alone.ratio == nil)
    try Data("not a figure\n".utf8).write(to: file)
    #expect(throws: ConfigurationError.self) { try BenchMeasurement.read(from: file.path) }
  }

  @Test("The profile of a training step divides it among operations, convolutions among them")
  func profile() throws {
    let budget = BenchBudget(seconds: 0, minimumRepetitions: 1, isProfiled: true)
    let subject = try EncoderUnderTest("resnet18-16-stem4", batch: 4)
    let figure = measureStep("step", subject, budget)
    let operations = try #require(figure.profile)
    #expect(figure.value > 0 && abs(operations.reduce(0) { $0 + $1.share } - 1) < 0.05)
    #expect(operations.contains { $0.operation.hasPrefix("convolution weight gradient") })
    #expect(operations.contains { $0.operation == "batch norm statistics" })
    #expect(try #require(figure.convolutionsAlone) > figure.value)
  }

  @Test("A training of an inference classifier is measured by epochs")
  func fit() throws {
    let budget = BenchBudget(seconds: 0, minimumRepetitions: 1)
    let figure = try measureFit("fit/vector", .vector, budget)
    #expect(figure.value > 0 && figure.unit == "samples/s")
  }
}
