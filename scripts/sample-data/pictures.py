"""From a drawing of any size and mode to 64x64 RGB, and from there to PNG bytes.

Integer arithmetic or Pillow's fixed-point resampling throughout, so equal versions give equal bytes.
"""

import struct
import zlib

import numpy
from PIL import Image, ImageChops

SIDE = 64
"""Side of the finished pictures in pixels."""

LARGEST = 250_000_000
"""Pixels of a source picture beyond which it is left out: decoding needs four bytes for each."""

Image.MAX_IMAGE_PIXELS = None  # LARGEST takes its place.

COARSE_SIDE = 4096
"""From this many pixels on the longer side, a picture is averaged over whole blocks before the crop."""

BLANK_DIFFERENCE = 8
"""A pixel is content when a channel lies at least this far below white, of 255."""

SMALLEST_CONTENT = 16
"""Fewest pixels the longer side of the content may have."""

LARGEST_ASPECT = 3
"""Largest ratio of the content's sides."""

LEAST_DEVIATION = 8.0
"""Standard deviation over all values of a finished picture below which it counts as near-blank."""

LEAST_INK = 0.01
"""Share of pixels with a channel under 200 below which a finished picture counts as near-blank."""


class LeftOut(Exception):
    """A picture that does not belong in the data; the text is the reason as counted in the README."""


def finished_picture(path):
    """The picture at `path` as a uint8 array [SIDE, SIDE, 3]; raises LeftOut."""
    try:
        with Image.open(path) as source:
            if source.width * source.height > LARGEST:
                raise LeftOut("over 250 million pixels")
            source.load()
            flat = flatten(source)
    except (OSError, SyntaxError, ValueError) as error:
        raise LeftOut("unreadable") from error
    content = crop(flat)
    shorter, longer = sorted(content.size)
    if longer < SMALLEST_CONTENT:
        raise LeftOut("content under 16 pixels")
    if longer > LARGEST_ASPECT * shorter:
        raise LeftOut("aspect ratio over 3:1")
    square = Image.new("RGB", (longer, longer), (255, 255, 255))
    square.paste(content, ((longer - content.width) // 2, (longer - content.height) // 2))
    # Pillow widens the cubic kernel by the reduction factor, which is what suppresses aliasing.
    values = numpy.asarray(square.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    if values.std() < LEAST_DEVIATION or (values.min(axis=2) < 200).mean() < LEAST_INK:
        raise LeftOut("near-blank")
    return values


def flatten(source):
    """`source` over white as RGB; huge pictures averaged over k x k blocks, strip by strip."""
    factor = max(1, max(source.size) // (COARSE_SIDE // 2)) if max(source.size) >= COARSE_SIDE else 1
    rows = 512 * factor if factor > 1 else source.height
    size = tuple(-(-extent // factor) for extent in source.size)
    result = Image.new("RGB", size, (255, 255, 255))
    for top in range(0, source.height, rows):
        strip = source.crop((0, top, source.width, min(top + rows, source.height))).convert("RGBA")
        over_white = Image.new("RGB", strip.size, (255, 255, 255))
        over_white.paste(strip, mask=strip.getchannel("A"))
        result.paste(over_white.reduce(factor) if factor > 1 else over_white, (0, top // factor))
    return result


def crop(flat):
    """The smallest box of `flat` that holds everything that is not white."""
    darkness = ImageChops.invert(flat).point(lambda value: 255 if value >= BLANK_DIFFERENCE else 0)
    box = darkness.getbbox()
    if box is None:
        raise LeftOut("near-blank")
    return flat.crop(box)


def png_bytes(values):
    """`values`, uint8 [height, width, 3], as an 8-bit RGB PNG with no chunks but the necessary ones.

    Flat drawings are smallest with one filter for all rows, shaded ones with the customary choice row by
    row (least sum of absolute differences); each is tried and the shortest stream wins, the first of equals.
    """
    height, width, channels = values.shape
    filtered = filtered_rows(values)
    magnitude = numpy.abs(filtered.view(numpy.int8).astype(numpy.int32)).sum(axis=2)
    choices = [numpy.full(height, kind) for kind in range(5)] + [magnitude.argmin(axis=0)]
    shortest = None
    for kinds in choices:
        rows = filtered[kinds, numpy.arange(height)]
        raw = numpy.concatenate([kinds.astype(numpy.uint8)[:, None], rows], axis=1).tobytes()
        for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED):
            encoder = zlib.compressobj(9, zlib.DEFLATED, 15, 9, strategy)
            stream = encoder.compress(raw) + encoder.flush()
            if shortest is None or len(stream) < len(shortest):
                shortest = stream
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", shortest) + chunk(b"IEND", b"")


def filtered_rows(values):
    """All five PNG filters of all rows: uint8 [filter, height, 3 * width] (PNG specification, section 9)."""
    here = values.astype(numpy.int16)
    left = numpy.zeros_like(here)
    left[:, 1:] = here[:, :-1]
    above = numpy.zeros_like(here)
    above[1:] = here[:-1]
    corner = numpy.zeros_like(here)
    corner[1:, 1:] = here[:-1, :-1]
    estimate = left + above - corner
    to_left, to_above, to_corner = (abs(estimate - other) for other in (left, above, corner))
    paeth = numpy.where(
        (to_left <= to_above) & (to_left <= to_corner), left, numpy.where(to_above <= to_corner, above, corner)
    )
    predictions = (numpy.zeros_like(here), left, above, (left + above) >> 1, paeth)
    residuals = numpy.stack([here - prediction for prediction in predictions])
    return (residuals & 255).astype(numpy.uint8).reshape(5, values.shape[0], -1)


def chunk(kind, data):
    """One PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
