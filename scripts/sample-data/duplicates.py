"""Near-duplicates: pictures that hardly differ from an earlier one, mirrored or not."""

import numpy

THUMBNAIL = 16
"""Side of the thumbnails that are compared."""

LEAST_DIFFERENCE = 3
"""Mean absolute difference of two thumbnails, of 255, under which the later picture is left out."""

CANDIDATE_DIFFERENCE = 12
"""Up to this difference of the thumbnails, the pictures themselves are compared."""

REACH = 2
"""Pixels by which outlines may be displaced: the same drawing cropped or scaled a little differently."""

VISIBLE = 32
"""Difference of a channel, of 255, over which two pixels differ visibly."""

LEAST_SHARE = 0.005
"""Share of pixels that differ visibly, displacement allowed, up to which the later picture is left out."""


class Kept:
    """The pictures kept so far, to compare the next one with.

    The coarse 4x4 sums bound the thumbnails' difference from below: by the triangle inequality, the absolute
    difference of two sums is at most the sum of absolute differences. Most pairs are settled by them.
    """

    def __init__(self, capacity):
        self.count = 0
        self.pictures = []
        self.thumbnails = numpy.empty((capacity, THUMBNAIL * THUMBNAIL * 3), numpy.int16)
        self.sums = numpy.empty((capacity, 4 * 4 * 3), numpy.int32)

    def add(self, values):
        """Keeps `values`, uint8 [64, 64, 3], and says True unless it nearly equals a picture kept before.

        The mirrored picture is compared too: random horizontal flips make the two the same to an encoder.
        """
        if self.contains(values) or self.contains(values[:, ::-1]):
            return False
        thumbnail = thumbnail_of(values)
        self.thumbnails[self.count] = thumbnail.reshape(-1)
        self.sums[self.count] = sums_of(thumbnail)
        self.pictures.append(values)
        self.count += 1
        return True

    def contains(self, values):
        thumbnail = thumbnail_of(values)
        bound = CANDIDATE_DIFFERENCE * thumbnail.size
        coarse = numpy.abs(self.sums[: self.count] - sums_of(thumbnail)).sum(axis=1)
        candidates = numpy.flatnonzero(coarse < bound)
        fine = numpy.abs(self.thumbnails[candidates] - thumbnail.reshape(-1)).sum(axis=1, dtype=numpy.int32)
        if (fine < LEAST_DIFFERENCE * thumbnail.size).any():
            return True
        near = candidates[fine < bound]
        if len(near) == 0:
            return False
        lowest, highest = envelope(values)
        return any(self.shows_the_same(self.pictures[index], values, lowest, highest) for index in near)

    @staticmethod
    def shows_the_same(earlier, values, lowest, highest):
        """Whether visibly differing pixels are at most LEAST_SHARE; `lowest`, `highest`: envelope of `values`."""
        most = LEAST_SHARE * values.shape[0] * values.shape[1]
        strange = outside(earlier, lowest, highest)
        if strange.sum() > most:
            return False
        return bool((strange | outside(values, *envelope(earlier))).sum() <= most)


def outside(values, lowest, highest):
    """Where `values` leaves the envelope visibly in some channel: bool [64, 64]."""
    signed = values.astype(numpy.int16)
    return (numpy.maximum(lowest - signed, signed - highest) > VISIBLE).any(axis=2)


def envelope(values):
    """Least and greatest value of each channel within REACH pixels, along either axis: two int16 [64, 64, 3]."""
    side = values.shape[0]
    lowest = highest = values.astype(numpy.int16)
    for axis in (0, 1):
        margin = [(REACH, REACH) if other == axis else (0, 0) for other in range(3)]
        low, high = numpy.pad(lowest, margin, "edge"), numpy.pad(highest, margin, "edge")
        windows = [(slice(None),) * axis + (slice(start, start + side),) for start in range(2 * REACH + 1)]
        lowest = numpy.minimum.reduce([low[window] for window in windows])
        highest = numpy.maximum.reduce([high[window] for window in windows])
    return lowest, highest


def thumbnail_of(values):
    """Block means of `values`, rounded: int16 [16, 16, 3]."""
    block = values.shape[0] // THUMBNAIL
    sums = values.reshape(THUMBNAIL, block, THUMBNAIL, block, 3).sum(axis=(1, 3), dtype=numpy.int32)
    return ((sums + block * block // 2) // (block * block)).astype(numpy.int16)


def sums_of(thumbnail):
    """Sums over the 4x4 blocks of a thumbnail: int32 [48]."""
    block = THUMBNAIL // 4
    return thumbnail.reshape(4, block, 4, block, 3).sum(axis=(1, 3), dtype=numpy.int32).reshape(-1)
