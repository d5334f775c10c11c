"""Disks that are full, and files that may not grow: an error that says so, and the run goes on when there is room."""

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections import Counter

from kills import plain
from machine import ENVIRONMENT, Answer, contents, differences, limited, run
from workplace import attack, compare, pretrain

# A disk of so many KiB on which a command runs, fails, and goes on once there is room.
ON_DISK = r"""
set -u
mount -t tmpfs -o size="$1"k torture "$2" || exit 90
shift
out=$1 result=$2
shift 2
cd "$WORK"
"$@" >"$result/first.out" 2>"$result/first.err"
echo $? >"$result/first.code"
mount -o remount,size=256m "$out" || exit 91
more=
[ "$RESUMES" = 1 ] && for name in pretraining.json unfinished results.json comparison-settings.json; do
  [ -e "$out/out/$name" ] && more=--resume
done
if [ "$(cat "$result/first.code")" != 0 ]; then
  "$@" $more >"$result/second.out" 2>"$result/second.err"
  echo $? >"$result/second.code"
fi
cp -a "$out/." "$result/end"
"""


def mounter():
    """How to get a place where disks may be mounted; nothing where there is none."""
    for prefix in (["unshare", "-m"], ["unshare", "-rm"]):
        done = subprocess.run([*prefix, "mount", "-t", "tmpfs", "torture", "/mnt"], capture_output=True)
        if done.returncode == 0:
            return prefix
    return None


class Disk:
    def __init__(self, place, folder, name, arguments, resumes=True):
        self.place, self.name, self.arguments, self.resumes = place, name, arguments, resumes
        self.folder = os.path.join(folder, "disk-" + name.replace(" ", "-"))
        self.disk = os.path.join(self.folder, "disk")
        os.makedirs(self.disk)
        answer = run(self.command(), place.folder)
        if answer.code != 0:
            raise SystemExit(f"torture: {self.arguments} fails: {answer.text}")
        self.expected = contents(self.disk, plain)
        self.size = sum(os.path.getsize(os.path.join(p, n)) for p, _, ns in os.walk(self.disk) for n in ns) // 1024 + 4
        self.largest = max(os.path.getsize(os.path.join(p, n)) for p, _, ns in os.walk(self.disk) for n in ns)
        self.clean()

    def command(self):
        return self.place.command([a.replace("OUT", os.path.join(self.disk, "out")) for a in self.arguments])

    def clean(self):
        shutil.rmtree(self.disk)
        os.makedirs(self.disk)

    def full(self, prefix, random):
        """On a disk that is too small."""
        result = os.path.join(self.folder, "result")
        os.makedirs(result)
        size = random.randint(4, max(8, int(1.5 * self.size)))
        script = [*prefix, "bash", "-c", ON_DISK, "torture", str(size), self.disk, result, *self.command()]
        environment = {**ENVIRONMENT, "WORK": self.place.folder, "RESUMES": "1" if self.resumes else "0"}
        done = subprocess.run(script, capture_output=True, env=environment, timeout=600)
        read = lambda name: open(os.path.join(result, name), "rb").read() if os.path.exists(os.path.join(result, name)) else b""
        answer = Answer(int(read("first.code") or done.returncode), read("first.out"), read("first.err"), 0, 0, 0, False)
        reasons = []
        if done.returncode != 0:
            reasons.append(f"the disk cannot be made: {done.stderr.decode()[:200]}")
        elif answer.code not in (0, 1):
            reasons.append(f"exit code {answer.code} on a full disk")
        elif answer.code == 1 and b"no space left" not in answer.err.lower():
            reasons.append("the error does not say that there is no space left")
        elif answer.code == 1 and (code := read("second.code").strip()) != b"0":
            reasons.append(f"with room it does not go on: {code.decode()}: {read('second.err').decode()[-300:]}")
        elif found := differences(self.expected, contents(os.path.join(result, "end"), plain)):
            reasons.append("other files than with room from the beginning: " + ", ".join(found[:5]))
        shutil.rmtree(result)
        return size, answer, reasons

    def limited(self, random):
        """With files that may not grow beyond a size."""
        size = random.randint(1, self.largest)
        answer = run(self.command(), self.place.folder, before=limited(file_size=size))
        reasons = []
        if answer.code not in (0, 1):
            reasons.append(f"exit code {answer.code} where a file may not grow")
        # What the error is written to may not grow either.
        elif answer.code == 1 and size > 4096 and b"the size of files" not in answer.err:
            reasons.append("the error does not say that a file grew too large")
        else:
            isThere = any(os.path.exists(os.path.join(self.disk, "out", name)) for name in [
                "pretraining.json", "unfinished", "results.json", "comparison-settings.json"])
            if answer.code == 1:
                second = run(self.command() + (["--resume"] if self.resumes and isThere else []), self.place.folder)
                if second.code != 0:
                    reasons.append(f"without the limit it does not go on: {second.text[-300:]}")
            if not reasons and (found := differences(self.expected, contents(self.disk, plain))):
                reasons.append("other files than without the limit: " + ", ".join(found[:5]))
        self.clean()
        return size, answer, reasons


def disks(place, folder):
    report = ["report", "attack", "--out", "OUT.html"]
    return [
        Disk(place, folder, "pretrain", pretrain("simclr", "target", "OUT", epochs=3)),
        Disk(place, folder, "attack", attack("OUT")),
        Disk(place, folder, "compare", compare("OUT")),
        Disk(place, folder, "report", report, resumes=False),
        Disk(place, folder, "embed", ["embed", "--encoder", "target", "--data", "folder:pairs", "--out", "OUT.npy"], resumes=False),
        Disk(place, folder, "tokenize", ["tokenize", "--train", "captions.txt", "--vocabulary", "300", "--context", "20", "--out",
                                         "OUT.json"], resumes=False),
    ]


def torture(place, folder, seconds, random, failures):
    end = time.monotonic() + seconds
    prefix, all_disks = mounter(), disks(place, folder)
    full, small, fits = Counter(), Counter(), Counter()
    number = 0
    while time.monotonic() < end or number < 2 * len(all_disks):
        disk = all_disks[number // 2 % len(all_disks)]
        number += 1
        if prefix and number % 2:
            size, answer, reasons = disk.full(prefix, random)
            full[disk.name] += answer.code != 0
            what = f"{disk.name} on a disk of {size} KiB"
        else:
            size, answer, reasons = disk.limited(random)
            small[disk.name] += answer.code != 0
            what = f"{disk.name} with files of {size} bytes at most"
        fits[disk.name] += answer.code == 0
        if reasons:
            failures.add("disks", what, reasons, disk.command(), answer=answer)
    for disk in all_disks:
        shutil.rmtree(disk.folder)
    note = lambda counts: ", ".join(f"{name} {count}" for name, count in counts.items())
    return [
        ["full disks (tmpfs)", sum(full.values()), note(full) if prefix else "not tried: nothing may be mounted here"],
        ["files that may not grow (`ulimit -f`)", sum(small.values()), note(small)],
        ["of these sizes, large enough", sum(fits.values()), note(fits)],
    ]
