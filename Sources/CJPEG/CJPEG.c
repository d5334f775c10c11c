#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// Each scan of a progressive file is decoded in full, so a few bytes a scan could keep a reader busy for hours.
enum { scan_limit = 500 };

typedef struct {
  struct jpeg_error_mgr base;
  struct jpeg_progress_mgr progress;
  jmp_buf failed;
  cjpeg_image *image;
  int ended_early;
} reader;

static void fail(j_common_ptr common) {
  reader *self = (reader *)common->err;
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  snprintf(self->image->message, sizeof self->image->message, "%.190s", text);
  longjmp(self->failed, 1);
}

static void fail_with(j_common_ptr common, const char *text) {
  reader *self = (reader *)common->err;
  snprintf(self->image->message, sizeof self->image->message, "%s", text);
  longjmp(self->failed, 1);
}

static void hear(j_common_ptr common, int level) {
  if (level >= 0) return;
  switch (common->err->msg_code) {
    // After these the library fills in pixels of its own.
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      fail(common);
      break;
    // The end mark may be missing though every pixel is there. Where bits are missing, another warning follows.
    case JWRN_JPEG_EOF:
      ((reader *)common->err)->ended_early = 1;
      break;
    default:
      ((reader *)common->err)->image->warnings += 1;
  }
}

static void keep_quiet(j_common_ptr common) { (void)common; }

static void watch_scans(j_common_ptr common) {
  j_decompress_ptr decompress = (j_decompress_ptr)common;
  if (decompress->input_scan_number > scan_limit) fail_with(common, "more than 500 scans");
}

static void prepare(struct jpeg_decompress_struct *decompress, reader *self, cjpeg_image *image) {
  memset(decompress, 0, sizeof *decompress);
  memset(self, 0, sizeof *self);
  self->image = image;
  decompress->err = jpeg_std_error(&self->base);
  self->base.error_exit = fail;
  self->base.emit_message = hear;
  self->base.output_message = keep_quiet;
  image->warnings = 0;
  image->message[0] = 0;
}

static void read_header(struct jpeg_decompress_struct *decompress, reader *self, const uint8_t *data, size_t size) {
  jpeg_create_decompress(decompress);
  self->progress.progress_monitor = watch_scans;
  decompress->progress = &self->progress;
  jpeg_mem_src(decompress, data, size);
  jpeg_read_header(decompress, TRUE);
  self->image->components = decompress->num_components;
}

int cjpeg_read_header(const uint8_t *data, size_t size, cjpeg_image *image) {
  struct jpeg_decompress_struct decompress;
  reader self;
  prepare(&decompress, &self, image);
  if (setjmp(self.failed)) {
    jpeg_destroy_decompress(&decompress);
    return -1;
  }
  read_header(&decompress, &self, data, size);
  image->width = decompress.image_width;
  image->height = decompress.image_height;
  jpeg_destroy_decompress(&decompress);
  return 0;
}

// Adobe programs store CMYK inverted: 255 is no ink. Nearly all such files come from them, with or without their marker,
// so it is taken for granted, as Pillow does.
static void from_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; x += 1, cmyk += 4, rgb += 3)
    for (int c = 0; c < 3; c += 1) rgb[c] = (uint8_t)((cmyk[c] * (unsigned)cmyk[3] + 127) / 255);
}

// Whether the scans of a file without end mark have told every coefficient to its last bit. Of files in several scans
// only progressive ones keep account of that.
static int is_complete(j_decompress_ptr decompress) {
  if (!decompress->coef_bits) return !jpeg_has_multiple_scans(decompress);
  for (int c = 0; c < decompress->num_components; c += 1)
    for (int k = 0; k < DCTSIZE2; k += 1)
      if (decompress->coef_bits[c][k] != 0) return 0;
  return 1;
}

int cjpeg_read_pixels(const uint8_t *data, size_t size, uint8_t *rgb, cjpeg_image *image) {
  struct jpeg_decompress_struct decompress;
  reader self;
  prepare(&decompress, &self, image);
  if (setjmp(self.failed)) {
    jpeg_destroy_decompress(&decompress);
    return -1;
  }
  read_header(&decompress, &self, data, size);
  if (decompress.image_width != image->width || decompress.image_height != image->height)
    fail_with((j_common_ptr)&decompress, "the dimensions changed while reading");
  int four = decompress.num_components == 4;
  decompress.out_color_space = four ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&decompress);
  if (self.ended_early && !is_complete(&decompress)) fail_with((j_common_ptr)&decompress, "scans are missing");
  size_t width = decompress.output_width;
  JSAMPARRAY inks = NULL;
  if (four) inks = decompress.mem->alloc_sarray((j_common_ptr)&decompress, JPOOL_IMAGE, 4 * (JDIMENSION)width, 1);
  while (decompress.output_scanline < decompress.output_height) {
    JSAMPROW row = rgb + (size_t)decompress.output_scanline * width * 3;
    if (four) {
      jpeg_read_scanlines(&decompress, inks, 1);
      from_cmyk(inks[0], row, width);
    } else {
      jpeg_read_scanlines(&decompress, &row, 1);
    }
  }
  // What follows the last row is nobody's business: cameras append notes of their own, with or without an end mark.
  jpeg_destroy_decompress(&decompress);
  return 0;
}
