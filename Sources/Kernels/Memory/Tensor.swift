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

  /// The rows of tensors of the same row shape, one after the other.
  public static func stacked(_ tensors: [Tensor]) -> Tensor {
    precondition(!tensors.isEmpty, "Tensor.stacked: no tensors")
    let row = tensors[0].shape.dropFirst()
    precondition(
      tensors.allSatisfy { $0.shape.dropFirst() == row },
      "Tensor.stacked: rows of \(tensors.map(\.shape)) differ")
    let result = Tensor(uninitialized: [tensors.reduce(0) { $0 + $1.shape[0] }] + row)
    var filled = 0
    for part in tensors.map({ $0.plain() }) {
      copyMemory(from: part.pointer, to: result.pointer + filled, count: part.count)
      filled += part.count
    }
    return result
  }

  /// Rows dealt out in turn, as where the views of each image stand together: of n hands, hand h has rows h, n + h,
  /// 2n + h and so on.
  public static func dealt(_ tensor: Tensor, into hands: Int) -> [Tensor] {
    precondition(
      hands > 0 && tensor.shape[0] % hands == 0, "Tensor.dealt: rows of \(tensor.shape) into \(hands) hands")
    guard hands > 1 else { return [tensor] }
    let source = tensor.plain()
    let shape = [tensor.shape[0] / hands] + tensor.shape.dropFirst()
    let dealt = (0..<hands).map { _ in Tensor(uninitialized: shape) }
    let row = source.count / tensor.shape[0]
    parallelFor(shape[0], grain: max(1, (1 << 16) / row)) { index in
      for (hand, target) in dealt.enumerated() {
        (target.pointer + index * row).update(from: source.pointer + (hands * index + hand) * row, count: row)
      }
    }
    return dealt
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
