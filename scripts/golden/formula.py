"""Numbers that Python and Swift compute alike, bit for bit, so that large weights need not be stored.

Everything is integer arithmetic followed by correctly rounded double operations and one rounding to float32.
"""
import math

import torch


def weights(index, shape):
    """Element i of parameter `index`: s * ((i * 7919 + index * 104729 + 12345) mod 65536 / 65536 - 0.5) * 2, where
    s = sqrt(3 / fanIn) and fanIn is the product of all dimensions but the first: uniform in [-s, s), variance 1 / fanIn.
    """
    count, scale = math.prod(shape), math.sqrt(3 / math.prod(shape[1:]))
    i = torch.arange(count, dtype=torch.int64)
    unit = ((i * 7919 + index * 104729 + 12345) % 65536).double() / 65536
    return (scale * ((unit - 0.5) * 2)).float().reshape(shape)


def pixels(seed, shape):
    """Element i: a 32-bit hash of i + seed * 0x9E3779B9 as a fraction of 2^32, stretched to [-1, 1).

    Images need values without structure: those of `weights` are one sawtooth, shifted from image to image, which
    averages to the same embedding for all of them.
    """
    mask = 0xFFFFFFFF
    h = (torch.arange(math.prod(shape), dtype=torch.int64) + seed * 0x9E3779B9) & mask
    h = ((h ^ (h >> 16)) * 0x7FEB352D) & mask
    h = ((h ^ (h >> 15)) * 0x846CA68B) & mask
    h = h ^ (h >> 16)
    return (h.double() / 2.0 ** 32 * 2 - 1).float().reshape(shape)
