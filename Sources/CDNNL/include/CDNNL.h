// Convolutions of oneDNN behind one interface for its versions 2 and 3, whose C interfaces differ.
//
// Images stand in blocks of channels, [batch][blocks][height][width][block]; weights outside as [output channels][input
// channels][kernel][kernel], inside in the order that oneDNN chose for them. oneDNN refuses only descriptions that do
// not fit together and a want of memory: a function that can fail says so, and its caller ends the program.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The sizes of a convolution with a square kernel.
typedef struct cdnnl_shape {
  int64_t batch, input_channels, output_channels, height, width, kernel, stride, padding;
  int64_t output_height, output_width;
  // Channels in a block, 8 or 16.
  int block;
  // Whether the input stands in row-major order, without blocks.
  bool takes_plain_input;
} cdnnl_shape;

// Which of a convolution's products, and in which order its images and weights are given.
typedef enum cdnnl_direction {
  // input, weights, output
  cdnnl_forward,
  // input, weights, bias, output
  cdnnl_inference,
  // output's gradient, weights, input's gradient
  cdnnl_input_gradient,
  // input, output's gradient, weights' gradient
  cdnnl_weight_gradient,
} cdnnl_direction;

// One direction of one shape, compiled, with the reorder of its weights. May be used by one thread at a time.
typedef struct cdnnl_convolution cdnnl_convolution;

// Whether this version of oneDNN has Winograd's algorithm at all; it then takes it for some shapes.
bool cdnnl_has_winograd(void);

// Compiles a convolution for the number of threads that OpenMP has now; null where there is no kernel for it. It lives
// as long as the program. To be called by one thread at a time.
// adds_output: of an inference, whether the values that stand in the output are added.
cdnnl_convolution *cdnnl_convolution_make(const cdnnl_shape *shape, cdnnl_direction direction, bool adds_output,
                                          bool winograd);

// Floats of the weights in the order of the kernel, and of the memory that a run or a reorder needs beside.
size_t cdnnl_weight_count(const cdnnl_convolution *convolution);
size_t cdnnl_scratch_count(const cdnnl_convolution *convolution);
size_t cdnnl_reorder_scratch_count(const cdnnl_convolution *convolution);

// Runs it on as many addresses as its direction has.
bool cdnnl_run(cdnnl_convolution *convolution, float *const *addresses, float *scratch);

// Brings weights into the order of the kernel; of a weight gradient the other way round, adding to what is there.
bool cdnnl_reorder_weights(cdnnl_convolution *convolution, float *from, float *to, float *scratch);

// C = op(A)·B, or C += op(A)·B; row-major and dense, A being [inner, rows] where it is transposed.
bool cdnnl_multiply(const float *a, const float *b, float *c, int64_t rows, int64_t columns, int64_t inner,
                    bool transpose_left, bool accumulating);

// Floats in the widest vector that oneDNN uses on this processor: 16 with AVX-512, else 8.
int cdnnl_vector_width(void);

// The library's version: major, minor, patch.
void cdnnl_version(int version[3]);
