"""The driver of scripts/torture: gives each phase its time, and makes the table."""

import argparse
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from random import Random

import bombs
import disks
import faults
import files
import kills
import readers
from machine import Failures, temporary_folder
from workplace import Workplace

# Phases of the command line one after the other, with their shares of the time; readers have all of it beside them.
SHARES = {"bombs": 0, "files": 0.55, "kills": 0.22, "disks": 0.07, "signals": 0.06, "streams": 0, "races": 0.1}
PHASES = ["readers", *SHARES]
MARKS = ("<!-- begin: scripts/torture -->\n", "<!-- end: scripts/torture -->\n")


def options():
    parser = argparse.ArgumentParser(prog="scripts/torture", description="What outside inputs and faults do to the program.")
    parser.add_argument("--minutes", type=float, default=3, help="how long, building and fixed phases left out; 3 by default")
    parser.add_argument("--seed", type=int, default=1, help="what is drawn at random; 1 by default")
    parser.add_argument("--out", help="an empty or new folder; a temporary one by default")
    parser.add_argument("--only", default=",".join(PHASES), help="phases with commas between them: " + ", ".join(PHASES))
    parser.add_argument("--document", help="a file with the marks that the table goes between")
    parser.add_argument("--program", help="a built encodermi, in place of building; readers are then left out")
    given = parser.parse_args()
    given.only = given.only.split(",")
    if unknown := set(given.only) - set(PHASES):
        parser.error(f"no phase is called {', '.join(sorted(unknown))}: there are {', '.join(PHASES)}")
    if not given.minutes > 0:
        parser.error("--minutes must be above 0")
    if given.out and os.path.exists(given.out) and os.listdir(given.out):
        parser.error(f"{given.out} is not empty")
    return given


def one_after_the_other(given, program, repository, folder, failures, phase, has_readers):
    chosen = [name for name in SHARES if name in given.only]
    if not chosen:
        return
    place = Workplace(program, repository, os.path.join(folder, "work"))
    place.make()
    whole = sum(SHARES[name] for name in chosen) or 1
    bodies = {
        "bombs": bombs.torture, "kills": kills.torture, "disks": disks.torture, "signals": faults.signals,
        "streams": faults.streams, "races": faults.races,
    }
    for name in chosen:
        seconds = 60 * given.minutes * SHARES[name] / whole
        # Beside the readers one process works, without them two.
        phase(name, lambda: files.torture(place, folder, seconds, given.seed, failures, 1 if has_readers else 2)
              if name == "files" else bodies[name](place, folder, seconds, Random(f"{given.seed} {name}"), failures))


def main():
    given = options()
    # Crashes are told by exit codes; their memory need not be kept.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    repository = os.getcwd()
    folder = os.path.abspath(given.out) if given.out else tempfile.mkdtemp(prefix="torture-")
    os.makedirs(folder, exist_ok=True)
    # What commands print, and whatever else is for the moment, goes with the driver.
    tempfile.tempdir = temporary_folder("words", folder, 1 << 26)
    failures = Failures(os.path.join(folder, "failures"))
    program = os.path.abspath(given.program or f"{repository}/.build/debug/encodermi")
    print(f"torture: seed {given.seed}, {given.minutes:g} minutes, in {folder}", flush=True)
    begin = time.monotonic()
    table = {phase: [] for phase in PHASES}
    # What was found until then is told where the run is stopped.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))

    def phase(name, body):
        start = time.monotonic()
        try:
            table[name] = body()
        except BaseException as error:
            failures.add(name, "the phase itself", [f"{type(error).__name__}: {error}", traceback.format_exc()[-600:]])
            if isinstance(error, KeyboardInterrupt):
                raise
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)

    beside = None
    if "readers" in given.only and not given.program:
        beside = threading.Thread(daemon=True, target=phase, args=["readers", lambda: readers.torture(
            repository, folder, 60 * given.minutes, given.seed, failures)])
        beside.start()
    try:
        one_after_the_other(given, program, repository, folder, failures, phase, beside is not None)
        if beside:
            beside.join()
    except KeyboardInterrupt:
        print("stopped", flush=True)
    rows = [row for name in PHASES for row in table[name]]
    minutes = (time.monotonic() - begin) / 60
    lines = [f"`scripts/torture --minutes {given.minutes:g} --seed {given.seed}`, {minutes:.0f} minutes in all, "
             f"{len(failures.found)} failures.", "", "| what | how many | |", "| --- | ---: | --- |"]
    lines += [f"| {what} | {count:,} | {note} |" for what, count, note in rows]
    text = "\n".join(lines) + "\n"
    print("\n" + text)
    with open(os.path.join(folder, "table.md"), "w") as file:
        file.write(text)
    if given.document:
        with open(given.document) as file:
            before, rest = file.read().split(MARKS[0])
        with open(given.document, "w") as file:
            file.write(before + MARKS[0] + text + MARKS[1] + rest.split(MARKS[1])[1])
    sys.stdout.flush()
    if failures.found:
        print(f"{len(failures.found)} failures, in {failures.folder}")
        sys.exit(1)
    if not given.out:
        shutil.rmtree(folder)


main()
