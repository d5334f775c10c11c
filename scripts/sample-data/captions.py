"""Title, keywords and licence of a drawing, from the RDF in its SVG file."""

import html
import re
import unicodedata
import xml.etree.ElementTree as ElementTree

DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
CREATIVE_COMMONS = "{http://web.resource.org/cc/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

SERIES = 5
"""A title that more pictures than this share names a collection, not a picture."""

MEANINGLESS_KEYWORDS = {"hash", "unsorted", "theme"}
"""Left behind by the collection's tools or folders, in lower case."""


class Metadata:
    """What one SVG file says about itself.

    title: as its creator gave it, tidied; may be empty.
    keywords: tidied, no two equal but for case.
    creator: as given; may be empty.
    public_domain: whether the file declares the public domain as its licence.
    """

    def __init__(self, path):
        self.title, self.keywords, self.creator, self.public_domain = "", [], "", False
        try:
            work = next(ElementTree.parse(path).iter(CREATIVE_COMMONS + "Work"), None)
        except (OSError, ElementTree.ParseError):
            return
        if work is None:
            return
        self.title = tidy(work.findtext(DUBLIN_CORE + "title"))
        self.title = re.sub(r"^Clipart by [^-]* - ", "", self.title)
        agent = f"{DUBLIN_CORE}creator/{CREATIVE_COMMONS}Agent/{DUBLIN_CORE}title"
        self.creator = tidy(work.findtext(agent))
        licence = work.find(CREATIVE_COMMONS + "license")
        if licence is not None:
            self.public_domain = "publicdomain" in licence.get(RDF + "resource", "").lower()
        seen = set(MEANINGLESS_KEYWORDS)
        for item in work.iterfind(f"{DUBLIN_CORE}subject/{RDF}Bag/{RDF}li"):
            keyword = tidy(item.text).strip(" ,;.")
            if keyword and keyword.lower() not in seen and not keyword.startswith("hash(0x"):
                seen.add(keyword.lower())
                self.keywords.append(keyword)


def tidy(text):
    """`text` in one line of composed Unicode, words apart by single spaces, free of `|` and escapes."""
    text = html.unescape(text or "")
    try:
        text = text.encode("latin-1").decode("utf-8")  # UTF-8 that was once read as Latin-1: Ã© for é
    except UnicodeError:
        pass
    # Letters such as Š that were typed on Windows and declared as Latin-1 lie among the control characters.
    text = re.sub(r"[\x80-\x9f]", lambda match: windows_letter(match.group()), text)
    text = "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in text)
    return " ".join(unicodedata.normalize("NFC", text).replace("_", " ").replace("|", "/").split())


def windows_letter(control):
    return control.encode("latin-1").decode("cp1252", errors="ignore")


def caption_title(metadata, stem, sharing):
    """The title of a picture whose file is called `stem` and whose creator's title `sharing` pictures bear."""
    if re.search(r"[^\W\d_]{2}", metadata.title) and sharing <= SERIES:
        return metadata.title
    return words_of(stem, metadata.creator) or " ".join(metadata.keywords) or stem


def words_of(stem, creator):
    """A file name in words.

    Names are made as TITLE_CREATOR_NN, cut at a fixed length: `lion_architetto_franc_01`. A zero-led number
    and the start of the creator's name go from the end; a number as in `simple_c_9`, a playing card, stays.
    """
    name = re.sub(r"_+(0\d+)?$", "", stem)
    signature = re.sub(r"\W+", "_", creator.lower())
    for match in re.finditer("_", name):
        tail = name[match.end():].lower()
        if len(tail) >= 3 and signature.startswith(tail):
            name = name[: match.start()]
            break
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", tidy(name))
    return " ".join(re.split(r"[\s.\-]+", name)).strip().lower()
