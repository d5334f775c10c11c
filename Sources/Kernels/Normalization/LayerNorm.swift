/// Rows brought to mean zero and variance one, then scaled and shifted by column (Ba et al. 2016).
public enum LayerNorm {
  /// What the backward pass needs beside the input.
  public struct Statistics {
    /// Of each row, `[rows]`.
    let means: Tensor
    /// 1/sqrt(variance + epsilon) of each row, `[rows]`.
    let inverseDeviations: Tensor
  }

  /// Rows that share one partial sum of the gradients of gain and shift; fixed, so that threads do not change it.
  private static let chunk = 64

  /// - Parameters:
  ///   - x: `[rows, width]`.
  ///   - gain: gamma, `[width]`.
  ///   - shift: beta, `[width]`.
  public static func forward(_ x: Tensor, gain: Tensor, shift: Tensor, epsilon: Float) -> (
    output: Tensor, statistics: Statistics
  ) {
    let (rows, width) = Rows.requireMatrix(x, "LayerNorm")
    requireShape(gain, [width], "LayerNorm")
    requireShape(shift, [width], "LayerNorm")
    let begin = Profile.begin()
    defer { Profile.end(begin, "layer norm forward") }
    let output = Tensor(uninitialized: [rows, width])
    let statistics = Statistics(
      means: Tensor(uninitialized: [rows]), inverseDeviations: Tensor(uninitialized: [rows]))
    let (gains, shifts) = (UnsafePointer(gain.pointer), UnsafePointer(shift.pointer))
    let share = 1 / Float(width)
    parallelFor(rows, grain: max(1, elementGrain / 4 / max(1, width))) { row in
      let (source, target) = (x.pointer + row * width, output.pointer + row * width)
      var sums = Lanes.zero
      Sweep.vectors(0..<width) {
        sums += source.lanes($0)
      } rest: {
        sums += source.lanes($0, count: $1)
      }
      let mean = total(sums) * share
      var squares = Lanes.zero
      Sweep.vectors(0..<width) { index in
        let distance = source.lanes(index) - mean
        squares.addProduct(distance, distance)
      } rest: { index, size in
        var distance = source.lanes(index, count: size) - mean
        for lane in size..<16 { distance[lane] = 0 }
        squares.addProduct(distance, distance)
      }
      let inverse = 1 / (total(squares) * share + epsilon).squareRoot()
      Sweep.vectors(0..<width) { index in
        let unit = (source.lanes(index) - mean) * inverse
        target.store(shifts.lanes(index).addingProduct(unit, gains.lanes(index)), at: index)
      } rest: { index, size in
        let unit = (source.lanes(index, count: size) - mean) * inverse
        let value = shifts.lanes(index, count: size).addingProduct(unit, gains.lanes(index, count: size))
        target.store(value, at: index, count: size)
      }
      statistics.means.pointer[row] = mean
      statistics.inverseDeviations.pointer[row] = inverse
    }
    return (output, statistics)
  }

  /// The gradient of the input: with x̂ the normalised row and h = gradient·gain, (h - mean(h) - x̂·mean(h·x̂))/deviation.
  /// - Parameters:
  ///   - outputGradient: its memory is overwritten, and returned where there is no `sum`.
  ///   - gainGradient: is added to, `[width]`; not computed where nil.
  ///   - shiftGradient: is added to, `[width]`; not computed where nil.
  ///   - sum: another gradient of the input, which this one is added to in place.
  public static func backward(
    _ outputGradient: Tensor, input: Tensor, statistics: Statistics, gain: Tensor, gainGradient: Tensor?,
    shiftGradient: Tensor?, addingTo sum: Tensor? = nil
  ) -> Tensor {
    let (rows, width) = Rows.requireMatrix(input, "LayerNorm.backward")
    requireShape(outputGradient, [rows, width], "LayerNorm.backward")
    if let sum { requireShape(flat(sum, "LayerNorm.backward"), [rows, width], "LayerNorm.backward") }
    let begin = Profile.begin()
    defer { Profile.end(begin, "layer norm backward") }
    let chunks = (rows + chunk - 1) / chunk
    let stride = (width + 15) / 16 * 16
    let wantsSums = gainGradient != nil || shiftGradient != nil
    let partial = Tensor(zeros: [wantsSums ? 2 * max(1, chunks) : 0, stride])
    let gains = UnsafePointer(gain.pointer)
    let share = 1 / Float(width)
    parallelFor(chunks, grain: max(1, elementGrain / 4 / (chunk * max(1, width)))) { part in
      let (ofGain, ofShift) = (
        partial.pointer + 2 * part * stride, partial.pointer + (2 * part + 1) * stride
      )
      for row in part * chunk..<min(rows, (part + 1) * chunk) {
        let (x, g) = (input.pointer + row * width, outputGradient.pointer + row * width)
        let mean = statistics.means.pointer[row]
        let inverse = statistics.inverseDeviations.pointer[row]
        var (plain, along) = (Lanes.zero, Lanes.zero)
        // A padded gradient is zero, and so is all that is multiplied by it.
        @inline(__always) func gather(_ index: Int, _ value: Lanes, _ gradient: Lanes, _ gain: Lanes) {
          let unit = (value - mean) * inverse
          if wantsSums {
            ofGain.store(ofGain.lanes(index).addingProduct(gradient, unit), at: index)
            ofShift.store(ofShift.lanes(index) + gradient, at: index)
          }
          let slope = gradient * gain
          plain += slope
          along.addProduct(slope, unit)
        }
        Sweep.vectors(0..<width) {
          gather($0, x.lanes($0), g.lanes($0), gains.lanes($0))
        } rest: {
          gather($0, x.lanes($0, count: $1), g.lanes($0, count: $1), gains.lanes($0, count: $1))
        }
        let (meanSlope, meanAlong) = (total(plain) * share, total(along) * share)
        let target = (sum ?? outputGradient).pointer + row * width
        let isAdded = sum != nil
        Sweep.vectors(0..<width) { index in
          let unit = (x.lanes(index) - mean) * inverse
          var value = (g.lanes(index) * gains.lanes(index) - meanSlope - unit * meanAlong) * inverse
          if isAdded { value += target.lanes(index) }
          target.store(value, at: index)
        } rest: { index, size in
          let unit = (x.lanes(index, count: size) - mean) * inverse
          let slope = g.lanes(index, count: size) * gains.lanes(index, count: size)
          var value = (slope - meanSlope - unit * meanAlong) * inverse
          if isAdded { value += target.lanes(index, count: size) }
          target.store(value, at: index, count: size)
        }
      }
    }
    for part in 0..<chunks {
      if let gainGradient { Rows.add(partial.pointer + 2 * part * stride, to: gainGradient.pointer, width) }
      if let shiftGradient {
        Rows.add(partial.pointer + (2 * part + 1) * stride, to: shiftGradient.pointer, width)
      }
    }
    return sum ?? outputGradient
  }
}
