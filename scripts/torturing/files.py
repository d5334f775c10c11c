"""Damaged files through the command line: a result or an error in words, whatever they hold, and nothing else changed."""

import glob
import os
import shutil
import threading
import time
import traceback
from collections import Counter
from random import Random

from damage import damaged
from machine import faults, look, run, temporary_folder
from workplace import ATTACK, attack, compare, pretrain

# What a command reads, the command, and how often beside others; OUT is a place of its own for what it writes.
INFER = ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "asked/a.jpg", "asked/b.png"]
PAIRS = ["infer", "--classifier", "clip-attack/classifiers/vector-imageText", "--target", "clip-target", "--pairs"]
RESUMED = pretrain("simclr", "target", "stopped-run", epochs=3)
CASES = [
    *[(name, INFER + more, 3) for name in ["asked/a.jpg", "asked/b.png"] for more in [["--format", "csv"], []]],
    *[(f"attack/classifiers/vector/{name}", INFER + more, 2)
      for name in ["checkpoint.json", "weights.safetensors", "recipe.json", "known-scores.json"]
      for more in [["--format", "json"], ["--alpha", "0.3"]]],
    ("s.tar", [*PAIRS, "webdataset:s.tar", "--out", "OUT/scores"], 1),
    *[(f"scores/{name}", ["merge", "scores", *more], 1) for name in ["settings.json", "*.json", "*.csv"]
      for more in [[], ["--alpha", "0.5"]]],
    *[(f"target/{name}", INFER, 2)
      for name in ["run.json", "split.json", "pretraining.json", "encoder/checkpoint.json", "encoder/weights.safetensors"]],
    ("pairs/captions.tsv", PAIRS + ["captions:pairs"], 2),
    ("clip-target/tokenizer", PAIRS + ["captions:pairs"], 2),
    ("clip-target/encoder/checkpoint.json", PAIRS + ["csv:tables/t.csv"], 2),
    *[(f"tables/t.{kind}", PAIRS + [f"{kind}:tables/t.{kind}", *more], 3) for kind in ["csv", "tsv", "jsonl"]
      for more in [["--broken-text", "repair"], ["--damaged-records", "skip", "--format", "csv"]]],
    ("s.tar", PAIRS + ["webdataset:s.tar"], 3),
    ("s.tar", PAIRS + ["webdataset:s.tar", "--damaged-records", "skip"], 3),
    *[(f"flickr/{name}", PAIRS + ["flickr8k:flickr"], 1) for name in ["Flickr8k.token.txt", "Flickr_8k.trainImages.txt"]],
    *[(name, ["embed", "--encoder", "target", "--data", f"{kind}:{name.split('/')[0]}", "--out", "OUT/e.npy"], 1)
      for kind, name in [("cifar10", "cifar/test_batch.bin"), ("cifar10", "cifar/batches.meta.txt"),
                         ("stl10", "stl/train_X.bin"), ("stl10", "stl/train_y.bin"), ("stl10", "stl/class_names.txt"),
                         ("tinyimagenet", "tiny/wnids.txt"), ("tinyimagenet", "tiny/val/val_annotations.txt"),
                         ("tinyimagenet", "tiny/train/n01/images/t.JPEG")]],
    ("captions.txt", ["embed", "--encoder", "clip-target", "--captions", "captions.txt", "--out", "OUT/e.safetensors"], 2),
    *[(name, ["tokenize", "--tokenizer", place, "a dog", "zwölf"], 4)
      for place, name in [("tokenizer.json", "tokenizer.json"), ("bpe", "bpe/vocab.json"), ("bpe", "bpe/merges.txt"),
                          ("bpe/merges.txt.gz", "bpe/merges.txt.gz"), ("bpe/merges.txt", "bpe/merges.txt")]],
    ("captions.txt", ["tokenize", "--tokenizer", "tokenizer.json", "--file", "captions.txt"], 4),
    ("pairs/captions.tsv", ["tokenize", "--train", "pairs/captions.tsv", "--column", "title", "--vocabulary", "290", "--out",
                            "OUT/t.json"], 3),
    *[(f"attack/{name}", ["report", "attack", *how], 3) for name in ["results.json", "scores.csv", "attack.json"]
      for how in [["--text"], ["--out", "OUT/r.html"], ["--figures", "OUT/figures"], ["--bundle", "OUT/b.tar"]]],
    ("attack/scores.csv", ["report", "--before", "attack", "--after", "attack", "--text"], 1),
    ("bundle.tar", ["verify", "bundle.tar"], 4),
    ("attack/attack.json", [*attack("OUT/attack"), "--config", "attack/attack.json", "--print-config"], 3),
    ("target/pretraining.json", ["pretrain", "simclr", "--data", "folder:pairs", "--config", "target/pretraining.json",
                                 "--members", "6", "--epochs", "1", "--out", "OUT/run"], 1),
    *[(f"stopped-attack/{name}", [*attack("stopped-attack"), "--resume"], 1)
      for name in ["unfinished/origin.json", "unfinished/*.safetensors", "unfinished/*.safetensors"]],
    *[(f"stopped-run/{name}", [*pretrain("simclr", "target", "stopped-run", epochs=200), "--resume"], 1)
      for name in ["state.safetensors", "log.jsonl", "split.json", "run.json"]],
    ("shadow/encoder/weights.safetensors", attack("OUT/attack"), 1),
    ("questions/manifest.json", ["attack", "--target", "answers:questions", "--shadow", "shadow", "--views", "2", *ATTACK[2:],
                                 "--out", "OUT/attack"], 1),
    ("questions/answers.safetensors", ["attack", "--target", "answers:questions", "--shadow", "shadow", "--views", "2", *ATTACK[2:],
                                       "--out", "OUT/attack"], 1),
    ("answered/*.npy", ["attack", "--target", "answers:answered", "--shadow", "shadow", "--views", "2", *ATTACK[2:], "--out",
                        "OUT/attack"], 1),
    ("compared/comparison-settings.json", [*compare("compared"), "--resume"], 1),
    ("compared/seed-0/*/findings.json", [*compare("compared"), "--resume"], 1),
]

