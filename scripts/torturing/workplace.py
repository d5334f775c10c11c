"""A small place to work in: data of every format, runs of a second, an attack on them, and the commands that made them."""

import glob
import io
import json
import os
import shutil
import signal
import struct
import tarfile
import time
import zlib

from machine import Command, run

SMALL = ["--members", "6", "--image-size", "16", "--batch", "6"]
IMAGES = ["--data", "folder:pairs", "--config", "small.json", "--encoder", "resnet18-16-stem4", *SMALL]
PAIRS = [
    "--data", "captions:pairs", "--config", "small-clip.json", "--image-encoder", "resnet18-16-stem4", "--text-encoder",
    "text-16x1", "--vocabulary", "300", "--context", "24", *SMALL,
]
ATTACK = ["--views", "3", "--classifiers", "quick"]


def pretrain(algorithm, group, out, epochs=2):
    return ["pretrain", algorithm, *(PAIRS if algorithm == "clip" else IMAGES), "--group", group, "--seed",
            "5" if group == "target" else "6", "--epochs", str(epochs), "--out", out]


def attack(out, kind=""):
    variants = ["--variants", "2"] if kind else []
    return ["attack", "--target", f"{kind}target", "--shadow", f"{kind}shadow", *ATTACK, *variants, "--out", out]


def compare(out):
    return ["compare", "--data", "captions:pairs", "--members", "6", "--epochs", "2", "--batch", "6", "--seeds", "0",
            "--image-size", "16", "--image-encoder", "resnet18-16-stem4", "--text-encoder", "text-16x1", "--out", out]


def png(width, height, rows=b"", chunks=()):
    """A PNG file of 8-bit RGB; rows are compressed already."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunk(*c) for c in chunks) + chunk(b"IDAT", rows) + chunk(
        b"IEND", b"")


def picture(number, side=16):
    """A mosaic of colours that its number determines."""
    rows = b"".join(
        b"\0" + b"".join(bytes((number * 37 + x // 4 * 50 & 255, y // 4 * 60 & 255, number * 11 + x * y & 255))
                         for x in range(side)) for y in range(side))
    return png(side, side, zlib.compress(rows))


def npy(shape):
    """The head of an array of 32-bit floats."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head


