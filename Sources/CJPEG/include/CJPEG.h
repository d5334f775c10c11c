// libjpeg reports errors by longjmp, which must not cross Swift frames: these two calls catch it.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { cjpeg_message_length = 200 };

typedef struct cjpeg_image {
  uint32_t width;
  uint32_t height;
  // Colour components stored in the file: 1 grey, 3 colour, 4 CMYK.
  int32_t components;
  // Irregularities that leave all pixels intact.
  int32_t warnings;
  // What was wrong, when a call fails.
  char message[cjpeg_message_length];
} cjpeg_image;

// Reads the dimensions of the JPEG in data[0..<size]. Returns 0, or -1 with a message.
int cjpeg_read_header(const uint8_t *data, size_t size, cjpeg_image *image);

// Decodes to interleaved RGB: rgb holds width * height * 3 bytes for the dimensions that the header has, given in
// image. Returns 0, or -1 with a message. Data that pixels had to be invented for is a failure; a missing end mark is
// none where every pixel is there.
int cjpeg_read_pixels(const uint8_t *data, size_t size, uint8_t *rgb, cjpeg_image *image);
