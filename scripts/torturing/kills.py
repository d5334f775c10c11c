"""Runs that are killed at random moments, or at chosen system calls, and go on: the same bytes as one that was not."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter

from machine import Command, contents, differences, run
from workplace import PAIRS, attack, compare, pretrain


def plain(name, data):
    """A file without what the clock says, and without the state before the last, which any stop makes another."""
    if name == "state.previous.safetensors":
        return b""
    if name == "log.jsonl":
        return re.sub(rb'"imagesPerSecond":[^,}]*,?', b"", data)
    if name == "SHA256SUMS":
        return re.sub(rb"[0-9a-f]{64}  log\.jsonl\n", b"", data)
    return data


class Work:
    """A command that can be resumed, and what it ends with when nothing happens to it."""

    def __init__(self, place, folder, name, arguments, watched):
        self.place, self.name, self.watched = place, name, watched
        self.folder = os.path.join(folder, name.replace(" ", "-"))
        self.arguments = arguments
        os.makedirs(self.folder)
        for entry in os.listdir(place.folder):
            os.symlink(os.path.join(place.folder, entry), os.path.join(self.folder, entry))
        self.out = os.path.join(self.folder, "out")
        answer = run(self.command(), self.folder)
        if answer.code != 0:
            raise SystemExit(f"torture: {self.arguments} fails: {answer.text}")
        self.seconds = answer.seconds
        self.expected = contents(self.out, plain)
        self.clean()

    def command(self, isResuming=False):
        return self.place.command(self.arguments + (["--resume"] if isResuming else []))

    def clean(self):
        shutil.rmtree(self.out, ignore_errors=True)
        for name in os.listdir(self.folder):
            if name.startswith(".out"):
                shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)

    def begins(self, **options):
        """The command again: it goes on where there is something to go on with."""
        return Command(self.command(self.isThere), self.folder, **options)

    @property
    def isThere(self):
        return any(os.path.exists(os.path.join(self.out, name)) for name in self.watched)

    @property
    def hasEnded(self):
        """All was in its place, and only the process had not ended yet."""
        return os.path.isdir(self.out) and not differences(self.expected, contents(self.out, plain))

    def finishes(self):
        """Runs to the end, and says what is wrong with it."""
        if self.hasEnded:
            return None, []
        answer = run(self.command(self.isThere), self.folder, limit=300)
        if answer.code != 0:
            return answer, [f"it does not go on: exit code {answer.code}: {answer.text.strip()[-300:]}"]
        if found := differences(self.expected, contents(self.out, plain)):
            return answer, ["other files than of a run that was left alone: " + ", ".join(found[:5])]
        if left := [name for name in os.listdir(self.folder) if name.startswith(".out")]:
            return answer, [f"it leaves {', '.join(left)}"]
        return answer, []

    def stands(self):
        """Where a run stands that was killed, in words."""
        if not os.path.isdir(self.out):
            return "before anything was written"
        names = [os.path.join(p, n) for p, ds, ns in os.walk(self.out) for n in ns + ds]
        for path in names:
            if re.match(r"\..*\.(tmp|old)$|\..*\.[A-Za-z0-9]{6,}\.tmp$", os.path.basename(path)):
                return "while " + kind(os.path.basename(path).strip(".").rsplit(".tmp")[0]) + " was being written"
        files = [path for path in names if os.path.isfile(path)]
        if not files:
            return "before any file was whole"
        return "after " + kind(os.path.basename(max(files, key=lambda path: os.stat(path).st_mtime_ns)))


def kind(name):
    """A file's name without what tells it from its like."""
    if name.endswith(".safetensors") and not name.startswith(("state", "weights")):
        return "a part of the answers"
    return re.sub(r"epoch-\d+", "a checkpoint", name)


def works(place, folder):
    runs = ["pretraining.json"]
    return [
        Work(place, folder, "pretrain simclr", pretrain("simclr", "target", "out", epochs=12) + ["--checkpoints", "3,6"], runs),
        Work(place, folder, "pretrain moco", pretrain("moco", "target", "out", epochs=12) + ["--queue", "12"], runs),
        Work(place, folder, "pretrain clip", pretrain("clip", "target", "out", epochs=8), runs),
        Work(place, folder, "attack", attack("out"), ["unfinished", "results.json"]),
        Work(place, folder, "attack with captions", attack("out", "clip-"), ["unfinished", "results.json"]),
        Work(place, folder, "compare", compare("out"), ["comparison-settings.json"]),
    ]