def tar(members):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def write(folder, name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def write_data(repository, folder):
    """Data of every format, of a few pictures each."""
    sources = sorted(glob.glob(f"{repository}/data/openclipart/animals/*.png"))[:36]
    lines = ["file\ttitle\tkeywords"]
    for number, source in enumerate(sources):
        name = f"{number:02d}.png"
        os.makedirs(f"{folder}/pairs", exist_ok=True)
        shutil.copyfile(source, f"{folder}/pairs/{name}")
        lines.append(f"{name}\tdrawing of {os.path.basename(source)[:-4]}\tanimal {number} | drawn")
    write(folder, "pairs/captions.tsv", "\n".join(lines) + "\n")
    write(folder, "small.json", json.dumps({"head": {"hiddenWidths": [16], "width": 8}}))
    write(folder, "small-clip.json", json.dumps({"head": {"width": 8}}))
    jpegs = [open(f"{repository}/Tests/Fixtures/images/{name}.jpg", "rb").read() for name in ["baseline", "progressive"]]
    write(folder, "asked/a.jpg", jpegs[0])
    write(folder, "asked/b.png", picture(3))
    record = lambda label: bytes([label]) + bytes((label * 40 + i * 7) & 255 for i in range(3072))
    write(folder, "cifar/test_batch.bin", b"".join(map(record, range(3))))
    write(folder, "cifar/batches.meta.txt", "\n".join("abcdefghij") + "\n")
    write(folder, "stl/train_X.bin", bytes(i * 5 & 255 for i in range(2 * 27648)))
    write(folder, "stl/train_y.bin", bytes([1, 4]))
    write(folder, "stl/class_names.txt", "\n".join("abcdefghij") + "\n")
    write(folder, "tiny/wnids.txt", "n01\nn02\n")
    write(folder, "tiny/words.txt", "n01\tfish\nn02\tfowl\n")
    write(folder, "tiny/train/n01/images/t.JPEG", jpegs[0])
    write(folder, "tiny/val/images/v.JPEG", jpegs[1])
    write(folder, "tiny/val/val_annotations.txt", "v.JPEG\tn02\t0\t0\t9\t9\n")
    for number in range(3):
        write(folder, f"tables/{number}.png", picture(number))
        write(folder, f"flickr/Flicker8k_Dataset/{number}.png", picture(number))
    write(folder, "tables/t.csv", 'image,caption,split\n0.png,"one, ""two""",train\n1.png,zwölf,test\n2.png,drei,\n')
    write(folder, "tables/t.tsv", 'file\ttitle\n0.png\tone\n1.png\t"a\tb"\n')
    write(folder, "tables/t.jsonl", '{"image": "0.png", "caption": "one"}\n{"image": "1.png", "text": "z\\u00f6"}\n')
    write(folder, "flickr/Flickr8k.token.txt", "0.png#0\tA dog .\n1.png#0\tA bird .\n2.png#0\tA fish .\n")
    write(folder, "flickr/Flickr_8k.trainImages.txt", "0.png\n1.png\n")
    write(folder, "flickr/Flickr_8k.testImages.txt", "2.png\n")
    write(folder, "s.tar", tar([
        ("a.png", picture(0)), ("a.txt", b"one"), ("b.json", b'{"caption": "two"}'), ("b.png", picture(1))]))
    write(folder, "captions.txt", "a dog\nzwölf &amp; drei\n黒い猫\n")
    shutil.copytree(f"{repository}/Tests/Golden/tiny-bpe", f"{folder}/bpe")


class Workplace:
    """Makes all of it in a folder."""

    def __init__(self, program, repository, folder):
        self.program, self.repository, self.folder = program, repository, folder

    def command(self, arguments):
        return [self.program, *arguments]

    def call(self, arguments):
        answer = run(self.command(arguments), self.folder)
        if answer.code != 0:
            raise SystemExit(f"torture: the small work fails: {arguments}: {answer.code}\n{answer.text}")
        return answer

    def make(self):
        os.makedirs(self.folder)
        write_data(self.repository, self.folder)
        for algorithm, kind in [("simclr", ""), ("clip", "clip-")]:
            for group in ["target", "shadow"]:
                self.call(pretrain(algorithm, group, kind + group))
        self.call(attack("attack"))
        self.call(attack("clip-attack", "clip-"))
        self.call(["tokenize", "--train", "captions.txt", "--vocabulary", "300", "--context", "20", "--out", "tokenizer.json"])
        self.call(["questions", "--shadow", "shadow", "--views", "2", "--image-size", "16", "--out", "questions"])
        self.call(["embed", "--encoder", "target", "--questions", "questions"])
        self.call(["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "--data", "folder:asked", "--out",
                   "scores"])
        self.call(["report", "attack", "--bundle", "bundle.tar"])
        self.as_arrays()
        self.call(compare("compared"))
        self.stop(pretrain("simclr", "target", "stopped-run", epochs=200), "stopped-run/log.jsonl")
        self.stop(attack("stopped-attack"), "stopped-attack/unfinished/*.safetensors")

    def as_arrays(self):
        """The same questions, answered in .npy files."""
        shutil.copytree(f"{self.folder}/questions", f"{self.folder}/answered")
        os.unlink(f"{self.folder}/answered/answers.safetensors")
        with open(f"{self.folder}/questions/manifest.json") as file:
            name = json.load(file)["id"][:12]
        with open(f"{self.folder}/questions/answers.safetensors", "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        for tensor, entry in header.items():
            if tensor != "__metadata__":
                first, end = entry["data_offsets"]
                write(self.folder, f"answered/{tensor}.{name}.npy", npy(tuple(entry["shape"])) + data[first:end])

    def stop(self, arguments, pattern):
        """Begins something, and kills it once a file is there."""
        command = Command(self.command(arguments), self.folder)
        while not glob.glob(f"{self.folder}/{pattern}") and not command.has_ended:
            time.sleep(0.002)
        command.send(signal.SIGKILL)
        command.end()
        if not glob.glob(f"{self.folder}/{pattern}"):
            raise SystemExit(f"torture: {arguments} ended before it could be stopped")
