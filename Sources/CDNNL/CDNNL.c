#include "CDNNL.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>

// What version 3 changed: memory descriptions became handles, a primitive is described in one call instead of two, sums
// got a type, and its convolutions have no Winograd.
#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t description;
typedef const_dnnl_memory_desc_t borrowed;
#define BORROW(d) (d)
#else
typedef dnnl_memory_desc_t description;
typedef const dnnl_memory_desc_t *borrowed;
#define BORROW(d) (&(d))
#endif

enum { most_arguments = 5 };

// A compiled primitive with a memory object for each argument, whose addresses are set at each call.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t arguments[most_arguments];
  int count;
  // Floats of scratch memory; its memory object, if there is any, is the last argument.
  size_t scratch;
} compiled;

struct cdnnl_convolution {
  compiled main, reorder;
  size_t weights;
};

static dnnl_engine_t engine;
static dnnl_stream_t stream;

static bool start(void) {
  if (stream) return true;
  return (engine || dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success) &&
    dnnl_stream_create(&stream, engine, dnnl_stream_in_order) == dnnl_success;
}

static bool describe(description *result, int count, const int64_t *sizes, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_create_with_tag(result, count, sizes, dnnl_f32, tag) == dnnl_success;
#else
  return dnnl_memory_desc_init_by_tag(result, count, sizes, dnnl_f32, tag) == dnnl_success;
#endif
}

static void forget(description *of) {
#if DNNL_VERSION_MAJOR >= 3
  if (*of) dnnl_memory_desc_destroy(*of);
#else
  (void)of;
#endif
}

static size_t floats(borrowed of) { return (dnnl_memory_desc_get_size(of) + 3) / 4; }

static bool append(compiled *to, int argument, borrowed of) {
  dnnl_exec_arg_t *place = &to->arguments[to->count++];
  place->arg = argument;
  return dnnl_memory_create(&place->memory, of, engine, DNNL_MEMORY_NONE) == dnnl_success;
}

// Makes a primitive of its description; arguments are appended before.
static bool compile(compiled *result, const_dnnl_primitive_desc_t from) {
  borrowed scratch = dnnl_primitive_desc_query_md(from, dnnl_query_scratchpad_md, 0);
  if (!scratch || dnnl_primitive_create(&result->primitive, from) != dnnl_success) return false;
  result->scratch = floats(scratch);
  return result->scratch == 0 || append(result, DNNL_ARG_SCRATCHPAD, scratch);
}

// What follows a primitive's result: a sum with what stands there, or nothing.
static dnnl_primitive_attr_t attributes(bool adds) {
  dnnl_primitive_attr_t result = NULL;
  if (dnnl_primitive_attr_create(&result) != dnnl_success) return NULL;
  dnnl_primitive_attr_set_scratchpad_mode(result, dnnl_scratchpad_mode_user);
  dnnl_post_ops_t operations = NULL;
  bool fits = true;
  if (adds && dnnl_post_ops_create(&operations) == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
    fits = dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef) == dnnl_success;
#else
    fits = dnnl_post_ops_append_sum(operations, 1) == dnnl_success;
#endif
    fits = fits && dnnl_primitive_attr_set_post_ops(result, operations) == dnnl_success;
    dnnl_post_ops_destroy(operations);
  }
  if (fits) return result;
  dnnl_primitive_attr_destroy(result);
  return NULL;
}

static bool compile_reorder(compiled *result, borrowed from, borrowed to, bool adds) {
  dnnl_primitive_attr_t kept = attributes(adds);
  dnnl_primitive_desc_t made = NULL;
  bool done = kept &&
    dnnl_reorder_primitive_desc_create(&made, from, engine, to, engine, kept) == dnnl_success &&
    append(result, DNNL_ARG_FROM, from) && append(result, DNNL_ARG_TO, to) && compile(result, made);
  if (made) dnnl_primitive_desc_destroy(made);
  if (kept) dnnl_primitive_attr_destroy(kept);
  return done;
}

// A convolution's parts in oneDNN's words.
typedef struct {
  description input, weights, bias, output, outer;
  int64_t strides[2], padding[2], far_padding[2];
} parts;

#if DNNL_VERSION_MAJOR >= 3

