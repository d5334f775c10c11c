"""The README beside the emoji."""

import zlib

import numpy
import PIL

TEXT = """\
# Emoji with names in {language_count} languages

{count:,} emoji, 64x64 RGB, 8 bits a channel, with names and keywords in {language_count} languages, {mebibytes:.1f} MiB.
Made by `scripts/build-emoji-data`; edit that, not this folder.

## Licence and origin

- Pictures: the bitmaps of Noto Color Emoji, from Debian's `fonts-noto-color-emoji` {font}. SIL Open Font License 1.1
  and other notices in `LICENSE-font.txt`.
- Names and keywords: the Unicode Common Locale Data Repository, from Debian's `unicode-cldr-core` {cldr}. Unicode
  licence in `LICENSE-cldr.txt`.

Both files are the packages' own notices and must stay with the data.

## Layout

- `png64/POINTS.png`: the code points in hexadecimal, joined by `-`, without U+FE0F.
- `captions.LANGUAGE.tsv` for {languages}: UTF-8, lines end in a line feed, no header
  line; file name, name, and keywords joined by ` | `, separated by tabs. All files have the same {count:,} emoji in the
  order of their code points.

The format `emoji` reads this folder: the name is an emoji's first caption, the keywords are its second.

| Emoji | Count |
|---|---:|
{kinds}

## How it was made

The font's glyphs were mapped to code point sequences by its `cmap` and the ligatures of its `GSUB`, and their bitmaps
(136x128, tables `CBLC` and `CBDT`) laid in the middle of a white square and resized with Pillow's Lanczos filter. Left out,
each counted under the first reason that applied:

| Reason | Glyphs |
|---|---:|
{reasons}

Without a name are, above all, the sequences that the font holds a second time in reverse, for text that runs from right
to left, and emoji newer than this CLDR. Names and keywords are those of CLDR's `annotations` and `annotationsDerived`, in composed Unicode (NFC).

## Checksum

Equal bytes come from Debian 12's versions: Pillow {pillow}, NumPy {numpy}, zlib {zlib}. `scripts/build-emoji-data --check`
makes everything anew and compares. The SHA-256 over the list of SHA-256 sums,

    find . -name '*.png' -printf '%P\\n' -o -name 'captions.*.tsv' -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum | sha256sum

run in this folder, is

    {checksum}
"""


def text(folder, kept, left_out, languages, versions, checksum):
    """The README of the finished `folder`; `kept` are pairs of file name and characters, `left_out` counts by reason."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    kinds = [
        ("one code point", sum(len(characters) == 1 for _, characters in kept)),
        ("keycap", sum("\u20e3" in characters for _, characters in kept)),
        ("several code points joined", sum("\u200d" in characters for _, characters in kept)),
    ]
    return TEXT.format(
        count=len(kept), mebibytes=size / 2**20, language_count=len(languages),
        languages=", ".join(languages), font=versions["fonts-noto-color-emoji"],
        cldr=versions["unicode-cldr-core"], kinds=rows(kinds),
        reasons=rows(sorted(left_out.items(), key=lambda item: (-item[1], item[0]))), checksum=checksum,
        pillow=PIL.__version__, numpy=numpy.__version__, zlib=zlib.ZLIB_RUNTIME_VERSION,
    )


def rows(counts):
    return "\n".join(f"| {name} | {count:,} |" for name, count in counts)
