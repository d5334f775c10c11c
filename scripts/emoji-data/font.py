"""The colour bitmaps of a font and the code point sequences that they stand for (OpenType 1.9: cmap, GSUB, CBLC, CBDT)."""

import struct


class FontError(Exception):
    """The font is not of the kind that is read here."""


class Font:
    def __init__(self, data):
        self.data = data
        self.tables = {}
        for index in range(self.number(4, "H")):
            tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
            self.tables[tag.decode("ascii")] = offset

    def number(self, offset, kind):
        return struct.unpack_from(">" + kind, self.data, offset)[0]

    def numbers(self, offset, count, kind="H"):
        return struct.unpack_from(f">{count}{kind}", self.data, offset)

    def table(self, tag):
        if tag not in self.tables:
            raise FontError(f"the font has no table {tag}")
        return self.tables[tag]

    def sequences(self):
        """Pairs of a tuple of code points and the PNG bytes that show it, in the order of the code points.

        U+FE0F, which only asks for the coloured form, is dropped; a sequence that is there with and without it counts
        once.
        """
        glyphs = self.character_glyphs()
        characters = {}
        for character, glyph in sorted(glyphs.items(), reverse=True):
            characters[glyph] = character
        shown = {(character,): glyph for character, glyph in glyphs.items()}
        for components, glyph in self.ligatures():
            if all(component in characters for component in components):
                sequence = tuple(characters[component] for component in components)
                shown.setdefault(tuple(point for point in sequence if point != 0xFE0F), glyph)
        bitmaps = self.bitmaps()
        return [(sequence, bitmaps[glyph]) for sequence, glyph in sorted(shown.items()) if glyph in bitmaps]

    def character_glyphs(self):
        """The glyph of each code point."""
        start = self.table("cmap")
        for index in range(self.number(start + 2, "H")):
            subtable = start + self.number(start + 4 + 8 * index + 4, "I")
            if self.number(subtable, "H") == 12:
                glyphs = {}
                for group in range(self.number(subtable + 12, "I")):
                    first, last, glyph = self.numbers(subtable + 16 + 12 * group, 3, "I")
                    glyphs.update((point, glyph + point - first) for point in range(first, last + 1))
                return glyphs
        raise FontError("cmap has no subtable of format 12")

    def ligatures(self):
        """Pairs of component glyphs and the glyph that takes their place, of all lookups."""
        start = self.table("GSUB")
        lookups = start + self.number(start + 8, "H")
        for offset in self.numbers(lookups + 2, self.number(lookups, "H")):
            lookup = lookups + offset
            kind, _, count = self.numbers(lookup, 3)
            for relative in self.numbers(lookup + 6, count):
                subtable, actual = lookup + relative, kind
                if kind == 7:  # an extension, which points further than 16 bits reach
                    actual = self.number(subtable + 2, "H")
                    subtable += self.number(subtable + 4, "I")
                if actual == 4:
                    yield from self.ligatures_of_subtable(subtable)

    def ligatures_of_subtable(self, subtable):
        _, coverage, count = self.numbers(subtable, 3)
        firsts = self.covered(subtable + coverage)
        for first, offset in zip(firsts, self.numbers(subtable + 6, count)):
            group = subtable + offset
            for relative in self.numbers(group + 2, self.number(group, "H")):
                glyph, components = self.numbers(group + relative, 2)
                yield (first, *self.numbers(group + relative + 4, components - 1)), glyph

    def covered(self, coverage):
        """The glyphs of a coverage table in order."""
        form, count = self.numbers(coverage, 2)
        if form == 1:
            return list(self.numbers(coverage + 4, count))
        ranges = (self.numbers(coverage + 4 + 6 * index, 3) for index in range(count))
        return [glyph for first, last, _ in ranges for glyph in range(first, last + 1)]

    def bitmaps(self):
        """The PNG bytes of each glyph that has a bitmap, from the font's one strike."""
        places, pixels = self.table("CBLC"), self.table("CBDT")
        if self.number(places + 4, "I") != 1:
            raise FontError("the font has bitmaps of several sizes, expected one")
        array, _, count = self.numbers(places + 8, 3, "I")
        array += places
        bitmaps = {}
        for index in range(count):
            first, last, offset = struct.unpack_from(">HHI", self.data, array + 8 * index)
            header = array + offset
            form, image_form, start = struct.unpack_from(">HHI", self.data, header)
            if form not in (1, 3) or image_form not in (17, 18, 19):
                raise FontError(f"bitmaps of index format {form}, image format {image_form} are not read here")
            offsets = self.numbers(header + 8, last - first + 2, "I" if form == 1 else "H")
            metrics = {17: 5, 18: 8, 19: 0}[image_form]
            for glyph, begin, end in zip(range(first, last + 1), offsets, offsets[1:]):
                if end > begin:
                    data = pixels + start + begin + metrics
                    bitmaps[glyph] = self.data[data + 4 : data + 4 + self.number(data, "I")]
        return bitmaps
