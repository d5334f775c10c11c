import Foundation
import Kernels
import Networks
import Text

/// What captions are tokenized in a measurement, and by what.
struct BenchCaptions {
  /// A tokenizer's file; without one CLIP's tokenizer cannot be measured.
  var tokenizer: String?
  /// A file of captions, one a line; without one they are made up.
  var captions: String?
  /// The column of the file that holds captions.
  var column: String?

  /// Captions as people describe pictures, 6 to 16 words each; or those of the file.
  func read() throws -> [String] {
    if let captions { return try CaptionFile.captions(in: URL(filePath: captions), column: column) }
    let words = """
      a the in on of with and at two three young old small large red green blue white black brown man woman boy girl dog \
      dogs child children people group player street beach field grass water snow mountain park ball bicycle shirt hat \
      jumping running sitting standing playing walking looking holding wearing smiling climbing riding through near beside \
      behind skateboard snowboarder trampoline waterfall cathedral photographer
      """.split(separator: " ").map(String.init)
    let stream = RandomStream(seed: 0, name: "bench").substream("captions")
    return (0..<20_000).map { index in
      var random = stream.substream(index)
      let count = 6 + random.integer(below: 11)
      return (0..<count).map { _ in words[random.integer(below: words.count)] }.joined(separator: " ") + " ."
    }
  }
}

/// Captions as rows of ids by a tokenizer that is open, on all threads or on one.
func measureTokenizer(_ name: String, threads: Int? = nil, isTrained: Bool = false, _ budget: BenchBudget)
  throws -> BenchMeasurement
{
  if let threads { Threads.set(threads) }
  let captions = try budget.captions.read()
  let tokenizer: any Tokenizer =
    isTrained
    ? TrainedTokenizer.train(on: captions, vocabularySize: 4096, contextLength: 77)
    : try openTokenizer(budget)
  return BenchMeasurement(name: name, unit: "captions/s", work: Double(captions.count), budget: budget) {
    _ = tokenizer.batch(captions, length: 77)
  }
}

/// The same on one thread, with opening the tokenizer's file each time.
func measureColdTokenizer(_ name: String, _ budget: BenchBudget) throws -> BenchMeasurement {
  Threads.set(1)
  let captions = try budget.captions.read()
  let rates = try (0..<max(budget.minimumRepetitions, 5)).map { _ in
    let start = monotonicSeconds()
    _ = try openTokenizer(budget).batch(captions, length: 77)
    return Double(captions.count) / (monotonicSeconds() - start)
  }
  return BenchMeasurement(name: name, unit: "captions/s", rates: rates)
}

private func openTokenizer(_ budget: BenchBudget) throws -> any Tokenizer {
  guard let file = budget.captions.tokenizer else { throw BenchError.needsTokenizer }
  return try TokenizerFile.open(URL(filePath: file))
}
