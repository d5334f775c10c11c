"""Damage to files, of the kinds that readers trip over."""

NUMBERS = [
    b"0", b"-1", b"1", b"255", b"2147483648", b"4294967296", b"9223372036854775807", b"-9223372036854775808",
    b"9223372036854775808", b"18446744073709551616", b"1e400", b"1e-400", b"0.5", b"NaN", b"Infinity", b"1e18", b"null",
    b'""', b"true", b"[]", b"{}",
]
MARKS = b"0123456789-+.eE{}[]\"',:;/\\\n\r\t\0 nulltrue\x1b\x9b\xc2\x85\xe2\x80\xae"
DIGITS = b"0123456789.-"


def damaged(data, random):
    """The bytes with one to six changes."""
    data = bytearray(data)
    for _ in range(random.randint(1, 6)):
        change(data, random)
    return bytes(data)


def change(data, random):
    if not data:
        data += bytes([random.choice(MARKS)])
        return
    at = random.randrange(len(data))
    end = at + random.randint(1, min(64, len(data) - at))
    kind = random.randrange(12)
    if kind == 0:
        data[at] ^= 1 << random.randrange(8)
    elif kind == 1:
        data[at] = random.randrange(256)
    elif kind == 2:
        del data[at:end]
    elif kind == 3:
        place = random.randrange(len(data))
        data[place:place] = data[at:end]
    elif kind == 4:
        del data[at:]
    elif kind == 5:
        data[at:end] = bytes([random.choice([0, 0xFF])]) * (end - at)
    elif kind == 6:
        data[random.randrange(min(64, len(data)))] = random.randrange(256)
    elif kind == 7:
        data[at:at] = bytes(random.choice(MARKS) for _ in range(random.randint(1, 4)))
    elif kind in (8, 9):
        start = next((i for i in range(at, min(len(data), at + 4096)) if data[i] in DIGITS), None)
        if start is not None:
            stop = start
            while stop < len(data) and data[stop] in DIGITS:
                stop += 1
            data[start:stop] = random.choice(NUMBERS)
    elif kind == 10:
        width = random.choice([2, 4, 8])
        if at + width <= len(data):
            top = 1 << (8 * width - 1)
            value = random.choice([0, 1, top, top - 1, 2 * top - 1, top >> 1, 1 << 15])
            data[at:at + width] = value.to_bytes(width, random.choice(["little", "big"]))
    else:
        data[at:at] = data[at:end] * (1 << random.randrange(8))