def waits(work, command, random):
    """Waits for a random moment, or for a file that is being written."""
    limit = time.monotonic() + random.uniform(0, 1.1 * work.seconds)
    if random.random() < 0.5:
        while time.monotonic() < limit and not command.has_ended:
            time.sleep(0.001)
        return
    skipped = random.randrange(6)
    seen = set()
    while not command.has_ended:
        temporary = {os.path.join(p, n) for p, ds, ns in os.walk(work.out) for n in ns + ds if n.endswith(".tmp")}
        seen |= temporary
        if temporary and len(seen) > skipped:
            return


def killed(work, random):
    """Kills a run one to four times, then lets it end; where it stood each time, and what is wrong."""
    work.clean()
    stood = []
    for _ in range(random.randint(1, 4)):
        if work.hasEnded:
            break
        command = work.begins()
        waits(work, command, random)
        command.send(signal.SIGKILL)
        answer = command.end()
        if answer.code == 0:
            break
        if answer.code != -signal.SIGKILL:
            return stood, [f"after {stood} it ends with {answer.code}: {answer.text.strip()[-300:]}"], answer
        stood.append(work.stands())
    if work.isThere and not stood and answer.code == 0:
        return [], [], answer
    answer, reasons = work.finishes() if stood else (answer, [])
    return stood, reasons, answer


CALLS = ["openat", "write", "fsync", "rename", "mkdir", "unlink", "link", "flock", "ftruncate", "renameat2", "unlinkat", "close"]


def injector():
    """strace, where it is there and may trace."""
    if not shutil.which("strace"):
        return None
    try:
        done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return None
    return "strace" if done.returncode == 0 else None


class Calls:
    """Kills at the n-th call of a kind, by strace."""

    def __init__(self, work):
        self.work, self.counts = work, {}
        work.clean()
        log = os.path.join(work.folder, ".strace")
        run(["strace", "-c", "-o", log, "-e", "trace=" + ",".join(CALLS), *work.command()], work.folder, limit=300)
        with open(log) as file:
            for line in file:
                parts = line.split()
                if len(parts) >= 5 and parts[-1] in CALLS:
                    self.counts[parts[-1]] = int(parts[3])
        os.unlink(log)

    def kill(self, random):
        work = self.work
        work.clean()
        call = random.choice(sorted(self.counts))
        # Libraries are opened and closed first; what is written comes later.
        number = random.randint(1, self.counts[call])
        arguments = ["strace", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}",
                     *work.command()]
        answer = run(arguments, work.folder, limit=300)
        if answer.code == 0:
            return call, []
        _, reasons = work.finishes()
        return call, [f"killed at {call} number {number}: {reason}" for reason in reasons]


def torture(place, folder, seconds, random, failures):
    end = time.monotonic() + seconds
    all_works = works(place, folder)
    kills, stood, ends = Counter(), {}, Counter()
    calls = {}
    tracer = injector()
    number = 0
    while time.monotonic() < end or number < len(all_works):
        work = all_works[number % len(all_works)]
        number += 1
        if tracer and random.random() < 0.35 and work.name != "compare":
            if work.name not in calls:
                calls[work.name] = Calls(work)
            call, reasons = calls[work.name].kill(random)
            kills[work.name] += 1
            stood.setdefault(work.name, Counter())[f"at {call}"] += 1
            answer = None
        else:
            where, reasons, answer = killed(work, random)
            kills[work.name] += len(where)
            stood.setdefault(work.name, Counter()).update(where)
        ends[work.name] += 1
        if reasons:
            keeps = os.path.join(failures.folder, f"killed-{number}")
            shutil.copytree(work.out, keeps, ignore_dangling_symlinks=True) if os.path.isdir(work.out) else None
            failures.add("kills", work.name, reasons + [f"what it left: {keeps}"], work.command(), answer=answer)
    rows = []
    for work in all_works:
        where = ", ".join(f"{name} {count}" for name, count in sorted(stood.get(work.name, {}).items(), key=lambda x: -x[1]))
        rows.append([f"kills of `{work.name}`", kills[work.name], f"{ends[work.name]} ends, each with the same bytes: {where}"])
        shutil.rmtree(work.folder)
    return rows
