"""tokens.json: token ids of OpenAI's tokenizer and of Hugging Face's for nasty strings and for real captions.

Beside it the files of a tiny vocabulary, so that the tests compare ids without CLIP's own: merges.txt.gz in OpenAI's
form, vocab.json and merges.txt in Hugging Face's. Where ../shared/data lies beside the checkout, ids by CLIP's vocabulary
and hashes of the ids of its captions are added. Needs the packages regex, ftfy, tokenizers and clip-anytorch (OpenAI's
code as published; only its simple_tokenizer.py is loaded).
"""
import argparse
import collections
import csv
import gzip
import hashlib
import importlib.metadata
import importlib.util
import json
import pathlib
import types

import ftfy
import regex
import tokenizers

from nasty_strings import MISDECODED, STRINGS

ROOT = pathlib.Path(__file__).resolve().parents[2]
MERGES = 700
LONGEST = 1500
SPLIT = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def reference():
    """OpenAI's module, without importing the rest of its package."""
    folder = importlib.util.find_spec("clip").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("simple_tokenizer", pathlib.Path(folder) / "simple_tokenizer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tiny_merges(alphabet):
    """Merges of the commonest pairs in the names of the sample pictures, the first in order of text among equals."""
    words = collections.Counter()
    with open(ROOT / "data/openclipart/captions.tsv", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            for word in regex.findall(SPLIT, row["title"].lower()):
                spelt = [alphabet[byte] for byte in word.encode()]
                words[(*spelt[:-1], spelt[-1] + "</w>")] += 1
    merges = []
    while len(merges) < MERGES:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged = collections.Counter()
        for word, count in words.items():
            new, place = [], 0
            while place < len(word):
                if word[place:place + 2] == best:
                    new.append(best[0] + best[1])
                    place += 2
                else:
                    new.append(word[place])
                    place += 1
            merged[tuple(new)] += count
        words = merged
    return merges


def hugging_face(vocabulary, merges):
    """A tokenizer as openai/clip-vit-base-patch32 describes it in its tokenizer.json, on some vocabulary."""
    special = {"single_word": False, "lstrip": False, "rstrip": False, "special": True}
    start, end = vocabulary["<|startoftext|>"], vocabulary["<|endoftext|>"]
    return tokenizers.Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": start, "content": "<|startoftext|>", "normalized": True, **special},
                         {"id": end, "content": "<|endoftext|>", "normalized": False, **special}],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]},
        "post_processor": None, "decoder": None,
        "model": {"type": "BPE", "dropout": None, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "",
                  "end_of_word_suffix": "</w>", "fuse_unk": False, "byte_fallback": False, "vocab": vocabulary,
                  "merges": [list(merge) for merge in merges]}}))


def digest(rows):
    """SHA-256 over each row's ids as little-endian 32-bit words, each row followed by the word -1."""
    result = hashlib.sha256()
    for row in rows:
        result.update(b"".join(id_.to_bytes(4, "little") for id_ in row) + b"\xff\xff\xff\xff")
    return result.hexdigest()


def recorded(ids):
    return ids if len(ids) <= LONGEST else {"count": len(ids), "sha256": digest([ids])}


def captions(shared):
    """Real captions by data set."""
    with open(shared / "flickr8k/Flickr8k.token.txt", encoding="utf-8") as file:
        yield "flickr8k", [line.rstrip("\n").split("\t")[1] for line in file]
    emoji = []
    for path in sorted((shared / "emoji").glob("captions.*.tsv")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line:
                _, name, keywords = line.split("\t")
                emoji += [name, *keywords.split(" | ")]
    yield "emoji", emoji


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Tests/Golden")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    arguments = parser.parse_args()
    module = reference()
    repair = module.ftfy.fix_text
    alphabet = module.bytes_to_unicode()

    folder = arguments.output / "tiny-bpe"
    folder.mkdir(parents=True, exist_ok=True)
    merges = tiny_merges(alphabet)
    text = "\n".join(["#version: tiny"] + [" ".join(merge) for merge in merges])
    (folder / "merges.txt").write_text(text, encoding="utf-8")
    with open(folder / "merges.txt.gz", "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(text.encode())
    tiny = module.SimpleTokenizer(str(folder / "merges.txt.gz"))
    (folder / "vocab.json").write_text(json.dumps(tiny.encoder, ensure_ascii=False), encoding="utf-8")

    pairs = {"tiny": (tiny, hugging_face(tiny.encoder, merges))}
    bpe = arguments.data / "clip-bpe"
    if bpe.exists():
        pairs["clip"] = (module.SimpleTokenizer(str(bpe / "bpe_simple_vocab_16e6.txt.gz")),
                         tokenizers.Tokenizer.from_file(str(bpe / "tokenizer.json")))

    def both(pair, caption):
        return pair[0].encode(caption), pair[1].encode(caption, add_special_tokens=False).ids

    rows = []
    for string in STRINGS + MISDECODED:
        unit, times = string if isinstance(string, tuple) else (string, 1)
        row = {"text": unit, "times": times}
        for name, pair in pairs.items():
            openai, face = both(pair, unit * times)
            module.ftfy = types.SimpleNamespace(fix_text=lambda t: repair(t, fix_encoding=False))
            unguessed = pair[0].encode(unit * times)
            module.ftfy = ftfy
            if (openai != unguessed) != (string in MISDECODED):
                raise ValueError(f"{string!r}: the guess at its encoding was not expected to matter, or was")
            row[name] = {"openAI": recorded(unguessed), "huggingFace": recorded(face)}
        rows.append(row)
    result = {"strings": rows, "versions": {name: importlib.metadata.version(name) for name in
                                            ("regex", "ftfy", "tokenizers", "clip-anytorch")}}
    if "clip" in pairs:
        result["captions"] = {}
        for name, texts in captions(arguments.data):
            ids = [both(pairs["clip"], caption) for caption in texts]
            result["captions"][name] = {"count": len(texts), "openAI": digest(row[0] for row in ids),
                                        "huggingFace": digest(row[1] for row in ids),
                                        "differing": sum(a != b for a, b in ids)}
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in result.pop("strings"))
    rest = json.dumps(result, sort_keys=True, indent=1)[1:]
    path = arguments.output / "tokens.json"
    path.write_text('{"strings": [\n' + lines + "\n]," + rest + "\n", encoding="utf-8")
    print(f"{path.name}: {len(rows)} strings, {path.stat().st_size:,} bytes")


main()
