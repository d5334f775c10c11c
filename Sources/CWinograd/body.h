// Included once for each width of vector, with W (lanes), ROWS (tiles in a block of the product), TAPS_ROWS (input
// channels in a block of the weight's product) and NAME(x) defined.

typedef float NAME(vector) __attribute__((ext_vector_type(W)));
typedef NAME(vector) NAME(unaligned) __attribute__((aligned(4), may_alias));
#define V NAME(vector)

static INLINE V NAME(load)(const float *p) { return *(const NAME(unaligned) *)p; }
static INLINE void NAME(store)(float *p, V v) { *(NAME(unaligned) *)p = v; }
#define LOAD NAME(load)
#define STORE NAME(store)

// One column of Bᵀ·d, for the points 0, ±a, ±b and infinity.
static INLINE void NAME(input_column)(const V d[6], V r[6]) {
  V even_a = d[4] - d[2] * B2, odd_a = (d[3] - d[1] * B2) * A1;
  V even_b = d[4] - d[2] * A2, odd_b = (d[3] - d[1] * A2) * B1;
  r[0] = d[0] * A2B2 + (d[4] - d[2] * A2_B2);
  r[1] = even_a + odd_a;
  r[2] = even_a - odd_a;
  r[3] = even_b + odd_b;
  r[4] = even_b - odd_b;
  r[5] = d[1] * A2B2 + (d[5] - d[3] * A2_B2);
}

// One column of Aᵀ·m.
static INLINE void NAME(output_column)(const V m[6], V r[4]) {
  V sum_a = m[1] + m[2], difference_a = m[1] - m[2];
  V sum_b = m[3] + m[4], difference_b = m[3] - m[4];
  r[0] = m[0] + sum_a + sum_b;
  r[1] = difference_a * A1 + difference_b * B1;
  r[2] = sum_a * A2 + sum_b * B2;
  r[3] = difference_a * A3 + (difference_b * B3 + m[5]);
}

// One column of A·y.
static INLINE void NAME(gradient_column)(const V y[4], V r[6]) {
  V even_a = y[0] + y[2] * A2, odd_a = (y[1] + y[3] * A2) * A1;
  V even_b = y[0] + y[2] * B2, odd_b = (y[1] + y[3] * B2) * B1;
  r[0] = y[0];
  r[1] = even_a + odd_a;
  r[2] = even_a - odd_a;
  r[3] = even_b + odd_b;
  r[4] = even_b - odd_b;
  r[5] = y[3];
}

// One column of G·g.
static INLINE void NAME(weight_column)(const V g[3], V r[6]) {
  V even_a = g[0] * NA + g[2] * NA_A2, odd_a = g[1] * NA_A1;
  V even_b = g[0] * NB + g[2] * NB_B2, odd_b = g[1] * NB_B1;
  r[0] = g[0] * N0;
  r[1] = even_a + odd_a;
  r[2] = even_a - odd_a;
  r[3] = even_b + odd_b;
  r[4] = even_b - odd_b;
  r[5] = g[2];
}

// One column of Gᵀ·u.
static INLINE void NAME(weight_gradient_column)(const V u[6], V r[3]) {
  V sum_a = u[1] + u[2], difference_a = u[1] - u[2];
  V sum_b = u[3] + u[4], difference_b = u[3] - u[4];
  r[0] = u[0] * N0 + (sum_a * NA + sum_b * NB);
  r[1] = difference_a * NA_A1 + difference_b * NB_B1;
  r[2] = sum_a * NA_A2 + (sum_b * NB_B2 + u[5]);
}

// The same for a stride of 2. Every other pixel meets two taps, the first and the last, by F(4, 2) with five points 0,
// ±a, b and infinity; the pixels between them meet the middle tap alone and are four points more.

static INLINE void NAME(strided_points)(V d0, V d1, V d2, V d3, V d4, V r[5]) {
  V f0 = d2 - d0 * SA2, f1 = d3 - d1 * SA2, f2 = d4 - d2 * SA2;
  V even = d3 - d2 * SB1, odd = (d2 - d1 * SB1) * SA1;
  r[0] = f1 - f0 * SB1;
  r[1] = even + odd;
  r[2] = even - odd;
  r[3] = f1;
  r[4] = f2 - f1 * SB1;
}

