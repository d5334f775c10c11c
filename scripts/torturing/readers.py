"""Damaged inputs through every reader, in process: the tests whose names hold "fuzz", for as long as there is time."""

import os
import re
import shutil
import signal
import subprocess
import time

from machine import ENVIRONMENT, RUNNING, Answer, temporary_folder


def swift(repository, *arguments, limit=None, **environment):
    # Nothing is built, so other builds need not be waited for.
    command = ["swift", "test", "--ignore-lock", "--skip-build", "--disable-xctest", "--no-parallel", *arguments]
    if arguments[0] == "list":
        command = ["swift", "test", "list", "--ignore-lock", "--skip-build", "--disable-xctest"]
    process = subprocess.Popen(
        command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**ENVIRONMENT, **environment},
        start_new_session=True)
    RUNNING.add(process)
    try:
        text, code = process.communicate(timeout=limit)[0], process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        text, code = process.communicate()[0], None
    RUNNING.discard(process)
    return code, text


def counted(folder):
    """The counts of each reader: inputs, taken, KiB, milliseconds."""
    path = os.path.join(folder, "counts.tsv")
    if not os.path.exists(path):
        return {}
    found = {}
    with open(path) as file:
        for line in file:
            name, *numbers = line.rstrip("\n").split("\t")
            found[name] = [int(number) for number in numbers]
    return found


def torture(repository, folder, seconds, seed, failures):
    begin = time.monotonic()
    # In memory where there is room: most of the time goes into writing files otherwise.
    folder = temporary_folder("readers", folder, 1 << 28)
    # A place of its own for what is not read, such as SwiftPM's locks.
    temporary = os.path.join(folder, "tmp")
    os.mkdir(temporary)
    seen = {"ENCODERMI_FUZZ_FOLDER": folder, "ENCODERMI_FUZZ_SEED": str(seed), "TMPDIR": temporary}
    code, text = swift(repository, "list", TMPDIR=temporary)
    tests = sorted({line for line in text.decode().splitlines() if re.match(r"\w+\.\w+.*/.*[Ff]uzz|\w+\.\w*Fuzz\w*/", line)})
    if code != 0 or not tests:
        failures.add("readers", "the list of tests", [f"exit code {code}: {text.decode()[-500:]}"])
        return []
    # A short round of each first: how many readers a test feeds, and that each can be fed at all.
    fed = {}
    for test in tests:
        before = set(counted(folder))
        one(repository, folder, test, seen, 120, failures)
        fed[test] = len(set(counted(folder)) - before)
        if not fed[test]:
            failures.add("readers", test, ["it feeds no reader, or does not end"])
    first, count = counted(folder), max(1, sum(fed.values()))
    os.unlink(os.path.join(folder, "counts.tsv")) if first else None
    left = seconds - (time.monotonic() - begin) - 2 * len(tests)
    each = max(0.5, left / count)
    for test in tests:
        if fed[test]:
            one(repository, folder, test, {**seen, "ENCODERMI_FUZZ_SECONDS": f"{each:.2f}"}, 60 + 3 * each * fed[test], failures)
    found = counted(folder)
    rows, total = [], 0
    for name in sorted(found, key=str.lower):
        inputs, taken, growth, slowest = found[name]
        total += inputs
        rows.append([f"inputs to {name}", inputs, f"{taken} taken, memory +{growth / 1024:.0f} MiB, slowest {slowest} ms"])
        if growth > 256 * 1024:
            failures.add("readers", name, [f"memory rose by {growth // 1024} MiB"])
    shutil.rmtree(folder)
    return rows + [["inputs to readers, all", total, f"{len(found)} readers"]]


def one(repository, folder, test, environment, limit, failures):
    """Runs one test; what was being read when it failed stays in the folder, and is kept."""
    code, text = swift(repository, "--filter", "^" + re.escape(test), limit=limit, **environment)
    if code == 0:
        return
    words = text.decode("utf-8", "replace")
    lines = [line for line in words.splitlines() if "recorded an issue" in line or "Fatal" in line or "rror:" in line]
    reason = "it did not end" if code is None else f"exit code {code}"
    inputs = [(os.path.join(folder, name), name) for name in os.listdir(folder)
              if name != "counts.tsv" and os.path.isfile(os.path.join(folder, name))]
    failures.add("readers", test, [reason, *lines[:2]], inputs=inputs, answer=Answer(code or 0, b"", text, 0, 0, 0, False), arguments=[
        "env", *[f"{key}={value}" for key, value in environment.items() if key == "ENCODERMI_FUZZ_SEED"],
        "scripts/test", "--filter", test])
    for path, _ in inputs:
        os.unlink(path)
