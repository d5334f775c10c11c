"""Builds the sample pictures and captions; scripts/build-sample-data says how to call it."""

import argparse
import collections
import filecmp
import hashlib
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

import captions
import duplicates
import pictures
import readme

SOURCE = pathlib.Path("/usr/share/openclipart")


def main():
    parser = argparse.ArgumentParser(prog="build-sample-data", description=__doc__)
    parser.add_argument("--repository", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=pathlib.Path, help="folder to write (default: data/openclipart)")
    parser.add_argument("--check", action="store_true", help="compare with what is there, change nothing")
    arguments = parser.parse_args()
    target = arguments.output or arguments.repository / "data" / "openclipart"
    if target.exists() and any(target.iterdir()) and not (target / "captions.tsv").is_file():
        sys.exit(f"build-sample-data: {target} holds something else; name a new folder with --output")
    parent = pathlib.Path(tempfile.gettempdir()) if arguments.check else target.parent
    parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix=".openclipart-", dir=parent))
    try:
        work.chmod(0o755)
        build(work)
        if arguments.check:
            differing = differences(work, target)
            for name in differing[:20]:
                print(f"differs: {name}")
            sys.exit(f"build-sample-data: {len(differing)} files differ" if differing else None)
        if target.exists():
            shutil.rmtree(target)
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def build(folder):
    """Writes pictures, captions.tsv and README.md into `folder`, which is empty."""
    paths = source_paths()
    metadata = {path: captions.Metadata(SOURCE / "svg" / (path[:-4] + ".svg")) for path in paths}
    sharing = collections.Counter(entry.title for entry in metadata.values())
    left_out = collections.Counter()
    kept = duplicates.Kept(len(paths))
    rows, names, start = [], set(), time.monotonic()
    for number, path in enumerate(paths, 1):
        if number % 500 == 0 or number == len(paths):
            report(number, len(paths), len(rows), time.monotonic() - start)
        try:
            values = accepted(path, metadata[path], kept)
        except pictures.LeftOut as reason:
            left_out[str(reason)] += 1
            continue
        name = file_name(path, names)
        destination = folder / name
        destination.parent.mkdir(exist_ok=True)
        destination.write_bytes(pictures.png_bytes(values))
        entry, stem = metadata[path], pathlib.PurePosixPath(path).stem
        title = captions.caption_title(entry, stem, sharing[entry.title])
        rows.append((name, title, " | ".join(entry.keywords), name.split("/")[0]))
    rows.sort()
    lines = ["file\ttitle\tkeywords\tcategory"] + ["\t".join(row) for row in rows]
    (folder / "captions.tsv").write_bytes(("\n".join(lines) + "\n").encode("utf-8"))
    text = readme.text(folder, rows, len(paths), left_out, checksum(folder, rows))
    (folder / "README.md").write_bytes(text.encode("utf-8"))
    print(f"{len(rows)} pictures, checksum {checksum(folder, rows)}")


def source_paths():
    """Paths of all PNG files under the source, relative to it, in byte order."""
    root = SOURCE / "png"
    found = (
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, files in os.walk(root) for name in files if name.endswith(".png")
    )
    paths = sorted(found, key=os.fsencode)
    if not paths:
        sys.exit(f"build-sample-data: no pictures under {root}; is openclipart-png installed in full?")
    return paths


def accepted(path, metadata, kept):
    """The finished picture of the source at `path`; raises LeftOut. The cheapest reasons come first."""
    if re.match(r"shapes/stars/star_", path):
        raise pictures.LeftOut("generated star")
    if (SOURCE / "png" / path).is_symlink():
        raise pictures.LeftOut("link to a picture in another folder")
    if not metadata.public_domain:
        raise pictures.LeftOut("own metadata does not declare the public domain")
    values = pictures.finished_picture(SOURCE / "png" / path)
    if not kept.add(values):
        raise pictures.LeftOut("near-duplicate")
    return values


def file_name(path, taken):
    """`category/name.png` in lower-case ASCII for a source path, unlike all in `taken`, which it joins."""
    category, _, rest = path[:-4].partition("/")
    stem = re.sub(r"[^a-z0-9._]+", "-", rest.lower()).strip("-._")
    name, number = f"{category}/{stem}.png", 2
    while name in taken:
        name, number = f"{category}/{stem}-{number}.png", number + 1
    taken.add(name)
    return name


def checksum(folder, rows):
    """SHA-256 over what `sha256sum` prints for captions.tsv and all pictures, in byte order of their names."""
    total = hashlib.sha256()
    for name in sorted(["captions.tsv"] + [row[0] for row in rows]):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        total.update(f"{digest}  {name}\n".encode("ascii"))
    return total.hexdigest()


def differences(made, present):
    """Relative paths of files that are not the same in both folders."""
    names = {
        path.relative_to(root) for root in (made, present) for path in root.rglob("*") if path.is_file()
    }
    return sorted(
        str(name) for name in names
        if not ((made / name).is_file() and (present / name).is_file())
        or not filecmp.cmp(made / name, present / name, shallow=False)
    )


def report(done, total, kept, seconds):
    left = seconds / done * (total - done)
    print(f"{done} of {total} read, {kept} kept, {done / seconds:.0f} a second, {left:.0f} s left", flush=True)


if __name__ == "__main__":
    main()
