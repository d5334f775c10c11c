import Kernels
import Vision

/// Something whose speed is measured, by name.
struct BenchFigure {
  /// As on the command line and in the output.
  let name: String
  /// Whether it can be measured only where a tokenizer's file is given.
  let needsTokenizer: Bool
  /// Measures it in this process.
  let measure: (BenchBudget) throws -> BenchMeasurement

  init(
    _ name: String, needsTokenizer: Bool = false,
    _ measure: @escaping (_ name: String, BenchBudget) throws -> BenchMeasurement
  ) {
    self.name = name
    self.needsTokenizer = needsTokenizer
    self.measure = { try measure(name, $0) }
  }

  /// All figures, in the order in which they are measured.
  static var all: [BenchFigure] {
    let encoders = ["resnet18-64", "resnet18-16", "resnet18-32-stem4", "vgg11-64"]
    var figures = [BenchFigure("sgemm", measureMatrixProduct)]
    for encoder in encoders {
      for batch in [128, 256] {
        figures.append(
          BenchFigure("step/\(encoder)/\(batch)") {
            try measureStep($0, EncoderUnderTest(encoder, batch: batch), $1)
          })
        figures.append(
          BenchFigure("forward/\(encoder)/\(batch)") {
            try measureForward($0, EncoderUnderTest(encoder, batch: batch), $1)
          })
      }
    }
    figures.append(
      BenchFigure("moco/resnet18-64/128") { try measureMoCo($0, encoder: "resnet18-64", batch: 128, $1) })
    for (name, encoder) in [("clip-vit", "vit-128x6-patch4-nonorm"), ("clip-resnet18-16", "resnet18-16")] {
      figures.append(
        BenchFigure("step/\(name)/128") { try measureCLIPStep($0, CLIPUnderTest(encoder, batch: 128), $1) })
      figures.append(
        BenchFigure("forward/\(name)/128") {
          try measureCLIPForward($0, CLIPUnderTest(encoder, batch: 128), $1)
        })
    }
    for threads in [1, 2] {
      figures.append(BenchFigure("views/\(threads)") { measureViews($0, threads: threads, $1) })
    }
    figures.append(BenchFigure("tokenize/trained") { try measureTokenizer($0, isTrained: true, $1) })
    figures.append(
      BenchFigure("tokenize/clip/1", needsTokenizer: true) { try measureTokenizer($0, threads: 1, $1) })
    figures.append(BenchFigure("tokenize/clip/all", needsTokenizer: true) { try measureTokenizer($0, $1) })
    figures.append(BenchFigure("tokenize/clip/cold", needsTokenizer: true, measureColdTokenizer))
    figures.append(BenchFigure("features", measureFeatures))
    figures.append(BenchFigure("fit/vector") { try measureFit($0, .vector, $1) })
    figures.append(BenchFigure("fit/set") { try measureFit($0, .set, $1) })
    return figures
  }
}

/// 2,048-square matrices, in 10^9 additions and multiplications a second.
private func measureMatrixProduct(_ name: String, _ budget: BenchBudget) -> BenchMeasurement {
  let size = 2048
  let (a, b) = (noise([size, size], "left"), noise([size, size], "right"))
  let operations = 2 * Double(size) * Double(size) * Double(size)
  return BenchMeasurement(name: name, unit: "GFLOP/s", work: operations / 1e9, budget: budget) {
    _ = matrixProduct(a, b)
  }
}

/// Views of 32x32 images with MoCo's augmentation.
private func measureViews(_ name: String, threads: Int, _ budget: BenchBudget) -> BenchMeasurement {
  Threads.set(threads)
  let rounds = max(budget.minimumRepetitions, 8)
  let rates = (0..<rounds).map { _ in ViewRate.measure(seconds: budget.seconds / Double(rounds)).perSecond }
  return BenchMeasurement(name: name, unit: "views/s", rates: rates)
}
