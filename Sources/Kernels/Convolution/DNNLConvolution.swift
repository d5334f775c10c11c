#if oneDNN
  internal import CDNNL
  import Synchronization

  /// One direction of one convolution shape, compiled by oneDNN, with the reorders of its weights.
  ///
  /// It has fast kernels for whole blocks of channels alone. As channels lie in memory padded by zeros to whole blocks, it is
  /// told of so many, with zeros for the weights between those that are none.
  final class DNNLConvolution: @unchecked Sendable {
    let shape: ConvolutionShape
    /// As oneDNN sees it.
    private let whole: ConvolutionShape
    private let compiled: OpaquePointer
    /// Held while its addresses are set and it runs.
    private let lock = Mutex(())
    let weightCount: Int
    private let scratchCount: Int
    private let reorderScratchCount: Int
    /// What profiles call it.
    private let operation: String

    private struct Key: Hashable {
      let shape: ConvolutionShape
      let direction: ConvolutionDirection
      let algorithm: ConvolutionAlgorithm
      /// Work and scratch memory are divided when a convolution is compiled.
      let threads: Int
    }
    private static let cache = Mutex<[Key: DNNLConvolution]>([:])

    static func cached(
      _ shape: ConvolutionShape, _ direction: ConvolutionDirection, _ algorithm: ConvolutionAlgorithm
    ) -> DNNLConvolution {
      let key = Key(
        shape: shape, direction: direction, algorithm: algorithm, threads: Threads.adoptedCount())
      return cache.withLock { cache in
        if let found = cache[key] { return found }
        let made = DNNLConvolution(shape, direction, algorithm)
        cache[key] = made
        return made
      }
    }

    private init(
      _ shape: ConvolutionShape, _ direction: ConvolutionDirection, _ algorithm: ConvolutionAlgorithm
    ) {
      (self.shape, whole) = (shape, shape.wholeBlocks)
      // Winograd is offered for some shapes only; a direct kernel exists for all.
      let transformed = algorithm == .dnnlWinograd ? DNNLConvolution.compile(whole, direction, true) : nil
      guard let made = transformed ?? DNNLConvolution.compile(whole, direction, false) else {
        preconditionFailure("oneDNN: no kernel for convolution \(shape) \(direction)")
      }
      weightCount = cdnnl_weight_count(made)
      scratchCount = cdnnl_scratch_count(made)
      reorderScratchCount = cdnnl_reorder_scratch_count(made)
      compiled = made
      operation = "convolution \(direction.name), \(transformed == nil ? "direct" : "oneDNN Winograd")"
    }

    private static func compile(
      _ shape: ConvolutionShape, _ direction: ConvolutionDirection, _ winograd: Bool
    ) -> OpaquePointer? {
      var sizes = cdnnl_shape(
        batch: Int64(shape.batch), input_channels: Int64(shape.inputChannels),
        output_channels: Int64(shape.outputChannels), height: Int64(shape.height), width: Int64(shape.width),
        kernel: Int64(shape.kernel), stride: Int64(shape.stride), padding: Int64(shape.padding),
        output_height: Int64(shape.outputHeight), output_width: Int64(shape.outputWidth),
        block: Int32(Layout.block), takes_plain_input: shape.takesPlainInput)
      var addsOutput = false
      let kind: cdnnl_direction
      switch direction {
      case .forward: kind = cdnnl_forward
      case .inference(let residual, _): (kind, addsOutput) = (cdnnl_inference, residual)
      case .inputGradient: kind = cdnnl_input_gradient
      case .weightGradient: kind = cdnnl_weight_gradient
      }
      return cdnnl_convolution_make(&sizes, kind, addsOutput, winograd)
    }

    private func inputLayout(_ tensor: Tensor) -> Tensor {
      shape.takesPlainInput ? tensor.plain() : tensor.blocked()
    }

    /// - Parameter tensors: in the order that the direction wants; held until it has run.
    private func run(_ tensors: [Tensor]) {
      Profile.measure(operation) {
        Threads.adoptedCount()
        lock.withLock { _ in
          // All convolutions share scratch memory through the pool: it is free again when the call returns.
          let scratch = scratchCount > 0 ? Storage(count: scratchCount) : nil
          let isDone = cdnnl_run(compiled, tensors.map { Optional($0.pointer) }, scratch?.pointer)
          precondition(isDone, "oneDNN: \(operation) of \(shape) failed")
          withExtendedLifetime((tensors, scratch)) {}
        }
      }
    }

    private func reorder(_ source: Tensor, to target: Tensor) {
      Profile.measure("weight reorder") {
        Threads.adoptedCount()
        lock.withLock { _ in
          let scratch = reorderScratchCount > 0 ? Storage(count: reorderScratchCount) : nil
          let isDone = cdnnl_reorder_weights(compiled, source.pointer, target.pointer, scratch?.pointer)
          precondition(isDone, "oneDNN: reordering weights \(shape.weightShape) failed")
          withExtendedLifetime((source, target, scratch)) {}
        }
      }
    }

    /// Weights in the order this direction wants them.
    func prepared(_ weight: Tensor) -> Tensor {
      let result = Tensor(uninitialized: [weightCount])
      reorder(whole == shape ? weight.plain() : widened(weight.plain()), to: result)
      return result
    }

    /// A weight with zeros for the channels that fill the last blocks.
    private func widened(_ weight: Tensor) -> Tensor {
      let wide = Tensor(zeros: whole.weightShape)
      forEachRow { offset, wideOffset, count in
        (wide.pointer + wideOffset).update(from: weight.pointer + offset, count: count)
      }
      return wide
    }

    /// Calls `body` with the place of each output channel's weights, of those in whole blocks, and how many they are.
    private func forEachRow(_ body: (_ offset: Int, _ wideOffset: Int, _ count: Int) -> Void) {
      let taps = shape.kernel * shape.kernel
      let (count, wide) = (shape.inputChannels * taps, whole.inputChannels * taps)
      for output in 0..<shape.outputChannels { body(output * count, output * wide, count) }
    }

    func forward(_ input: Tensor, _ weight: Tensor) -> Tensor {
      let output = Tensor(uninitialized: shape.outputShape, layout: .blocked)
      run([inputLayout(input), prepared(weight), output])
      return output
    }

    /// The output with its bias and residual. The ReLU is taken afterwards: the library's makes zeros of what is not a
    /// number.
    func inference(_ input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, into output: Tensor) {
      run([inputLayout(input), weights, bias, output])
      if relu { Pointwise.relu(inPlace: output) }
    }

    func inputGradient(_ outputGradient: Tensor, _ weight: Tensor) -> Tensor {
      let result = Tensor(uninitialized: shape.inputShape, layout: shape.takesPlainInput ? .plain : .blocked)
      run([outputGradient.blocked(), prepared(weight), result])
      return result
    }

    func weightGradient(_ input: Tensor, _ outputGradient: Tensor, addingTo gradient: Tensor) {
      let inner = Tensor(uninitialized: [weightCount])
      run([inputLayout(input), outputGradient.blocked(), inner])
      guard whole != shape else { return reorder(inner, to: gradient) }
      let wide = Tensor(zeros: whole.weightShape)
      reorder(inner, to: wide)
      forEachRow { offset, wideOffset, count in
        let (target, source) = (gradient.pointer + offset, wide.pointer + wideOffset)
        for index in 0..<count { target[index] += source[index] }
      }
    }
  }
#endif