# These write to where they read; it is made anew afterwards.
WRITTEN = ["stopped-attack", "stopped-run", "compared", "questions"]


class Worker:
    """Damages one file after the other in a copy of the workplace."""

    def __init__(self, place, folder, seed, failures):
        self.place, self.folder, self.failures = place, os.path.join(folder, "w"), failures
        self.random = Random(seed)
        self.counts = Counter()
        os.makedirs(folder)
        shutil.copytree(place.folder, self.folder)
        # What a command might reach that it was not told of.
        os.makedirs(os.path.join(folder, "beside"))
        with open(os.path.join(folder, "beside", "notes.txt"), "w") as file:
            file.write("of somebody else\n")
        self.all = folder

    def once(self):
        name, arguments, _ = self.random.choices(CASES, [case[2] for case in CASES])[0]
        found = sorted(glob.glob(os.path.join(self.place.folder, name)))
        source = self.random.choice(found)
        name = os.path.relpath(source, self.place.folder)
        path = os.path.join(self.folder, name)
        with open(source, "rb") as file:
            whole = file.read()
        with open(path, "wb") as file:
            file.write(damaged(whole, self.random))
        kept = path + ".given"
        shutil.copyfile(path, kept)
        out = os.path.join(self.folder, "out")
        os.makedirs(out)
        arguments = [argument.replace("OUT/", "out/") for argument in arguments]
        written = [os.path.join(self.folder, w) for w in WRITTEN if w in arguments]
        before = look(self.all, {out, *written})
        # Runs that would go on for long are stopped: they have taken what they were given.
        answer = run(self.place.command(arguments), self.folder, limit=60)
        reasons = faults(answer)
        if answer.is_late and "pretrain" in arguments:
            reasons = []
        after = look(self.all, {out, *written})
        reasons += [f"{os.path.relpath(p, self.all)} was changed" for p in sorted(set(before) | set(after))
                    if before.get(p) != after.get(p)]
        self.counts["runs"] += 1
        self.counts[arguments[0]] += 1
        self.counts["refused" if answer.code else "taken"] += 1
        if reasons:
            self.failures.add("files", f"{arguments[0]} with a damaged {name}", reasons,
                              self.place.command(arguments), self.place.folder, answer, [(kept, name)], "mkdir out")
        os.unlink(kept)
        shutil.rmtree(out)
        for place in written:
            shutil.rmtree(place)
            shutil.copytree(os.path.join(self.place.folder, os.path.relpath(place, self.folder)), place)
        with open(path, "wb") as file:
            file.write(whole)


def torture(place, folder, seconds, seed, failures, workers):
    end = time.monotonic() + seconds
    folder = temporary_folder("files", folder, 1 << 29)
    crew = [Worker(place, os.path.join(folder, f"files-{n}"), seed * 1000 + n, failures) for n in range(workers)]

    def work(worker):
        try:
            while time.monotonic() < end or worker.counts["runs"] == 0:
                worker.once()
        except Exception:
            failures.add("files", "the driver itself", [traceback.format_exc()[-600:]])

    threads = [threading.Thread(target=work, args=[worker], daemon=True) for worker in crew]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum((worker.counts for worker in crew), Counter())
    shutil.rmtree(folder)
    commands = sorted(set(total) - {"runs", "taken", "refused"})
    return [[f"damaged files to `{name}`", total[name], ""] for name in commands] + [
        ["damaged files, all", total["runs"], f"{total['refused']} refused in words, {total['taken']} taken"]]