static dnnl_primitive_desc_t primitive(const parts *p, cdnnl_direction direction, dnnl_alg_kind_t algorithm,
                                       const_dnnl_primitive_attr_t attr) {
  static const int64_t dense[2] = {0, 0};
  bool inference = direction == cdnnl_inference;
  dnnl_primitive_desc_t forward = NULL, result = NULL;
  if (dnnl_convolution_forward_primitive_desc_create(
        &forward, engine, inference ? dnnl_forward_inference : dnnl_forward_training, algorithm, p->input,
        p->weights, inference ? p->bias : NULL, p->output, p->strides, dense, p->padding, p->far_padding,
        attr) != dnnl_success) {
    return NULL;
  }
  if (direction == cdnnl_forward || inference) return forward;
  // Backward takes a forward description as a hint; any algorithm's will do.
  dnnl_status_t status = direction == cdnnl_input_gradient
    ? dnnl_convolution_backward_data_primitive_desc_create(
        &result, engine, algorithm, p->input, p->weights, p->output, p->strides, dense, p->padding,
        p->far_padding, forward, attr)
    : dnnl_convolution_backward_weights_primitive_desc_create(
        &result, engine, algorithm, p->input, p->weights, NULL, p->output, p->strides, dense, p->padding,
        p->far_padding, forward, attr);
  dnnl_primitive_desc_destroy(forward);
  return status == dnnl_success ? result : NULL;
}

#else

static dnnl_primitive_desc_t primitive(const parts *p, cdnnl_direction direction, dnnl_alg_kind_t algorithm,
                                       const_dnnl_primitive_attr_t attr) {
  bool inference = direction == cdnnl_inference;
  dnnl_convolution_desc_t kind;
  dnnl_primitive_desc_t forward = NULL, result = NULL;
  if (dnnl_convolution_forward_desc_init(
        &kind, inference ? dnnl_forward_inference : dnnl_forward_training, algorithm, &p->input, &p->weights,
        inference ? &p->bias : NULL, &p->output, p->strides, p->padding, p->far_padding) != dnnl_success ||
      dnnl_primitive_desc_create(&forward, &kind, attr, engine, NULL) != dnnl_success) {
    return NULL;
  }
  if (direction == cdnnl_forward || inference) return forward;
  // Backward takes a forward description as a hint; any algorithm's will do.
  dnnl_status_t status = direction == cdnnl_input_gradient
    ? dnnl_convolution_backward_data_desc_init(&kind, algorithm, &p->input, &p->weights, &p->output,
                                               p->strides, p->padding, p->far_padding)
    : dnnl_convolution_backward_weights_desc_init(&kind, algorithm, &p->input, &p->weights, NULL, &p->output,
                                                  p->strides, p->padding, p->far_padding);
  if (status == dnnl_success) status = dnnl_primitive_desc_create(&result, &kind, attr, engine, forward);
  dnnl_primitive_desc_destroy(forward);
  return status == dnnl_success ? result : NULL;
}

#endif

bool cdnnl_has_winograd(void) { return DNNL_VERSION_MAJOR < 3; }

