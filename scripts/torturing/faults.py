"""Signals, streams that cannot be written, and processes that race for one place."""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter

from kills import Work, plain
from machine import Command, contents, differences, faults, limited, run
from workplace import attack, compare, pretrain

# What is sent, how often, what the program may end with, and whether it then goes on.
SIGNALS = [
    ("SIGINT", [signal.SIGINT], {130}),
    ("SIGTERM", [signal.SIGTERM], {130, 143}),
    ("SIGINT twice", [signal.SIGINT, signal.SIGINT], {-signal.SIGINT, 130}),
    ("SIGHUP", [signal.SIGHUP], {-signal.SIGHUP, 130}),
    ("SIGQUIT", [signal.SIGQUIT], {-signal.SIGQUIT}),
    ("SIGPIPE", [signal.SIGPIPE], {0, -signal.SIGPIPE}),
    ("SIGXFSZ", [signal.SIGXFSZ], {0}),
    ("SIGTSTP and SIGCONT", [signal.SIGSTOP, signal.SIGCONT], {0}),
    ("SIGWINCH", [signal.SIGWINCH], {0}),
]


def works(place, folder):
    return [
        Work(place, folder, "pretrain", pretrain("simclr", "target", "out", epochs=30), ["pretraining.json"]),
        Work(place, folder, "attack", attack("out"), ["unfinished", "results.json"]),
        Work(place, folder, "compare", compare("out"), ["comparison-settings.json"]),
    ]


def signals(place, folder, seconds, random, failures):
    end = time.monotonic() + seconds
    all_works, number, counts = works(place, folder), 0, Counter()
    while time.monotonic() < end or number < len(SIGNALS) * len(all_works):
        work = all_works[number % len(all_works)]
        name, numbers, codes = SIGNALS[number // len(all_works) % len(SIGNALS)]
        number += 1
        work.clean()
        command = Command(work.command(), work.folder)
        # Before its first words a process ends as any other does.
        moment = random.uniform(0.3, 0.9) * work.seconds
        time.sleep(moment)
        for sent in numbers:
            command.send(sent)
            time.sleep(0.002)
        answer = command.end()
        early = moment < 0.5 and answer.code in {-sent for sent in numbers}
        reasons = [] if early or answer.code in codes | {0} else [f"exit code {answer.code} after {name} at {moment:.2f} s"]
        if answer.is_late:
            reasons = [f"it did not end after {name}"]
        if answer.code == 130 and b"--resume" not in answer.err + answer.out:
            reasons.append("it does not say how to go on")
        counts[name] += answer.code != 0 or 0 in codes
        if not reasons and answer.code != 0:
            _, reasons = work.finishes()
        elif not reasons and (found := differences(work.expected, contents(work.out, plain))):
            reasons = ["other files than of a run that was left alone: " + ", ".join(found[:5])]
        if reasons:
            failures.add("signals", f"{name} to {work.name}", reasons, work.command(), answer=answer)
    for work in all_works:
        shutil.rmtree(work.folder)
    return [["signals", sum(counts.values()), ", ".join(f"{name} {count}" for name, count in counts.items())]]


SAID = [
    ("infer", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "asked/a.jpg", "asked/b.png"]),
    ("infer as CSV", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "pairs", "--format", "csv"]),
    ("infer as JSON", ["infer", "--classifier", "attack/classifiers/vector", "--target", "target", "pairs", "--format", "json"]),
    ("report", ["report", "attack", "--text"]),
    ("tokenize", ["tokenize", "--tokenizer", "tokenizer.json", "a dog"]),
    ("tokenize as JSON", ["tokenize", "--tokenizer", "tokenizer.json", "--file", "captions.txt", "--format", "json"]),
    ("print-config", [*attack("out"), "--print-config"]),
    ("help", ["--help"]),
]


