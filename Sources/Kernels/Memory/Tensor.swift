/// An array of 32-bit floats with a shape.
///
/// A tensor is a reference: copies share memory, and the few operations that write in place say so in their names.
/// Its memory layout is private to this module: image tensors may be blocked by channels.
public struct Tensor: @unchecked Sendable {
  /// Sizes by axis, outermost first; images are `[batch, channels, height, width]`.
  public let shape: [Int]
  let storage: Storage
  let offset: Int
  let layout: Layout

  init(shape: [Int], storage: Storage, offset: Int = 0, layout: Layout) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
    self.layout = layout
  }

  /// Memory whose contents are not yet defined.
  init(uninitialized shape: [Int], layout: Layout = .plain) {
    let elements = layout.elements(shape)
    self.init(shape: shape, storage: Storage(count: elements), layout: layout)
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) {
    self.init(uninitialized: shape)
    pointer.update(repeating: 0, count: count)
  }

  /// A tensor from values in row-major order.
  public init(_ values: [Float], shape: [Int]) {
    precondition(
      values.count == shape.reduce(1, *), "Tensor: \(values.count) values do not fill the shape \(shape)")
    self.init(uninitialized: shape)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }

  var pointer: UnsafeMutablePointer<Float> { storage.pointer + offset }

  /// All values in row-major order.
  public var values: [Float] {
    let source = plain()
    return [Float](UnsafeBufferPointer(start: source.pointer, count: source.count))
  }

  /// The value of a tensor that holds just one.
  public var scalar: Float {
    precondition(count == 1, "Tensor.scalar: shape \(shape) holds more than one value")
    return pointer[0]
  }

  /// The same memory under another shape of as many values.
  public func reshaped(_ shape: [Int]) -> Tensor {
    let source = plain()
    precondition(
      shape.reduce(1, *) == source.count, "Tensor.reshaped: \(self.shape) has not as many values as \(shape)")
    return Tensor(shape: shape, storage: source.storage, offset: source.offset, layout: .plain)
  }

  /// A window of a flat tensor that shares its memory: writes to either are seen in both.
  public func window(_ range: Range<Int>, shape: [Int]) -> Tensor {
    precondition(layout == .plain, "Tensor.window: only plain tensors have windows")
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count && range.count == shape.reduce(1, *),
      "Tensor.window: \(range) of \(count) values as \(shape)")
    return Tensor(shape: shape, storage: storage, offset: offset + range.lowerBound, layout: .plain)
  }

  /// Rows `range` of the outermost axis, sharing memory.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(
      !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "Tensor.rows: \(range) of shape \(shape)")
    let stride = layout.elements([1] + shape.dropFirst())
    return Tensor(
      shape: [range.count] + shape.dropFirst(), storage: storage, offset: offset + range.lowerBound * stride,
      layout: layout)
  }

  /// The rows of two tensors of the same row shape, one after the other.
  public static func stacked(_ first: Tensor, _ second: Tensor) -> Tensor {
    precondition(
      first.shape.dropFirst() == second.shape.dropFirst(),
      "Tensor.stacked: rows of \(first.shape) and \(second.shape) differ")
    let (a, b) = (first.plain(), second.plain())
    let result = Tensor(uninitialized: [first.shape[0] + second.shape[0]] + first.shape.dropFirst())
    copyMemory(from: a.pointer, to: result.pointer, count: a.count)
    copyMemory(from: b.pointer, to: result.pointer + a.count, count: b.count)
    return result
  }

  /// The even and the odd rows of a tensor, as where two views of each image stand together.
  public static func alternating(_ tensor: Tensor) -> (even: Tensor, odd: Tensor) {
    precondition(tensor.shape[0] % 2 == 0, "Tensor.alternating: an odd number of rows in \(tensor.shape)")
    let source = tensor.plain()
    let half = [tensor.shape[0] / 2] + tensor.shape.dropFirst()
    let (even, odd) = (Tensor(uninitialized: half), Tensor(uninitialized: half))
    let row = source.count / tensor.shape[0]
    parallelFor(half[0], grain: max(1, (1 << 16) / row)) { index in
      (even.pointer + index * row).update(from: source.pointer + 2 * index * row, count: row)
      (odd.pointer + index * row).update(from: source.pointer + (2 * index + 1) * row, count: row)
    }
    return (even, odd)
  }

  /// A tensor of its own memory with the same values.
  public func copy() -> Tensor {
    let result = Tensor(uninitialized: shape, layout: layout)
    copyMemory(from: pointer, to: result.pointer, count: layout.elements(shape))
    return result
  }

  /// Overwrites the values in place with those of a tensor of the same shape.
  public func assign(_ other: Tensor) {
    precondition(shape == other.shape, "Tensor.assign: \(other.shape) into \(shape)")
    let source = other.converted(to: layout)
    copyMemory(from: source.pointer, to: pointer, count: layout.elements(shape))
  }

  /// Overwrites the values in place from row-major order.
  public func assign(_ values: [Float]) {
    assign(Tensor(values, shape: shape))
  }
}

func copyMemory(from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
  parallelRanges(count, grain: 1 << 16) { range in
    (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
  }
}
