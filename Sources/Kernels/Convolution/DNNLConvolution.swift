#if oneDNN
  internal import CDNNL
  import Synchronization

  /// One direction of one convolution shape, compiled by oneDNN, with the reorders of its weights.
  final class DNNLConvolution: Sendable {
    let shape: ConvolutionShape
    let direction: ConvolutionDirection
    let algorithm: ConvolutionAlgorithm
    private let primitive: Primitive
    private let weightReorder: Reorder
    let weightCount: Int
    /// What profiles call it.
    private let operation: String

    private struct Key: Hashable {
      let shape: ConvolutionShape
      let direction: ConvolutionDirection
      let algorithm: ConvolutionAlgorithm
      /// Work and scratch memory are divided when a primitive is made.
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
      (self.shape, self.direction, self.algorithm) = (shape, direction, algorithm)
      var source = DNNL.description(
        shape.inputShape, shape.takesPlainInput ? dnnl_abcd : DNNL.blockedTag)
      var target = DNNL.description(shape.outputShape, DNNL.blockedTag)
      var weight = DNNL.description(shape.weightShape, dnnl_format_tag_any)
      var bias = DNNL.description([shape.outputChannels], dnnl_a)
      var strides = [Int64](repeating: Int64(shape.stride), count: 2)
      var padding = [Int64](repeating: Int64(shape.padding), count: 2)
      // The far padding that makes the last window end where the last output needs it to.
      var farPadding = [(shape.outputHeight, shape.height), (shape.outputWidth, shape.width)].map {
        Int64(($0.0 - 1) * shape.stride + shape.kernel - $0.1 - shape.padding)
      }
      let attributes = DNNLConvolution.attributes(direction)
      defer { dnnl_primitive_attr_destroy(attributes) }

      func create(_ algorithm: dnnl_alg_kind_t) -> dnnl_primitive_desc_t? {
        var forward = dnnl_convolution_desc_t()
        let isInference = if case .inference = direction { true } else { false }
        let kind = isInference ? dnnl_forward_inference : dnnl_forward_training
        let status =
          isInference
          ? dnnl_convolution_forward_desc_init(
            &forward, kind, algorithm, &source, &weight, &bias, &target, &strides, &padding, &farPadding)
          : dnnl_convolution_forward_desc_init(
            &forward, kind, algorithm, &source, &weight, nil, &target, &strides, &padding, &farPadding)
        DNNL.check(status, "convolution \(shape)")
        var forwardDescription: dnnl_primitive_desc_t?
        switch direction {
        case .forward, .inference:
          dnnl_primitive_desc_create(&forwardDescription, &forward, attributes, DNNL.engine, nil)
          return forwardDescription
        case .inputGradient, .weightGradient:
          // Backward takes a forward description as a hint; any algorithm's will do.
          if dnnl_primitive_desc_create(&forwardDescription, &forward, attributes, DNNL.engine, nil)
            != dnnl_success
          {
            return nil
          }
          defer { dnnl_primitive_desc_destroy(forwardDescription) }
          var backward = dnnl_convolution_desc_t()
          if direction == .inputGradient {
            DNNL.check(
              dnnl_convolution_backward_data_desc_init(
                &backward, algorithm, &source, &weight, &target, &strides, &padding, &farPadding),
              "input gradient \(shape)")
          } else {
            DNNL.check(
              dnnl_convolution_backward_weights_desc_init(
                &backward, algorithm, &source, &weight, nil, &target, &strides, &padding, &farPadding),
              "weight gradient \(shape)")
          }
          var description: dnnl_primitive_desc_t?
          dnnl_primitive_desc_create(&description, &backward, attributes, DNNL.engine, forwardDescription)
          return description
        }
      }
      // Winograd is offered for some shapes only; a direct kernel exists for all.
      let transformed = algorithm == .dnnlWinograd ? create(dnnl_convolution_winograd) : nil
      guard let description = transformed ?? create(dnnl_convolution_direct) else {
        preconditionFailure("oneDNN: no kernel for convolution \(shape) \(direction)")
      }
      defer { dnnl_primitive_desc_destroy(description) }

      let weightQuery = direction == .weightGradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md
      let inner = dnnl_primitive_desc_query_md(description, weightQuery, 0)!.pointee
      let outer = DNNL.description(shape.weightShape, dnnl_abcd)
      weightCount = DNNL.elements(inner)
      operation = "convolution \(direction.name), \(transformed == nil ? "direct" : "oneDNN Winograd")"
      switch direction {
      case .forward:
        primitive = Primitive(
          description,
          arguments: [(DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, inner), (DNNL_ARG_DST, target)])
        weightReorder = Reorder(from: outer, to: inner)
      case .inference:
        primitive = Primitive(
          description,
          arguments: [
            (DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, inner), (DNNL_ARG_BIAS, bias), (DNNL_ARG_DST, target),
          ])
        weightReorder = Reorder(from: outer, to: inner)
      case .inputGradient:
        primitive = Primitive(
          description,
          arguments: [
            (DNNL_ARG_DIFF_DST, target), (DNNL_ARG_WEIGHTS, inner), (DNNL_ARG_DIFF_SRC, source),
          ])
        weightReorder = Reorder(from: outer, to: inner)
      case .weightGradient:
        primitive = Primitive(
          description,
          arguments: [
            (DNNL_ARG_SRC, source), (DNNL_ARG_DIFF_DST, target), (DNNL_ARG_DIFF_WEIGHTS, inner),
          ])
        weightReorder = Reorder(from: inner, to: outer, accumulating: true)
      }
    }

    private static func attributes(_ direction: ConvolutionDirection) -> dnnl_primitive_attr_t? {
      var attributes: dnnl_primitive_attr_t?
      DNNL.check(dnnl_primitive_attr_create(&attributes), "attributes")
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
      if case .inference(residual: true, _) = direction {
        var operations: dnnl_post_ops_t?
        DNNL.check(dnnl_post_ops_create(&operations), "post-operations")
        DNNL.check(dnnl_post_ops_append_sum(operations, 1), "sum")
        DNNL.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "post-operations")
        dnnl_post_ops_destroy(operations)
      }
      return attributes
    }

    private func inputLayout(_ tensor: Tensor) -> Tensor {
      shape.takesPlainInput ? tensor.plain() : tensor.blocked()
    }

    private func run(_ tensors: [Tensor]) {
      Profile.measure(operation) { primitive.run(tensors) }
    }

    /// Weights in the order this primitive wants them.
    func prepared(_ weight: Tensor) -> Tensor {
      let result = Tensor(uninitialized: [weightCount])
      Profile.measure("weight reorder") { weightReorder.run(weight.plain(), result) }
      return result
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
      Profile.measure("weight reorder") { weightReorder.run(inner, gradient) }
    }
  }
#endif
