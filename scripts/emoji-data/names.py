"""Names and keywords of emoji in one language, from the Unicode CLDR's annotations."""

import unicodedata
import xml.etree.ElementTree as ElementTree


def annotations(folder, language):
    """Name and keywords by character sequence: {text: (name, [keyword, ...])}; only what has both.

    The derived annotations add the sequences whose names follow from those of their parts.
    """
    names, keywords = {}, {}
    for kind in ("annotations", "annotationsDerived"):
        for item in ElementTree.parse(folder / kind / f"{language}.xml").iter("annotation"):
            sequence = item.get("cp").replace("\ufe0f", "")
            if item.get("type") == "tts":
                names.setdefault(sequence, tidy(item.text))
            else:
                keywords.setdefault(sequence, [word for word in map(tidy, item.text.split("|")) if word])
    return {
        sequence: (name, keywords[sequence]) for sequence, name in names.items()
        if name and keywords.get(sequence)
    }


def tidy(text):
    """`text` in one line of composed Unicode, words apart by single spaces."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())
