"""Inputs that ask for much time or memory: refused, or done within bounds; and what is no regular file."""

import functools
import glob
import gzip
import json
import os
import shutil
import struct
import zlib

from machine import faults, run
from workplace import ATTACK, attack, compare, npy, picture, png, pretrain, tar, write

MIB = 1 << 20


@functools.cache
def zeros(size):
    """So many zeros, compressed."""
    packer = zlib.compressobj(6)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


def safetensors(header, data=b""):
    return struct.pack("<Q", len(header)) + header + data


def jpeg_head(width, height):
    """A JPEG that says how large it is, and ends."""
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes([1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xd9"


def scans(jpeg, count):
    """A progressive JPEG whose scans come many times over."""
    start = jpeg.index(b"\xff\xda")
    return jpeg[:start] + jpeg[start:-2] * count + jpeg[-2:]


def files(place):
    """(name, file in the workplace, a function that gives its bytes or writes it, the command that reads it)."""
    infer = ["infer", "--classifier", "attack/classifiers/vector", "--target", "target"]
    asked = infer + ["asked"]
    pairs = ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs"]
    tokens = ["tokenize", "--tokenizer"]
    progressive = open(f"{place.repository}/Tests/Fixtures/images/progressive.jpg", "rb").read()
    nested = lambda path: "[" * 2_000_000
    objects = lambda path: '{"a":' * 1_000_000
    entry = '"t%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    header = lambda count: ("{" + ",".join(entry % number for number in range(count)) + "}").encode()
    settings = [*attack("OUT/attack"), "--config"]
    jsons = [
        ("attack.json", settings + ["bomb.json"], "bomb.json"),
        ("results.json", ["report", "attack", "--text"], "attack/results.json"),
        ("split.json", asked, "target/split.json"),
        ("checkpoint.json", asked, "target/encoder/checkpoint.json"),
        ("tokenizer", tokens + ["bomb.json", "a"], "bomb.json"),
        ("manifest.json", ["attack", "--target", "answers:questions", "--shadow", "shadow", "--out", "OUT/a"], "questions/manifest.json"),
    ]
    found = []
    for name, command, file in jsons:
        found += [
            (f"{name} of two million brackets", file, nested, command),
            (f"{name} of a million objects in each other", file, objects, command),
            (f"{name} of one number of ten million digits", file, lambda path: '{"seed": ' + "9" * 10_000_000 + "}", command),
            (f"{name} of five million zeros", file, lambda path: "[" + "0," * 5_000_000 + "0]", command),
            (f"{name} of a string of 30 MB", file, lambda path: '{"a": "' + "\\u00e9" * 5_000_000 + '"}', command),
            (f"{name} of 200,000 keys", file, lambda path: json.dumps({f"k{i}": i for i in range(200_000)}), command),
        ]
    found += [
        ("PNG that claims 65,535 x 65,535", "asked/b.png", lambda path: png(65535, 65535, zeros(1 << 20)), asked),
        ("PNG that claims 2^31 - 1 squared", "asked/b.png", lambda path: png(2**31 - 1, 2**31 - 1, zeros(1 << 20)), asked),
        ("PNG whose rows unpack to 1 GiB", "asked/b.png", lambda path: png(16, 16, zeros(1 << 30)), asked),
        ("PNG with a text of 1 GiB", "asked/b.png", lambda path: png(4, 4, zlib.compress(b"\0" * 52),
                                                        [(b"zTXt", b"k\0\0" + zeros(1 << 30))]), asked),
        ("PNG with a profile of 1 GiB", "asked/b.png", lambda path: png(4, 4, zlib.compress(b"\0" * 52),
                                                           [(b"iCCP", b"k\0\0" + zeros(1 << 30))]), asked),
        ("PNG of 100,000 chunks", "asked/b.png", lambda path: png(4, 4, zlib.compress(b"\0" * 52), [(b"teXt", b"k\0v")] * 100_000), asked),
        ("JPEG that claims 65,500 x 65,500", "asked/a.jpg", lambda path: jpeg_head(65500, 65500), asked),
        ("JPEG of 20,000 scans", "asked/a.jpg", lambda path: scans(progressive, 2000), asked),
        ("merges that unpack to 400 MiB of zeros", "bpe/merges.txt.gz", lambda path: gzipped(path, b"\0" * MIB, 400),
         tokens + ["bpe/merges.txt.gz", "a"]),
        ("merges that unpack to 400 MiB of lines", "bpe/merges.txt.gz",
         lambda path: gzipped(path, b"#version: 0.2\n" + b"a b\n" * (MIB // 4), 400), tokens + ["bpe/merges.txt.gz", "a"]),
        ("merges of one line of 250 MB", "bpe/merges.txt", lambda path: repeated(path, b"#version: 0.2\n", b"a" * MIB, 250),
         tokens + ["bpe", "a"]),
        ("merges of two million lines", "bpe/merges.txt", lambda path: repeated(path, b"#version: 0.2\n", b"a b\n" * 20_000, 100),
         tokens + ["bpe", "a"]),
        ("vocabulary of one piece of 250 MB", "bpe/vocab.json", lambda path: repeated(path, b'{"', b"a" * MIB, 250, b'": 0}'),
         tokens + ["bpe", "a"]),
        ("vocabulary of a million pieces", "bpe/vocab.json", lambda path: json.dumps({f"p{i}": i for i in range(1_000_000)}), tokens + ["bpe", "a"]),
        ("caption of 80,000 times &amp;", "captions.txt", lambda path: "&" + "amp;" * 80_000 + "\n",
         tokens + ["tokenizer.json", "--file", "captions.txt"]),
        ("caption of one word of 1 MB", "captions.txt", lambda path: "x" * MIB + "\n", tokens + ["bpe", "--file", "captions.txt"]),
        ("caption of one word of 1 MB, trained tokenizer", "captions.txt", lambda path: "ab" * (MIB // 2) + "\n",
         tokens + ["tokenizer.json", "--file", "captions.txt"]),
        ("caption of a million marks over one letter", "captions.txt", lambda path: "e" + "\u0301" * 500_000 + "\n",
         tokens + ["tokenizer.json", "--file", "captions.txt"]),
        ("captions.tsv of a million lines for no picture", "pairs/captions.tsv", lambda path: "x.png\ta\n" * 1_000_000, pairs + ["captions:pairs"]),
        ("captions.tsv of 20,000 captions of one picture", "pairs/captions.tsv",
         lambda path: "file\ttitle\n" + "".join(f"00.png\ta caption {i}\n" for i in range(20_000)), pairs + ["captions:pairs", "--captions-per-image", "1"]),
        ("CSV of one line of 100 MB", "tables/t.csv", lambda path: repeated(path, b"image,caption\n0.png,", b"a" * MIB, 100),
         pairs + ["csv:tables/t.csv"]),
        ("CSV of five million columns", "tables/t.csv", lambda path: "image,caption" + ",x" * 5_000_000 + "\n0.png,a\n", pairs + ["csv:tables/t.csv"]),
        ("CSV of 100,000 opened quotation marks", "tables/t.csv", lambda path: "image,caption\n" + '0.png,"a\n' * 100_000,
         pairs + ["csv:tables/t.csv", "--damaged-records", "skip"]),
        ("JSON lines nested two million times", "tables/t.jsonl", lambda path: '{"image": "0.png", "caption": "a", "x": ' + nested("") + "\n",
         pairs + ["jsonl:tables/t.jsonl"]),
        ("archive of 100,000 members", "s.tar", lambda path: tar([("a.txt", b"a")])[:1024] * 100_000 + b"\0" * 1024, pairs + ["webdataset:s.tar"]),
        ("archive whose member claims 8 GiB", "s.tar", lambda path: claims(tar([("a.png", picture(0)), ("a.txt", b"one")])), pairs + ["webdataset:s.tar"]),
        ("shards that a pattern names, a billion", "s.tar", lambda path: tar([]), pairs + ["webdataset:s-{0..999999999}.tar"]),
        ("weights of a header of 300,000 tensors", "target/encoder/weights.safetensors", lambda path: safetensors(header(300_000)), asked),
        ("weights of a header of 1.5 million tensors", "target/encoder/weights.safetensors", lambda path: safetensors(header(1_500_000)), asked),
        ("weights of a header of 2^63 bytes", "target/encoder/weights.safetensors", lambda path: struct.pack("<Q", 1 << 63) + b"{}", asked),
        ("weights of a tensor of 2^62 numbers", "target/encoder/weights.safetensors", lambda path: safetensors(json.dumps(
            {"encoder.conv1.weight": {"dtype": "F32", "shape": [1 << 31, 1 << 31], "data_offsets": [0, 16]}}).encode(), b"\0" * 16), asked),
        ("answers of 2^40 rows", "answered/*.embedding.*.npy", lambda path: npy((1 << 40, 4)), ["attack", "--target", "answers:answered", "--shadow", "shadow",
                                                                        "--views", "2", *ATTACK[2:], "--out", "OUT/a"]),
        ("split.json of two million members", "target/split.json", lambda path: grown(path), asked),
        ("scores.csv of a million rows", "attack/scores.csv", lambda path: rows(path, 1_000_000), ["report", "attack", "--text"]),
        ("log of a million epochs", "stopped-run/log.jsonl", lambda path: rows(path, 1_000_000),
         [*pretrain("simclr", "target", "stopped-run", epochs=200), "--resume"]),
        ("vision transformer of 2^63 - 1 values", None, None,
         ["pretrain", "simclr", "--data", "folder:pairs", "--encoder", "vit-9223372036854775807x2-patch4", "--members", "6", "--out", "OUT/r"]),
        ("vision transformer of 2^62 layers", None, None,
         ["pretrain", "simclr", "--data", "folder:pairs", "--encoder", "vit-64x4611686018427387904-patch4", "--members", "6", "--out", "OUT/r"]),
        ("text encoder of 2^62 layers", None, None,
         ["pretrain", "clip", "--data", "captions:pairs", "--text-encoder", "text-64x4611686018427387904", "--members", "6", "--out", "OUT/r"]),
        ("a context of 2^62 tokens", None, None,
         ["tokenize", "--train", "captions.txt", "--vocabulary", "300", "--context", "4611686018427387904", "--out", "OUT/t"]),
        ("a vocabulary of 2^62", None, None,
         ["tokenize", "--train", "captions.txt", "--vocabulary", "4611686018427387904", "--out", "OUT/t"]),
        ("a batch of 2^62", None, None, ["pretrain", "simclr", "--data", "folder:pairs", "--members", "6", "--batch", "4611686018427387904",
                                         "--out", "OUT/r"]),
        ("members of 2^62", None, None, ["pretrain", "simclr", "--data", "folder:pairs", "--members", "4611686018427387904", "--out", "OUT/r"]),
        ("an image size of 2^62", None, None, ["pretrain", "simclr", "--data", "folder:pairs", "--members", "6", "--image-size",
                                               "4611686018427387904", "--out", "OUT/r"]),
        ("a stored size of 2^31", None, None, ["pretrain", "simclr", "--data", "folder:pairs", "--members", "6", "--stored-size", "2147483648",
                                               "--out", "OUT/r"]),
        ("a seed below 0", None, None, ["pretrain", "simclr", "--data", "folder:pairs", "--seed", "-1", "--out", "OUT/r"]),
        ("an argument of 100,000 characters", None, None, ["tokenize", "--tokenizer", "x" * 100_000, "a"]),
        ("a data set's name of 100,000 characters", None, None, ["pretrain", "simclr", "--data", "folder:" + "x/" * 50_000, "--out", "OUT/r"]),
    ]
    return found


# Where a path is given, and what may lie there beside a regular file.
PLACES = [
    ("tokenizer", ["tokenize", "--tokenizer", "AT", "a"]),
    ("captions", ["tokenize", "--tokenizer", "tokenizer.json", "--file", "AT"]),
    ("training captions", ["tokenize", "--train", "AT", "--vocabulary", "300", "--out", "OUT/t"]),
    ("config", [*attack("OUT/a"), "--config", "AT"]),
    ("pretraining config", ["pretrain", "simclr", "--data", "folder:pairs", "--config", "AT", "--members", "6", "--out", "OUT/r"]),
    ("table", ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs", "csv:AT"]),
    ("lines", ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs", "jsonl:AT"]),
    ("archive", ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs", "webdataset:AT"]),
    ("picture", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "AT"]),
    ("target", ["infer", "--classifier", "attack/classifiers/vector", "--target", "AT", "asked"]),
    ("classifier", ["infer", "--classifier", "AT", "--target", "target", "asked"]),
    ("augmentation", [*attack("OUT/a"), "--augmentation", "AT"]),
    ("report", ["report", "AT", "--text"]),
]
INSIDE = [
    ("pairs/captions.tsv", ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs",
                            "captions:pairs"]),
    ("target/encoder/checkpoint.json", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "asked"]),
    ("target/encoder/weights.safetensors", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "asked"]),
    ("attack/classifiers/vector/recipe.json", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "asked"]),
    ("attack/results.json", ["report", "attack", "--text"]),
    ("attack/scores.csv", ["report", "attack", "--text"]),
    ("clip-target/tokenizer", ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs",
                               "captions:pairs"]),
    ("stopped-run/state.safetensors", [*pretrain("simclr", "target", "stopped-run", epochs=200), "--resume"]),
    ("compared/comparison-settings.json", [*compare("compared"), "--resume"]),
]


def gzipped(path, part, times):
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(times):
            file.write(part)


def repeated(path, head, part, times, tail=b""):
    with open(path, "wb") as file:
        file.write(head)
        for _ in range(times):
            file.write(part)
        file.write(tail)


def grown(path):
    with open(path) as file:
        split = json.load(file)
    split["split"]["target"]["members"] = list(range(2_000_000))
    with open(path, "w") as file:
        json.dump(split, file)


def rows(path, count):
    with open(path, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    with open(path, "wb") as file:
        file.writelines(lines)
        for _ in range(count // len(lines)):
            file.writelines(lines[-1:] * len(lines))


def claims(archive):
    """The same archive with the size of its first member written as 8 GiB less a byte."""
    header = bytearray(archive[:512])
    header[124:136] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + archive[512:]


def torture(place, folder, seconds, random, failures):
    work = os.path.join(folder, "bombs")
    shutil.copytree(place.folder, work)
    counts, slowest, largest = {"bombs": 0, "no regular files": 0}, ("", 0), ("", 0)

    def light(kind, name, command, limit, memory, inputs=()):
        nonlocal slowest, largest
        os.makedirs(f"{work}/out")
        command = place.command([argument.replace("OUT/", "out/") for argument in command])
        answer = run(command, work, limit=10 * limit)
        counts[kind] += 1
        reasons = faults(answer, memory=memory)
        if answer.computed > limit:
            reasons.append(f"it computed for {answer.computed:.0f} s")
        slowest = max(slowest, (name, answer.computed), key=lambda x: x[1])
        largest = max(largest, (name, answer.peak), key=lambda x: x[1])
        if reasons:
            shown = [argument if len(argument) < 1000 else argument[:1000] for argument in command]
            failures.add("bombs", name, reasons, shown, place.folder, answer, inputs, "mkdir out")
        shutil.rmtree(f"{work}/out")

    def restore(file):
        top = file.split("/")[0]
        path = os.path.join(work, top)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
        source = os.path.join(place.folder, top)
        if os.path.isdir(source):
            shutil.copytree(source, path)
        elif os.path.exists(source):
            shutil.copy2(source, path)

    for name, file, data, command in files(place):
        inputs = []
        if file:
            path = next(iter(glob.glob(os.path.join(work, file))), os.path.join(work, file))
            made = data(path)
            if made is not None:
                write(work, os.path.relpath(path, work), made)
            inputs = [(path, os.path.relpath(path, work))] if os.path.getsize(path) < 64 * MIB else []
        light("bombs", name, command, 60, 1024, inputs)
        if file:
            restore(file)

    for name, command in PLACES:
        for odd in ["/dev/zero", "pipe", "loop", ".", "pairs", "tokenizer.json", "/dev/full", "nowhere", "a\nb\x1b[31m"]:
            if odd == "pipe":
                os.mkfifo(f"{work}/pipe")
            if odd == "loop":
                os.symlink("loop", f"{work}/loop")
            light("no regular files", f"{name} at {odd!r}", [argument.replace("AT", odd) for argument in command], 20, 512)
            for made in ["pipe", "loop"]:
                if os.path.lexists(f"{work}/{made}"):
                    os.unlink(f"{work}/{made}")
    for file, command in INSIDE:
        for odd in ["pipe", "/dev/zero", "folder", "nothing"]:
            path = os.path.join(work, file)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
            if odd == "pipe":
                os.mkfifo(path)
            elif odd == "folder":
                os.makedirs(path)
            elif odd == "/dev/zero":
                os.symlink(odd, path)
            light("no regular files", f"{file} as {odd}", command, 20, 512)
            restore(file)
    shutil.rmtree(work)
    return [
        ["bombs", counts["bombs"], f"at most {slowest[1]:.1f} s ({slowest[0]}), {largest[1]} MiB ({largest[0]})"],
        ["pipes, devices, folders, links where files belong", counts["no regular files"], "each ends, with words"],
    ]
