"""The README beside the sample pictures."""

import collections
import zlib

import numpy
import PIL

import duplicates

TEXT = """\
# Open Clip Art sample

{count:,} drawings with captions from the Open Clip Art Library, 64x64 RGB, 8 bits a channel, {mebibytes:.1f} MiB.
Made by `scripts/build-sample-data`; edit that, not this folder.

## Licence and origin

The drawings come from the Open Clip Art Library, release 0.18 (openclipart.org), as packaged in Debian 12's
`openclipart-png` and `openclipart-svg`. Its contributors gave them to the public domain under the Creative
Commons Public Domain Dedication (`/usr/share/doc/openclipart-png/copyright` on a Debian system has the text).
Only drawings whose own SVG metadata declares the public domain are here. No rights are claimed in the changed
pictures and the captions: anyone may copy, change and redistribute them for any purpose without asking.

## Layout

- `CATEGORY/NAME.png`: the category is the source's top folder, the name the rest of its path in lower-case
  ASCII, `/` as `-`. A reader that takes sub-folders for classes reads this folder as it is.
- `captions.tsv`: UTF-8, lines end in a line feed, a header line, then one line for each picture in byte order of
  `file`, with the tab-separated fields `file`, `title`, `keywords` (joined by ` | `, possibly none), `category`.

{categories}

## How it was made

Of {total:,} source pictures, in byte order of their paths, these were left out, each counted under the first reason
that applied:

{reasons}

The others were laid over white, cropped to what is not white, padded with white to a square, and resized with
Pillow's antialiased bicubic filter. Content of fewer than 64 pixels was enlarged. Near-blank means a standard deviation
under 8 of 255 or less than 1% ink. A near-duplicate is a picture that, mirrored or not, equals an earlier one in one of two
ways: their 16x16 thumbnails differ by less than {threshold}/255 in the mean over pixels and channels, or at most {share:.1%}
of their pixels show something that the other lacks within {reach} pixels. Random splits into members and non-members must
not put the same drawing on both sides. Series whose drawings differ visibly (flags, road signs, icons) remain.

Titles and keywords are the creators' own, from the SVG metadata, in their own languages. Where the title is missing or
shared by more than five source files, and so names a collection, the file name in words takes its place.

## Checksum

Equal bytes come from Debian 12's versions: Pillow {pillow}, NumPy {numpy}, zlib {zlib}. Other versions of zlib
compress differently, and other versions of Pillow may round differently. `scripts/build-sample-data --check` makes
everything anew and compares. The SHA-256 over the list of SHA-256 sums,

    find . -name '*.png' -printf '%P\\n' -o -name captions.tsv -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum | sha256sum

run in this folder, is

    {checksum}
"""


def text(folder, rows, total, left_out, checksum):
    """The README of the finished `folder`; `rows` as in captions.tsv, `left_out` counts by reason."""
    size = sum((folder / row[0]).stat().st_size for row in rows) + (folder / "captions.tsv").stat().st_size
    by_category = sorted(collections.Counter(row[3] for row in rows).items())
    by_reason = sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    return TEXT.format(
        count=len(rows), total=total, mebibytes=size / 2**20, checksum=checksum,
        categories=table("Category", by_category), reasons=table("Reason", by_reason),
        threshold=duplicates.LEAST_DIFFERENCE, share=duplicates.LEAST_SHARE, reach=duplicates.REACH,
        pillow=PIL.__version__, numpy=numpy.__version__, zlib=zlib.ZLIB_RUNTIME_VERSION,
    )


def table(heading, counts):
    lines = [f"| {heading} | Pictures |", "|---|---:|"] + [f"| {name} | {count:,} |" for name, count in counts]
    return "\n".join(lines)
