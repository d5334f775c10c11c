#if oneDNN
  internal import CDNNL
  import Synchronization

  /// The parts of oneDNN's C interface that are the same for every primitive.
  enum DNNL {
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
      var engine: dnnl_engine_t?
      check(dnnl_engine_create(&engine, dnnl_cpu, 0), "engine")
      return engine!
    }()

    nonisolated(unsafe) static let stream: dnnl_stream_t = {
      var stream: dnnl_stream_t?
      check(dnnl_stream_create(&stream, engine, dnnl_stream_in_order.rawValue), "stream")
      return stream!
    }()

    /// oneDNN fails only on descriptions that do not fit together, and those are made in this module.
    static func check(_ status: dnnl_status_t, _ what: String) {
      precondition(status == dnnl_success, "oneDNN: \(what) failed with status \(status.rawValue)")
    }

    static func description(_ shape: [Int], _ tag: dnnl_format_tag_t) -> dnnl_memory_desc_t {
      var result = dnnl_memory_desc_t()
      var dimensions = shape.map { Int64($0) }
      check(
        dnnl_memory_desc_init_by_tag(&result, Int32(shape.count), &dimensions, dnnl_f32, tag),
        "memory of shape \(shape)")
      return result
    }

    static var blockedTag: dnnl_format_tag_t { Layout.block == 16 ? dnnl_aBcd16b : dnnl_aBcd8b }

    static func memory(_ description: dnnl_memory_desc_t) -> dnnl_memory_t {
      var (memory, description): (dnnl_memory_t?, dnnl_memory_desc_t) = (nil, description)
      check(dnnl_memory_create(&memory, &description, engine, nil), "memory")
      return memory!
    }

    static func elements(_ description: dnnl_memory_desc_t) -> Int {
      var description = description
      return (Int(dnnl_memory_desc_get_size(&description)) + 3) / 4
    }
  }

  /// A compiled primitive with one memory object for each argument, whose addresses are set at each call.
  final class Primitive: @unchecked Sendable {
    private let primitive: dnnl_primitive_t
    private let arguments: [dnnl_exec_arg_t]
    private let scratchCount: Int
    private let lock = Mutex(())

    /// - Parameter arguments: argument numbers and their memory, in the order that `run` is given addresses.
    init(_ description: dnnl_primitive_desc_t, arguments: [(Int32, dnnl_memory_desc_t)]) {
      var primitive: dnnl_primitive_t?
      DNNL.check(dnnl_primitive_create(&primitive, description), "primitive")
      self.primitive = primitive!
      var list = arguments.map { dnnl_exec_arg_t(arg: $0.0, memory: DNNL.memory($0.1)) }
      let scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0)!.pointee
      scratchCount = DNNL.elements(scratch)
      if scratchCount > 0 {
        list.append(dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: DNNL.memory(scratch)))
      }
      self.arguments = list
    }

    /// - Parameter tensors: in the layouts that the arguments were described with; held until the primitive has run.
    func run(_ tensors: [Tensor]) {
      Threads.adoptedCount()
      lock.withLock { _ in
        for (argument, tensor) in zip(arguments, tensors) {
          DNNL.check(dnnl_memory_set_data_handle_v2(argument.memory, tensor.pointer, DNNL.stream), "address")
        }
        // All primitives share scratch memory through the pool: it is free again when the call returns.
        let scratch = scratchCount > 0 ? Storage(count: scratchCount) : nil
        if let scratch {
          DNNL.check(
            dnnl_memory_set_data_handle_v2(arguments.last!.memory, scratch.pointer, DNNL.stream), "scratch")
        }
        DNNL.check(
          dnnl_primitive_execute(primitive, DNNL.stream, Int32(arguments.count), arguments), "execution")
        DNNL.check(dnnl_stream_wait(DNNL.stream), "wait")
        withExtendedLifetime((tensors, scratch)) {}
      }
    }
  }

  /// Copies between two layouts, adding to what is there if asked.
  struct Reorder: Sendable {
    private let primitive: Primitive

    init(from source: dnnl_memory_desc_t, to target: dnnl_memory_desc_t, accumulating: Bool = false) {
      var (source, target) = (source, target)
      var attributes: dnnl_primitive_attr_t?
      DNNL.check(dnnl_primitive_attr_create(&attributes), "attributes")
      defer { dnnl_primitive_attr_destroy(attributes) }
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
      if accumulating {
        var operations: dnnl_post_ops_t?
        DNNL.check(dnnl_post_ops_create(&operations), "post-operations")
        DNNL.check(dnnl_post_ops_append_sum(operations, 1), "sum")
        DNNL.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "post-operations")
        dnnl_post_ops_destroy(operations)
      }
      var description: dnnl_primitive_desc_t?
      DNNL.check(
        dnnl_reorder_primitive_desc_create(
          &description, &source, DNNL.engine, &target, DNNL.engine, attributes), "reorder")
      defer { dnnl_primitive_desc_destroy(description) }
      primitive = Primitive(
        description!, arguments: [(DNNL_ARG_FROM, source), (DNNL_ARG_TO, target)])
    }

    func run(_ source: Tensor, _ target: Tensor) {
      primitive.run([source, target])
    }
  }
#endif
