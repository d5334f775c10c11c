"""Near-duplicates: pictures whose 16x16 thumbnails, mirrored or not, hardly differ."""

import numpy

THUMBNAIL = 16
"""Side of the thumbnails that are compared."""

LEAST_DIFFERENCE = 4
"""Mean absolute difference of two thumbnails, of 255, under which the later picture is left out."""


class Kept:
    """The pictures kept so far, to compare the next one with.

    The coarse 4x4 sums bound the difference from below: by the triangle inequality, the absolute difference
    of two sums is at most the sum of absolute differences. Most pairs are settled by them.
    """

    def __init__(self, capacity):
        self.count = 0
        self.thumbnails = numpy.empty((capacity, THUMBNAIL * THUMBNAIL * 3), numpy.int16)
        self.sums = numpy.empty((capacity, 4 * 4 * 3), numpy.int32)

    def add(self, values):
        """Keeps `values`, uint8 [64, 64, 3], and says True unless it nearly equals a picture kept before.

        The mirrored thumbnail is compared too: random horizontal flips make the two the same to an encoder.
        """
        thumbnail = thumbnail_of(values)
        if self.contains(thumbnail) or self.contains(thumbnail[:, ::-1]):
            return False
        self.thumbnails[self.count] = thumbnail.reshape(-1)
        self.sums[self.count] = sums_of(thumbnail)
        self.count += 1
        return True

    def contains(self, thumbnail):
        bound = LEAST_DIFFERENCE * thumbnail.size
        coarse = numpy.abs(self.sums[: self.count] - sums_of(thumbnail)).sum(axis=1)
        candidates = self.thumbnails[: self.count][coarse < bound]
        fine = numpy.abs(candidates - thumbnail.reshape(-1)).sum(axis=1, dtype=numpy.int32)
        return bool((fine < bound).any())


def thumbnail_of(values):
    """Block means of `values`, rounded: int16 [16, 16, 3]."""
    block = values.shape[0] // THUMBNAIL
    sums = values.reshape(THUMBNAIL, block, THUMBNAIL, block, 3).sum(axis=(1, 3), dtype=numpy.int32)
    return ((sums + block * block // 2) // (block * block)).astype(numpy.int16)


def sums_of(thumbnail):
    """Sums over the 4x4 blocks of a thumbnail: int32 [48]."""
    block = THUMBNAIL // 4
    return thumbnail.reshape(4, block, 4, block, 3).sum(axis=(1, 3), dtype=numpy.int32).reshape(-1)