static INLINE void NAME(strided_input_column)(const V d[9], V r[9]) {
  NAME(strided_points)(d[0], d[2], d[4], d[6], d[8], r);
  for (int k = 0; k < 4; k++) r[5 + k] = d[2 * k + 1];
}

static INLINE void NAME(strided_outputs)(const V m[5], V r[4]) {
  V sum = m[1] + m[2], difference = m[1] - m[2];
  r[0] = m[0] + sum + m[3];
  r[1] = difference * SA1 + m[3] * SB1;
  r[2] = sum * SA2 + m[3] * SB2;
  r[3] = difference * SA3 + (m[3] * SB3 + m[4]);
}

static INLINE void NAME(strided_output_column)(const V m[9], V r[4]) {
  NAME(strided_outputs)(m, r);
  for (int k = 0; k < 4; k++) r[k] += m[5 + k];
}

// For the input's gradient: five pixels of the output's gradient make eight of the input's.
static INLINE void NAME(strided_turned_column)(const V d[5], V r[9]) {
  NAME(strided_points)(d[0], d[1], d[2], d[3], d[4], r);
  for (int k = 0; k < 4; k++) r[5 + k] = d[k];
}

static INLINE void NAME(strided_spread_column)(const V m[9], V r[8]) {
  V odd[4];
  NAME(strided_outputs)(m, odd);
  for (int k = 0; k < 4; k++) r[2 * k] = m[5 + k], r[2 * k + 1] = odd[k];
}

static INLINE void NAME(strided_gradient_column)(const V y[4], V r[9]) {
  V even = y[0] + y[2] * SA2, odd = (y[1] + y[3] * SA2) * SA1;
  r[0] = y[0];
  r[1] = even + odd;
  r[2] = even - odd;
  r[3] = (y[0] + y[2] * SB2) + (y[1] + y[3] * SB2) * SB1;
  r[4] = y[3];
  for (int k = 0; k < 4; k++) r[5 + k] = y[k];
}

static INLINE void NAME(strided_weight_column)(const V g[3], V r[6]) {
  r[0] = g[0] * SN0;
  r[1] = g[0] * SNP + g[2] * (SNP * SA1);
  r[2] = g[0] * SNM - g[2] * (SNM * SA1);
  r[3] = g[0] * SNB + g[2] * (SNB * SB1);
  r[4] = g[2];
  r[5] = g[1];
}

static INLINE void NAME(strided_weight_gradient_column)(const V u[6], V r[3]) {
  r[0] = u[0] * SN0 + (u[1] * SNP + (u[2] * SNM + u[3] * SNB));
  r[1] = u[5];
  r[2] = u[1] * (SNP * SA1) - u[2] * (SNM * SA1) + (u[3] * (SNB * SB1) + u[4]);
}

typedef void NAME(column)(const V *, V *);

// A square of `side` pixels, of which rows `top`..<`bottom` and columns `left`..<`right` lie in the image.
static INLINE void NAME(tile_to_points)(const int side, const int points, NAME(column) *transform, const float *source,
                                        size_t row_stride, size_t block, int top, int bottom, int left, int right,
                                        float *target, size_t point_stride) {
  V half[9][9];
  for (int column = 0; column < side; column++) {
    V d[9], r[9];
    if (column < left || column >= right) {
      for (int row = 0; row < points; row++) half[row][column] = (V){0};
      continue;
    }
    _Pragma("unroll") for (int row = 0; row < side; row++) {
      const ptrdiff_t offset = row * (ptrdiff_t)row_stride + column * (ptrdiff_t)block;
      d[row] = row >= top && row < bottom ? LOAD(source + offset) : (V){0};
    }
    transform(d, r);
    _Pragma("unroll") for (int row = 0; row < points; row++) half[row][column] = r[row];
  }
  for (int row = 0; row < points; row++) {
    V r[9];
    transform(half[row], r);
    _Pragma("unroll") for (int column = 0; column < points; column++)
        STORE(target + (size_t)(row * points + column) * point_stride, r[column]);
  }
}

