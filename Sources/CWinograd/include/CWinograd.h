// The inner loops of Winograd's convolution of 3x3 kernels, strides of 1 and 2, for vectors of 8 or 16 floats.
//
// An output tile of 4x4 pixels comes from an input tile of 6x6, with a stride of 2 of 9x9. Both have 36 or 81 values,
// "points", after their transform, and at each point the convolution is a product of matrices, tiles by channels.
//
// All channels come in vectors of W = `lanes` floats. Transformed tiles stand as [point][vector of channels][tile][W],
// transformed weights as [matrix][panel][input channel][W or 2·W], a panel being two vectors of output channels, or the
// one that is left over. Sizes are checked by the caller.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Output pixels along a side of a tile, and matrices of transformed weights.
enum { cwinograd_tile = 4, cwinograd_matrices = 36 };

// Images in blocks of channels, [images][blocks][height][width][block], cut into tiles of 4x4 of their own pixels or of
// those of the images on the other side of the convolution.
typedef struct cwinograd_images {
  float *values;
  // Channels of an image with what fills its blocks, and channels in a block: multiples of the vector's lanes.
  int channels, block;
  int height, width;
  // Tiles of an image, and pixels from one to the next; tile 0 starts at pixel (-margin, -margin).
  int tile_rows, tile_columns, step, margin;
} cwinograd_images;

// Where the transformed tiles of a run stand.
typedef struct cwinograd_tiles {
  float *values;
  // Floats from a point to the next, and from a vector of channels to the next.
  size_t point_stride, vector_stride;
} cwinograd_tiles;

// What follows the output's transform.
typedef struct cwinograd_epilogue {
  // One for each channel, or null.
  const float *bias;
  // Whether the values that stand in the output are added.
  bool adds_output;
  bool relu;
} cwinograd_epilogue;

typedef void cwinograd_to_points(cwinograd_images images, int first_tile, int tiles, int first_vector, int vectors,
                                 cwinograd_tiles target);
typedef void cwinograd_from_points(cwinograd_tiles source, cwinograd_epilogue epilogue, int first_tile, int tiles,
                                   int first_vector, int vectors, cwinograd_images images);

// The transforms take the tiles `first_tile`..<`first_tile + tiles` of all images, row by row, and `vectors` vectors of
// channels from `first_vector` on. What lies outside of an image is read as zero and not written.
typedef struct cwinograd_kernels {
  // Floats in a vector.
  int lanes;
  // Tiles that the product treats at once; best in multiples of it.
  int rows;
  // Points along each side of a tile. Those from the sixth on share the weights of the sixth.
  int side;

  // From the input, and to 4x4 pixels of the output.
  cwinograd_to_points *input;
  cwinograd_from_points *output;
  // From the output's gradient, and to pixels of the input's gradient, 4x4 for each of the stride's phases.
  cwinograd_to_points *turned_input;
  cwinograd_from_points *turned_output;
  // From 4x4 pixels of the output's gradient, for the weight's gradient.
  cwinograd_to_points *gradient;

  // At one point: products[tile, output] = the sum over inputs of values[tile, input]·weights[input, output].
  void (*product)(const float *values, size_t values_stride, const float *weights, float *products,
                  size_t products_stride, int tiles, int input_vectors, int output_vectors);

  // At one point: weights[input, output] (+)= the sum over tiles of values[tile, input]·gradients[tile, output].
  void (*weight_product)(const float *values, size_t values_stride, const float *gradients, size_t gradients_stride,
                         float *weights, int tiles, int input_vectors, int output_vectors, bool accumulates);

  // Transforms weights [outputs, inputs, 3, 3] for one vector of columns, which are output channels: number
  // `first_vector + vector`, which becomes the vector `vector` of `column_vectors`. What only fills a vector becomes
  // zero. With `turned` they are those of the input's gradient: inputs are columns, outputs rows, and the kernels are
  // rotated by half a turn.
  void (*weights)(const float *weights, int outputs, int inputs, bool turned, int first_vector, int vector,
                  int row_vectors, int column_vectors, float *transformed, size_t matrix_stride);

  // Adds the weight's gradient, transformed back, to [outputs, inputs, 3, 3], for a vector of output channels.
  void (*add_weights)(const float *transformed, size_t matrix_stride, int vector, int input_vectors, int output_vectors,
                      float *weights, int outputs, int inputs);
} cwinograd_kernels;

// The kernels for vectors of so many lanes, 8 or 16, or null where the processor or this build has none.
const cwinograd_kernels *cwinograd_kernels_with(int lanes, int stride);

// Whether vectors of 16 floats are one register here.
bool cwinograd_has_wide_registers(void);
