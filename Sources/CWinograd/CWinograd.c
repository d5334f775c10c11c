#include "CWinograd.h"

// Points of interpolation 0, ±5/8, ±3/2 and infinity. They round little: with ±1, ±2 the error is twice as large.
// Matrices as in Lavin and Gray 2016, for any a and b:
//   N0 = a²b², Na = 2a²(a² - b²), Nb = 2b²(b² - a²) divide the weights' transform.
#define A1 0.625f
#define B1 1.5f
#define A2 (A1 * A1)
#define B2 (B1 * B1)
#define A3 (A1 * A2)
#define B3 (B1 * B2)
#define A2B2 (A2 * B2)
#define A2_B2 (A2 + B2)
#define N0 (1 / A2B2)
#define NA (1 / (2 * A2 * (A2 - B2)))
#define NB (1 / (2 * B2 * (B2 - A2)))
#define NA_A1 (NA * A1)
#define NB_B1 (NB * B1)
#define NA_A2 (NA * A2)
#define NB_B2 (NB * B2)

// For a stride of 2: points of F(4, 2), 0, ±3/4, 2 and infinity.
#define SA1 0.75f
#define SB1 2.0f
#define SA2 (SA1 * SA1)
#define SB2 (SB1 * SB1)
#define SA3 (SA1 * SA2)
#define SB3 (SB1 * SB2)
#define SN0 (1 / (SA2 * SB1))
#define SNP (1 / (2 * SA2 * (SA1 - SB1)))
#define SNM (-1 / (2 * SA2 * (SA1 + SB1)))
#define SNB (1 / (SB1 * (SB2 - SA2)))

#define INLINE inline __attribute__((always_inline))

static inline int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

// A tile of a run: its place in its image, and the plane of its vector of channels.
typedef struct cursor {
  float *plane;
  int row, column;
} cursor;

static inline cursor first_cursor(cwinograd_images images, int tile, int channel) {
  const int tiles = images.tile_rows * images.tile_columns, place = tile % tiles;
  const size_t pixels = (size_t)images.height * (size_t)images.width;
  const size_t image = (size_t)(tile / tiles) * (size_t)images.channels * pixels;
  const size_t block = (size_t)(channel / images.block * images.block) * pixels;
  return (cursor){images.values + image + block + channel % images.block, place / images.tile_columns,
                  place % images.tile_columns};
}

static inline void advance(cursor *at, cwinograd_images images) {
  if (++at->column < images.tile_columns) return;
  at->column = 0;
  if (++at->row < images.tile_rows) return;
  at->row = 0;
  at->plane += (size_t)images.channels * (size_t)images.height * (size_t)images.width;
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#endif
#define W 8
#define ROWS 6
#define TAPS_ROWS 6
#define NAME(x) x##_8
#include "body.h"
#undef W
#undef ROWS
#undef TAPS_ROWS
#undef NAME
#if defined(__x86_64__)
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), \
                             apply_to = function)
#define W 16
#define ROWS 12
#define TAPS_ROWS 8
#define NAME(x) x##_16
#include "body.h"
#pragma clang attribute pop
#endif

bool cwinograd_has_wide_registers(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#else
  return false;
#endif
}

const cwinograd_kernels *cwinograd_kernels_with(int lanes, int stride) {
  if (stride < 1 || stride > 2) return 0;
  if (lanes == 8) return &kernels_8[stride - 1];
#if defined(__x86_64__)
  if (lanes == 16 && cwinograd_has_wide_registers()) return &kernels_16[stride - 1];
#endif
  return 0;
}