// One vector of channels after the other, so that pixels are read in order.
static INLINE void NAME(to_points)(const int side, const int points, NAME(column) *transform, cwinograd_images images,
                                   int first_tile, int tiles, int first_vector, int vectors, cwinograd_tiles target) {
  const size_t block = (size_t)images.block, row_stride = block * (size_t)images.width;
  for (int index = 0; index < vectors; index++) {
    float *values = target.values + (size_t)index * target.vector_stride;
    cursor at = first_cursor(images, first_tile, (first_vector + index) * W);
    for (int tile = 0; tile < tiles; tile++, values += W, advance(&at, images)) {
      const int y = at.row * images.step - images.margin, x = at.column * images.step - images.margin;
      const int top = clamp(-y, 0, side), bottom = clamp(images.height - y, 0, side);
      const int left = clamp(-x, 0, side), right = clamp(images.width - x, 0, side);
      const float *source = at.plane + (ptrdiff_t)y * (ptrdiff_t)row_stride + (ptrdiff_t)x * (ptrdiff_t)block;
      if (top == 0 && left == 0 && bottom == side && right == side)
        NAME(tile_to_points)(side, points, transform, source, row_stride, block, 0, side, 0, side, values,
                             target.point_stride);
      else
        NAME(tile_to_points)(side, points, transform, source, row_stride, block, top, bottom, left, right, values,
                             target.point_stride);
    }
  }
}

static INLINE void NAME(tile_from_points)(const int points, const int side, NAME(column) *transform,
                                          const float *source, size_t point_stride, cwinograd_epilogue epilogue,
                                          const V bias, float *target, size_t row_stride, size_t block, const int rows,
                                          const int columns) {
  V half[8][9];
  for (int column = 0; column < points; column++) {
    V m[9], r[8];
    _Pragma("unroll") for (int row = 0; row < points; row++)
        m[row] = LOAD(source + (size_t)(row * points + column) * point_stride);
    transform(m, r);
    _Pragma("unroll") for (int row = 0; row < side; row++) half[row][column] = r[row];
  }
  for (int row = 0; row < rows; row++) {
    V r[8];
    transform(half[row], r);
    float *line = target + (size_t)row * row_stride;
    _Pragma("unroll") for (int column = 0; column < side; column++) {
      if (column >= columns) break;
      V value = r[column] + bias;
      if (epilogue.adds_output) value += LOAD(line + (size_t)column * block);
      if (epilogue.relu) value = value < (V){0} ? (V){0} : value;
      STORE(line + (size_t)column * block, value);
    }
  }
}

static INLINE void NAME(from_points)(const int points, const int side, NAME(column) *transform, cwinograd_tiles source,
                                     cwinograd_epilogue epilogue, int first_tile, int tiles, int first_vector,
                                     int vectors, cwinograd_images images) {
  const size_t block = (size_t)images.block, row_stride = block * (size_t)images.width;
  for (int index = 0; index < vectors; index++) {
    const int channel = (first_vector + index) * W;
    const float *values = source.values + (size_t)index * source.vector_stride;
    const V bias = epilogue.bias ? LOAD(epilogue.bias + channel) : (V){0};
    cursor at = first_cursor(images, first_tile, channel);
    for (int tile = 0; tile < tiles; tile++, values += W, advance(&at, images)) {
      const int y = at.row * side, x = at.column * side;
      const int rows = clamp(images.height - y, 0, side), columns = clamp(images.width - x, 0, side);
      float *target = at.plane + (size_t)y * row_stride + (size_t)x * block;
      if (rows == side && columns == side)
        NAME(tile_from_points)(points, side, transform, values, source.point_stride, epilogue, bias, target,
                               row_stride, block, side, side);
      else
        NAME(tile_from_points)(points, side, transform, values, source.point_stride, epilogue, bias, target,
                               row_stride, block, rows, columns);
    }
  }
}