// Compiles the product and the reorder of its weights.
static bool fill(cdnnl_convolution *result, parts *p, cdnnl_direction direction, dnnl_primitive_desc_t made) {
  bool is_gradient = direction == cdnnl_weight_gradient;
  borrowed inner =
    dnnl_primitive_desc_query_md(made, is_gradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
  if (!inner) return false;
  result->weights = floats(inner);
  compiled *to = &result->main;
  borrowed input = BORROW(p->input), output = BORROW(p->output), outer = BORROW(p->outer);
  bool appended = false;
  switch (direction) {
  case cdnnl_forward:
    appended = append(to, DNNL_ARG_SRC, input) && append(to, DNNL_ARG_WEIGHTS, inner) &&
      append(to, DNNL_ARG_DST, output);
    break;
  case cdnnl_inference:
    appended = append(to, DNNL_ARG_SRC, input) && append(to, DNNL_ARG_WEIGHTS, inner) &&
      append(to, DNNL_ARG_BIAS, BORROW(p->bias)) && append(to, DNNL_ARG_DST, output);
    break;
  case cdnnl_input_gradient:
    appended = append(to, DNNL_ARG_DIFF_DST, output) && append(to, DNNL_ARG_WEIGHTS, inner) &&
      append(to, DNNL_ARG_DIFF_SRC, input);
    break;
  case cdnnl_weight_gradient:
    appended = append(to, DNNL_ARG_SRC, input) && append(to, DNNL_ARG_DIFF_DST, output) &&
      append(to, DNNL_ARG_DIFF_WEIGHTS, inner);
    break;
  }
  return appended && compile(to, made) &&
    (is_gradient ? compile_reorder(&result->reorder, inner, outer, true)
                 : compile_reorder(&result->reorder, outer, inner, false));
}

cdnnl_convolution *cdnnl_convolution_make(const cdnnl_shape *s, cdnnl_direction direction, bool adds_output,
                                          bool winograd) {
  if (!start()) return NULL;
  int64_t input[4] = {s->batch, s->input_channels, s->height, s->width};
  int64_t output[4] = {s->batch, s->output_channels, s->output_height, s->output_width};
  int64_t weights[4] = {s->output_channels, s->input_channels, s->kernel, s->kernel};
  parts p = {.strides = {s->stride, s->stride}, .padding = {s->padding, s->padding}};
  // The far padding that makes the last window end where the last output needs it to.
  p.far_padding[0] = (s->output_height - 1) * s->stride + s->kernel - s->height - s->padding;
  p.far_padding[1] = (s->output_width - 1) * s->stride + s->kernel - s->width - s->padding;
  dnnl_format_tag_t blocked = s->block == 16 ? dnnl_aBcd16b : dnnl_aBcd8b;
  bool described = describe(&p.input, 4, input, s->takes_plain_input ? dnnl_abcd : blocked) &&
    describe(&p.output, 4, output, blocked) && describe(&p.weights, 4, weights, dnnl_format_tag_any) &&
    describe(&p.outer, 4, weights, dnnl_abcd) && describe(&p.bias, 1, weights, dnnl_a);
  dnnl_primitive_attr_t attr = described ? attributes(direction == cdnnl_inference && adds_output) : NULL;
  dnnl_primitive_desc_t made =
    attr ? primitive(&p, direction, winograd ? dnnl_convolution_winograd : dnnl_convolution_direct, attr) : NULL;
  cdnnl_convolution *result = made ? calloc(1, sizeof *result) : NULL;
  if (result && !fill(result, &p, direction, made)) {
    free(result);
    result = NULL;
  }
  if (made) dnnl_primitive_desc_destroy(made);
  if (attr) dnnl_primitive_attr_destroy(attr);
  description *all[] = {&p.input, &p.output, &p.weights, &p.outer, &p.bias};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) forget(all[i]);
  return result;
}

size_t cdnnl_weight_count(const cdnnl_convolution *convolution) { return convolution->weights; }
size_t cdnnl_scratch_count(const cdnnl_convolution *convolution) { return convolution->main.scratch; }
size_t cdnnl_reorder_scratch_count(const cdnnl_convolution *convolution) { return convolution->reorder.scratch; }

static bool run(compiled *of, float *const *addresses, float *scratch) {
  for (int i = 0; i < of->count; i++) {
    bool is_scratch = of->arguments[i].arg == DNNL_ARG_SCRATCHPAD;
    void *address = is_scratch ? scratch : addresses[i];
    if (dnnl_memory_set_data_handle(of->arguments[i].memory, address) != dnnl_success) return false;
  }
  return dnnl_primitive_execute(of->primitive, stream, of->count, of->arguments) == dnnl_success &&
    dnnl_stream_wait(stream) == dnnl_success;
}

bool cdnnl_run(cdnnl_convolution *convolution, float *const *addresses, float *scratch) {
  return run(&convolution->main, addresses, scratch);
}

bool cdnnl_reorder_weights(cdnnl_convolution *convolution, float *from, float *to, float *scratch) {
  float *const addresses[] = {from, to};
  return run(&convolution->reorder, addresses, scratch);
}

bool cdnnl_multiply(const float *a, const float *b, float *c, int64_t rows, int64_t columns, int64_t inner,
                    bool transpose_left, bool accumulating) {
  return dnnl_sgemm(transpose_left ? 'T' : 'N', 'N', rows, columns, inner, 1, a,
                    transpose_left ? rows : inner, b, columns, accumulating ? 1 : 0, c,
                    columns) == dnnl_success;
}

int cdnnl_vector_width(void) {
  // A set of bits, one for each extension: AVX2 with VNNI is a larger number than AVX-512 without.
  unsigned found = dnnl_get_effective_cpu_isa(), needed = dnnl_cpu_isa_avx512_core;
  return (found & needed) == needed ? 16 : 8;
}

void cdnnl_version(int version[3]) {
  const dnnl_version_t *found = dnnl_version();
  version[0] = found->major;
  version[1] = found->minor;
  version[2] = found->patch;
}