def streams(place, folder, seconds, random, failures):
    """Output that cannot be written is an error; errors and progress that cannot be written change nothing."""
    counts = Counter()

    def check(what, name, answer, reasons):
        counts[what] += 1
        if reasons:
            failures.add("streams", f"{name}: {what}", reasons, answer=answer)

    for name, arguments in SAID:
        command = place.command(arguments)
        whole = run(command, place.folder)
        with open("/dev/full", "wb") as full:
            answer = run(command, place.folder, out=full)
            check("standard output full", name, answer, [
                f"exit code {answer.code}, {len(answer.err)} bytes of errors"
            ] if answer.code <= 0 or not answer.err else [])
            answer = run(command, place.folder, err=full)
            check("standard error full", name, answer, [f"exit code {answer.code} instead of {whole.code}"]
                  if (answer.code, answer.out) != (whole.code, whole.out) else [])
        answer = run(command, place.folder, before=limited(closed=[2]))
        check("standard error closed", name, answer, [f"exit code {answer.code} instead of {whole.code}"]
              if (answer.code, answer.out) != (whole.code, whole.out) else [])
        answer = run(command, place.folder, before=limited(closed=[1]))
        check("standard output closed", name, answer, [f"exit code {answer.code}"] if answer.code <= 0 else [])
        for what, ignored in [("a reader that leaves", []), ("a reader that leaves, SIGPIPE ignored", [signal.SIGPIPE])]:
            reader, writer = os.pipe()
            os.close(reader)
            answer = run(command, place.folder, out=writer, before=limited(signals=ignored))
            os.close(writer)
            quiet = answer.code in (0, 1, 141, -signal.SIGPIPE, whole.code) and b"Fatal" not in answer.err
            check(what, name, answer, [] if quiet else [f"exit code {answer.code}"])

    folder = os.path.join(folder, "streams")
    for work in works(place, folder):
        for what in ["full", "closed", "left"]:
            work.clean()
            if what == "full":
                with open("/dev/full", "wb") as full:
                    answer = run(work.command(), work.folder, err=full)
            elif what == "closed":
                answer = run(work.command(), work.folder, before=limited(closed=[2]))
            else:
                reader, writer = os.pipe()
                os.close(reader)
                answer = run(work.command(), work.folder, err=writer, before=limited(signals=[signal.SIGPIPE]))
                os.close(writer)
            reasons = [] if answer.code == 0 else [f"exit code {answer.code}"]
            if not reasons and (found := differences(work.expected, contents(work.out, plain))):
                reasons = ["other files: " + ", ".join(found[:5])]
            check(f"progress, standard error {what}", work.name, answer, reasons)
    shutil.rmtree(folder)
    return [["streams", sum(counts.values()), ", ".join(f"{name} {count}" for name, count in counts.items())]]


def races(place, folder, seconds, random, failures):
    end = time.monotonic() + seconds
    folder = os.path.join(folder, "races")
    all_works = works(place, folder)
    single = [
        ("tokenize", ["tokenize", "--train", "captions.txt", "--vocabulary", "300", "--context", "20", "--out", "OUT/t.json"]),
        ("report", ["report", "attack", "--out", "OUT/r.html"]),
        ("embed", ["embed", "--encoder", "target", "--data", "folder:pairs", "--out", "OUT/e.npy"]),
    ]
    rounds, number, ended = Counter(), 0, Counter()
    while time.monotonic() < end or number < 8:
        count = random.choice([2, 2, 3])
        if number % 4 < 3:
            work = all_works[[1, 0, 1, 2][number // 4 % 4] if number % 4 else 1]
            work.clean()
            answers = together([work.command()] * count, work.folder, random, work.seconds)
            wins = sum(answer.code == 0 for answer in answers)
            reasons = [] if wins else ["none of them ends"]
            for answer in answers:
                if answer.code not in (0, 1):
                    reasons.append(f"exit code {answer.code}")
                elif answer.code == 1:
                    reasons += faults(answer)
            if not reasons and (found := differences(work.expected, contents(work.out, plain))):
                reasons.append("the files are not those of one alone: " + ", ".join(found[:5]))
            left = [name for name in os.listdir(work.folder) if name.startswith(".out")]
            if not reasons and left:
                reasons.append(f"{', '.join(left)} is left")
            name, command = work.name, work.command()
        else:
            name, arguments = single[number // 4 % len(single)]
            out = os.path.join(folder, "single")
            command = place.command([a.replace("OUT", out) for a in arguments])
            os.makedirs(out)
            run(command, place.folder)
            expected = contents(out)
            shutil.rmtree(out)
            os.makedirs(out)
            answers = together([command] * count, place.folder, random, 0.2)
            reasons = [f"exit code {a.code}: {a.text[-200:]}" for a in answers if a.code not in (0, 1)]
            if not any(a.code == 0 for a in answers):
                reasons.append("none of them ends")
            if found := differences(expected, contents(out)):
                reasons.append("the files are not those of one alone: " + ", ".join(found[:5]))
            shutil.rmtree(out)
        number += 1
        rounds[f"{count} of {name}"] += 1
        ended.update("done" if answer.code == 0 else "refused" for answer in answers)
        if reasons:
            failures.add("races", f"{count} of {name} into one place", reasons, command, answer=answers[-1])
    shutil.rmtree(folder)
    return [["races", sum(rounds.values()),
             ", ".join(f"{name} {n}" for name, n in sorted(rounds.items())) + f"; {ended['done']} done, {ended['refused']} refused"]]


def together(commands, folder, random, seconds):
    """Begins all within a moment."""
    running = []
    for command in commands:
        running.append(Command(command, folder))
        time.sleep(random.choice([0, 0, random.uniform(0, 0.5 * seconds)]))
    return [command.end(300) for command in running]
