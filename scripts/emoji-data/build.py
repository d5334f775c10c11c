"""Builds the emoji pictures and their captions; scripts/build-emoji-data says how to call it."""

import argparse
import collections
import filecmp
import hashlib
import io
import pathlib
import shutil
import sys
import tempfile

import numpy
from PIL import Image

import font
import names
import readme

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sample-data"))
import pictures  # noqa: E402

LANGUAGES = ["ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "pt", "ru", "th", "tr", "vi", "zh"]

SIDE = 64
"""Side of the finished pictures in pixels."""


def main():
    parser = argparse.ArgumentParser(prog="build-emoji-data", description=__doc__)
    parser.add_argument("--repository", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--versions", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=pathlib.Path, help="folder to write (default: data/emoji)")
    parser.add_argument("--check", action="store_true", help="compare with what is there, change nothing")
    arguments = parser.parse_args()
    target = arguments.output or arguments.repository / "data" / "emoji"
    if target.exists() and any(target.iterdir()) and not (target / "captions.en.tsv").is_file():
        sys.exit(f"build-emoji-data: {target} holds something else; name a new folder with --output")
    versions = dict(line.split() for line in arguments.versions.read_text().splitlines())
    parent = pathlib.Path(tempfile.gettempdir()) if arguments.check else target.parent
    parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix=".emoji-", dir=parent))
    try:
        work.chmod(0o755)
        build(work, arguments.root, versions)
        if arguments.check:
            differing = differences(work, target)
            for name in differing[:20]:
                print(f"differs: {name}")
            sys.exit(f"build-emoji-data: {len(differing)} files differ" if differing else None)
        if target.exists():
            shutil.rmtree(target)
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def build(folder, root, versions):
    """Writes pictures, captions, notices and README.md into `folder`, which is empty."""
    source = root / "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
    cldr = root / "usr/share/unicode/cldr/common"
    words = {language: names.annotations(cldr, language) for language in LANGUAGES}
    kept, left_out = [], collections.Counter()
    (folder / "png64").mkdir()
    for sequence, png in font.Font(source.read_bytes()).sequences():
        reason = reason_to_leave_out(sequence, words)
        if reason:
            left_out[reason] += 1
            continue
        name = "-".join(f"{point:04x}" for point in sequence) + ".png"
        (folder / "png64" / name).write_bytes(pictures.png_bytes(finished_picture(png)))
        kept.append((name, text_of(sequence)))
        if len(kept) % 250 == 0:
            print(f"{len(kept)} pictures", flush=True)
    for language in LANGUAGES:
        lines = []
        for name, text in kept:
            title, keywords = words[language][text]
            lines.append(f"{name}\t{title}\t{' | '.join(keywords)}\n")
        (folder / f"captions.{language}.tsv").write_bytes("".join(lines).encode("utf-8"))
    for package, notice in (("fonts-noto-color-emoji", "font"), ("unicode-cldr-core", "cldr")):
        shutil.copyfile(root / "usr/share/doc" / package / "copyright", folder / f"LICENSE-{notice}.txt")
    text = readme.text(folder, kept, left_out, LANGUAGES, versions, checksum(folder))
    (folder / "README.md").write_bytes(text.encode("utf-8"))
    print(f"{len(kept)} pictures, checksum {checksum(folder)}")


def text_of(sequence):
    return "".join(map(chr, sequence))


def reason_to_leave_out(sequence, words):
    """Why a sequence does not belong in the data, as counted in the README; None if it does."""
    if any(0x1F3FB <= point <= 0x1F3FF for point in sequence):
        return "skin tone"
    if any(0x1F1E6 <= point <= 0x1F1FF or 0xE0020 <= point <= 0xE007F for point in sequence):
        return "flag of letters or tags"
    if any(text_of(sequence) not in words[language] for language in LANGUAGES):
        return "without name or keywords in a language"
    return None


def finished_picture(png):
    """The bitmap in the middle of a white square, scaled: uint8 [SIDE, SIDE, 3]."""
    with Image.open(io.BytesIO(png)) as source:
        bitmap = source.convert("RGBA")
    side = max(bitmap.size)
    square = Image.new("RGB", (side, side), (255, 255, 255))
    corner = ((side - bitmap.width) // 2, (side - bitmap.height) // 2)
    square.paste(bitmap, corner, mask=bitmap.getchannel("A"))
    return numpy.asarray(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def checksum(folder):
    """SHA-256 over what `sha256sum` prints for all pictures and captions, in byte order of their names."""
    total = hashlib.sha256()
    files = list(folder.glob("png64/*.png")) + list(folder.glob("captions.*.tsv"))
    for name in sorted(str(path.relative_to(folder)) for path in files):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        total.update(f"{digest}  {name}\n".encode("ascii"))
    return total.hexdigest()


def differences(made, present):
    """Relative paths of files that are not the same in both folders."""
    paths = {
        path.relative_to(root) for root in (made, present) for path in root.rglob("*") if path.is_file()
    }
    return sorted(
        str(path) for path in paths
        if not ((made / path).is_file() and (present / path).is_file())
        or not filecmp.cmp(made / path, present / path, shallow=False)
    )


if __name__ == "__main__":
    main()