#define TO_POINTS(FUNCTION, SIDE, POINTS)                                                                              \
  static void NAME(FUNCTION)(cwinograd_images images, int first_tile, int tiles, int first_vector, int vectors,        \
                             cwinograd_tiles target) {                                                                 \
    NAME(to_points)(SIDE, POINTS, NAME(FUNCTION##_column), images, first_tile, tiles, first_vector, vectors, target);  \
  }
#define FROM_POINTS(FUNCTION, POINTS, SIDE)                                                                            \
  static void NAME(FUNCTION)(cwinograd_tiles source, cwinograd_epilogue epilogue, int first_tile, int tiles,           \
                             int first_vector, int vectors, cwinograd_images images) {                                 \
    NAME(from_points)(POINTS, SIDE, NAME(FUNCTION##_column), source, epilogue, first_tile, tiles, first_vector,        \
                      vectors, images);                                                                                \
  }
TO_POINTS(input, 6, 6)
TO_POINTS(gradient, 4, 6)
FROM_POINTS(output, 6, 4)
TO_POINTS(strided_input, 9, 9)
TO_POINTS(strided_turned, 5, 9)
TO_POINTS(strided_gradient, 4, 9)
FROM_POINTS(strided_output, 9, 4)
FROM_POINTS(strided_spread, 9, 8)

static INLINE void NAME(product_block)(
    const int rows, const int width, const float *values, size_t values_stride, const float *weights, float *products,
    size_t products_stride, int input_vectors) {
  V sum[ROWS][2];
  _Pragma("unroll") for (int row = 0; row < rows; row++)
      _Pragma("unroll") for (int n = 0; n < width; n++) sum[row][n] = (V){0};
  for (int vector = 0; vector < input_vectors; vector++) {
    const float *a = values;
    _Pragma("unroll") for (int lane = 0; lane < W; lane++) {
      V b[2];
      _Pragma("unroll") for (int n = 0; n < width; n++) b[n] = LOAD(weights + n * W);
      _Pragma("unroll") for (int row = 0; row < rows; row++) {
        const float factor = a[row * W + lane];
        _Pragma("unroll") for (int n = 0; n < width; n++) sum[row][n] += b[n] * factor;
      }
      weights += width * W;
    }
    values += values_stride;
  }
  _Pragma("unroll") for (int n = 0; n < width; n++)
      _Pragma("unroll") for (int row = 0; row < rows; row++)
          STORE(products + (size_t)n * products_stride + row * W, sum[row][n]);
}

#define PRODUCT_CASE(R)                                                                                                \
  case R:                                                                                                              \
    if (width == 2)                                                                                                    \
      NAME(product_block)(R, 2, a, values_stride, weights, c, products_stride, input_vectors);                         \
    else                                                                                                               \
      NAME(product_block)(R, 1, a, values_stride, weights, c, products_stride, input_vectors);                         \
    break;

static void NAME(product)(const float *values, size_t values_stride, const float *weights, float *products,
                          size_t products_stride, int tiles, int input_vectors, int output_vectors) {
  for (int vector = 0; vector < output_vectors; vector += 2) {
    const int width = output_vectors - vector >= 2 ? 2 : 1;
    for (int tile = 0; tile < tiles; tile += ROWS) {
      const float *a = values + (size_t)tile * W;
      float *c = products + (size_t)tile * W;
      const int rows = tiles - tile < ROWS ? tiles - tile : ROWS;
      switch (rows) {
        PRODUCT_CASE(1)
        PRODUCT_CASE(2)
        PRODUCT_CASE(3)
        PRODUCT_CASE(4)
        PRODUCT_CASE(5)
        PRODUCT_CASE(6)
#if ROWS > 6
        PRODUCT_CASE(7)
        PRODUCT_CASE(8)
        PRODUCT_CASE(9)
        PRODUCT_CASE(10)
        PRODUCT_CASE(11)
        PRODUCT_CASE(12)
#endif
      }
    }
    weights += (size_t)input_vectors * W * (size_t)width * W;
    products += (size_t)width * products_stride;
  }
}

static INLINE void NAME(weight_block)(const int rows, const int width,
                                                                     const float *const *values,
                                                                     const float *gradients, size_t gradients_stride,
                                                                     float *weights, int tiles, bool accumulates) {
  V sum[TAPS_ROWS][2];
  const float *a[TAPS_ROWS];
  _Pragma("unroll") for (int row = 0; row < rows; row++) {
    a[row] = values[row];
    _Pragma("unroll") for (int n = 0; n < width; n++)
        sum[row][n] = accumulates ? LOAD(weights + (row * width + n) * W) : (V){0};
  }
  const float *z0 = gradients, *z1 = gradients + gradients_stride;
  for (size_t offset = 0; offset < (size_t)tiles * W; offset += W) {
    V b[2];
    b[0] = LOAD(z0 + offset);
    if (width > 1) b[1] = LOAD(z1 + offset);
    _Pragma("unroll") for (int row = 0; row < rows; row++) {
      const float factor = a[row][offset];
      _Pragma("unroll") for (int n = 0; n < width; n++) sum[row][n] += b[n] * factor;
    }
  }
  _Pragma("unroll") for (int row = 0; row < rows; row++)
      _Pragma("unroll") for (int n = 0; n < width; n++) STORE(weights + (row * width + n) * W, sum[row][n]);
}

#define WEIGHT_CASE(R)                                                                                                 \
  case R:                                                                                                              \
    if (width == 2)                                                                                                    \
      NAME(weight_block)(R, 2, a, gradients, gradients_stride, c, tiles, accumulates);                                 \
    else                                                                                                               \
      NAME(weight_block)(R, 1, a, gradients, gradients_stride, c, tiles, accumulates);                                 \
    break;

static void NAME(weight_product)(const float *values, size_t values_stride, const float *gradients,
                                 size_t gradients_stride, float *weights, int tiles, int input_vectors,
                                 int output_vectors, bool accumulates) {
  const int inputs = input_vectors * W;
  for (int vector = 0; vector < output_vectors; vector += 2) {
    const int width = output_vectors - vector >= 2 ? 2 : 1;
    for (int input = 0; input < inputs; input += TAPS_ROWS) {
      const int rows = inputs - input < TAPS_ROWS ? inputs - input : TAPS_ROWS;
      const float *a[TAPS_ROWS];
      for (int row = 0; row < rows; row++) {
        const int channel = input + row;
        a[row] = values + (size_t)(channel / W) * values_stride + channel % W;
      }
      float *c = weights + (size_t)input * (size_t)(width * W);
      switch (rows) {
        WEIGHT_CASE(2)
        WEIGHT_CASE(4)
        WEIGHT_CASE(6)
#if TAPS_ROWS > 6
        WEIGHT_CASE(8)
#endif
      }
    }
    weights += (size_t)inputs * (size_t)(width * W);
    gradients += (size_t)width * gradients_stride;
  }
}

// Where a vector of output channels stands among transformed weights, and how far its input channels are apart.
static INLINE size_t NAME(place)(int vector, int vectors, size_t inputs, size_t *step) {
  *step = (vector | 1) < vectors ? 2 * W : W;
  return (size_t)(vector & ~1) * inputs * W + (size_t)(vector & 1) * W;
}

static INLINE void NAME(weights_by)(NAME(column) *transform, const float *weights, int outputs, int inputs, bool turned,
                                     int first_vector, int vector, int row_vectors, int column_vectors,
                                     float *transformed, size_t point_stride) {
  const int rows = turned ? outputs : inputs, columns = turned ? inputs : outputs;
  size_t step;
  float *target = transformed + NAME(place)(vector, column_vectors, (size_t)row_vectors * W, &step);
  const int first = (first_vector + vector) * W, lanes = clamp(columns - first, 0, W);
  // Floats from one column's kernel to the next, and from one row's.
  const size_t column_step = turned ? 9 : (size_t)inputs * 9, row_step = turned ? (size_t)inputs * 9 : 9;
  float taps[9][W];
  if (lanes < W) __builtin_memset(taps, 0, sizeof taps);
  for (int row = 0; row < row_vectors * W; row++, target += step) {
    V half[6][3];
    if (row < rows && lanes > 0) {
      const float *source = weights + (size_t)row * row_step + (size_t)first * column_step;
      for (int lane = 0; lane < lanes; lane++, source += column_step)
        _Pragma("unroll") for (int tap = 0; tap < 9; tap++) taps[tap][lane] = source[tap];
      for (int column = 0; column < 3; column++) {
        V g[3], r[6];
        for (int k = 0; k < 3; k++) g[k] = LOAD(taps[turned ? 8 - (k * 3 + column) : k * 3 + column]);
        transform(g, r);
        _Pragma("unroll") for (int k = 0; k < 6; k++) half[k][column] = r[k];
      }
    } else {
      for (int k = 0; k < 6; k++)
        for (int column = 0; column < 3; column++) half[k][column] = (V){0};
    }
    for (int k = 0; k < 6; k++) {
      V r[6];
      transform(half[k], r);
      _Pragma("unroll") for (int column = 0; column < 6; column++)
          STORE(target + (size_t)(k * 6 + column) * point_stride, r[column]);
    }
  }
}

static INLINE void NAME(add_weights_by)(NAME(column) *transform, const float *transformed, size_t point_stride,
                                        int vector, int row_vectors,
                              int column_vectors, float *weights, int outputs, int inputs) {
  size_t step;
  const float *source = transformed + NAME(place)(vector, column_vectors, (size_t)row_vectors * W, &step);
  const int first = vector * W, lanes = clamp(outputs - first, 0, W);
  float taps[9][W];
  for (int input = 0; input < inputs; input++, source += step) {
    V half[3][6];
    for (int column = 0; column < 6; column++) {
      V u[6], r[3];
      for (int k = 0; k < 6; k++) u[k] = LOAD(source + (size_t)(k * 6 + column) * point_stride);
      transform(u, r);
      _Pragma("unroll") for (int k = 0; k < 3; k++) half[k][column] = r[k];
    }
    for (int k = 0; k < 3; k++) {
      V r[3];
      transform(half[k], r);
      _Pragma("unroll") for (int column = 0; column < 3; column++) STORE(taps[k * 3 + column], r[column]);
    }
    float *target = weights + ((size_t)first * (size_t)inputs + (size_t)input) * 9;
    for (int lane = 0; lane < lanes; lane++, target += (size_t)inputs * 9)
      _Pragma("unroll") for (int tap = 0; tap < 9; tap++) target[tap] += taps[tap][lane];
  }
}

#define WEIGHTS(PREFIX)                                                                                                \
  static void NAME(PREFIX##weights)(const float *weights, int outputs, int inputs, bool turned, int first_vector,      \
                                    int vector, int row_vectors, int column_vectors, float *transformed,               \
                                    size_t matrix_stride) {                                                            \
    NAME(weights_by)(NAME(PREFIX##weight_column), weights, outputs, inputs, turned, first_vector, vector,              \
                     row_vectors, column_vectors, transformed, matrix_stride);                                         \
  }                                                                                                                    \
  static void NAME(PREFIX##add_weights)(const float *transformed, size_t matrix_stride, int vector, int row_vectors,   \
                                        int column_vectors, float *weights, int outputs, int inputs) {                 \
    NAME(add_weights_by)(NAME(PREFIX##weight_gradient_column), transformed, matrix_stride, vector, row_vectors,        \
                         column_vectors, weights, outputs, inputs);                                                    \
  }
WEIGHTS()
WEIGHTS(strided_)

static const cwinograd_kernels NAME(kernels)[2] = {
    {W, ROWS, 6, NAME(input), NAME(output), NAME(input), NAME(output), NAME(gradient), NAME(product),
     NAME(weight_product), NAME(weights), NAME(add_weights)},
    {W, ROWS, 9, NAME(strided_input), NAME(strided_output), NAME(strided_turned), NAME(strided_spread),
     NAME(strided_gradient), NAME(product), NAME(weight_product), NAME(strided_weights), NAME(strided_add_weights)},
};

#undef V
#undef LOAD
#undef STORE
#undef TO_POINTS
#undef FROM_POINTS
#undef PRODUCT_CASE
#undef WEIGHT_CASE
#undef WEIGHTS
