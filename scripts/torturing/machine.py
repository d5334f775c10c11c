"""Running the program under watch, and keeping what failed."""

import atexit
import dataclasses
import hashlib
import os
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ENVIRONMENT = {
    **os.environ,
    # One thread each, so that several run beside each other, and the same bits come out whatever the machine.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GOMP_SPINCOUNT": "2000",
}

# Codes that docs/commands.md names.
CODES = {0, 1, 2, 64, 130}


@dataclasses.dataclass
class Answer:
    """How a command ended; a negative code is a signal."""

    code: int
    out: bytes
    err: bytes
    seconds: float
    computed: float
    "seconds of a processor, which other work on the machine does not make more"
    peak: int
    "MiB of memory at most"
    is_late: bool
    "whether it was stopped because its time was over"

    @property
    def text(self):
        return self.err.decode("utf-8", "replace")


RUNNING = set()
"Processes that lead a session of their own: none of them outlives the driver, however that ends."


def stop_all():
    for process in list(RUNNING):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


atexit.register(stop_all)


def temporary_folder(name, folder, size):
    """A folder in memory where there is room for so many bytes, else in the one given; it goes with the driver at the latest."""
    path = tempfile.mkdtemp(prefix=f"torture-{name}-", dir=roomy(folder, size))
    # What was registered last is done first.
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    atexit.register(stop_all)
    return path


def roomy(folder, size):
    """A place in memory for files where there is room for so many bytes, else the folder."""
    memory = "/dev/shm"
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * size else folder


def words_of(path, most=1 << 20):
    with open(path, "rb") as file:
        return file.read(most)


class Command:
    """A command that goes on."""

    def __init__(self, arguments, folder, out=None, err=None, before=None, environment=None):
        self.arguments, self.folder = [str(a) for a in arguments], folder
        self.files = [tempfile.NamedTemporaryFile(prefix="torture-", delete=False) for _ in range(2)]
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            self.arguments, cwd=folder, stdin=subprocess.DEVNULL,
            stdout=self.files[0] if out is None else out, stderr=self.files[1] if err is None else err,
            env=environment or ENVIRONMENT, preexec_fn=before, start_new_session=True)
        RUNNING.add(self.process)

    def send(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    @property
    def has_ended(self):
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self, limit=300):
        """Waits for the end, for so many seconds at most."""
        late = threading.Event()

        def stop():
            late.set()
            self.send(signal.SIGKILL)

        timer = threading.Timer(limit, stop)
        timer.start()
        _, status, usage = os.wait4(self.process.pid, 0)
        RUNNING.discard(self.process)
        timer.cancel()
        self.process.returncode = os.waitstatus_to_exitcode(status)
        out, err = [words_of(file.name) for file in self.files]
        for file in self.files:
            file.close()
            os.unlink(file.name)
        return Answer(
            self.process.returncode, out, err, time.monotonic() - self.begin, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss // 1024, late.is_set())


def run(arguments, folder, limit=300, **options):
    return Command(arguments, folder, **options).end(limit)


def obeyed(text):
    """Characters that a terminal would obey."""
    return [c for c in text if ord(c) < 0x20 and c not in "\n\t\r" or 0x7F <= ord(c) <= 0x9F or c in
            "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]


def faults(answer, codes=CODES, memory=1024, lines=60):
    """What is wrong with an answer to bad input: nothing where it is a result or an error in words."""
    found = []
    if answer.is_late:
        return [f"it did not end within {answer.seconds:.0f} s"]
    if answer.code < 0:
        found.append(f"it was ended by {signal.Signals(-answer.code).name}")
    elif answer.code not in codes:
        found.append(f"exit code {answer.code}")
    if answer.code > 0 and not answer.err.strip():
        found.append(f"exit code {answer.code} without a word")
    # Everything that was left out is named, each in a line.
    said = [line for line in answer.err.split(b"\n") if not line.startswith(b"warning: left out")]
    if len(said) > lines or sum(map(len, said)) > 16384 or max(map(len, answer.err.split(b"\n"))) > 3000:
        found.append(f"{len(said)} lines, {sum(map(len, said))} bytes of errors")
    for name, text in [("errors", answer.err), ("output", answer.out)]:
        if odd := obeyed(text.decode("utf-8", "replace")):
            found.append(f"control characters in {name}: {sorted(set(map(hex, map(ord, odd))))}")
    if b"Fatal error" in answer.err or b"Domain=" in answer.err:
        found.append("an error that is not in words")
    if answer.peak > memory:
        found.append(f"{answer.peak} MiB of memory")
    return found


def look(folder, leave_out=()):
    """Files and folders with sizes, times and numbers: equal if nothing was written."""
    found, pending = {}, [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.path in leave_out:
                    continue
                state = entry.stat(follow_symlinks=False)
                is_folder = entry.is_dir(follow_symlinks=False)
                found[entry.path] = (state.st_ino, 0 if is_folder else state.st_size, 0 if is_folder else state.st_mtime_ns)
                if is_folder:
                    pending.append(entry.path)
    return found


def contents(folder, plain=lambda name, data: data):
    """Digests of all files by name."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                data = plain(name, file.read())
            found[os.path.relpath(path, folder)] = hashlib.sha256(data).hexdigest()
    return found


def differences(one, other):
    names = [name for name in sorted(set(one) | set(other)) if one.get(name) != other.get(name)]
    return [name + (" is missing" if name not in other else " is new" if name not in one else " differs")
            for name in names]


class Failures:
    """What failed, each in a folder with all that is needed to see it again."""

    def __init__(self, folder):
        self.folder, self.found, self.lock = folder, [], threading.Lock()

    def add(self, phase, what, reasons, arguments=None, folder=None, answer=None, inputs=(), before=""):
        """
        inputs: pairs of a file and where it belongs in the folder that the command runs in; before: lines of shell
        that come before the command.
        """
        with self.lock:
            number = len(self.found) + 1
            self.found.append((phase, what, reasons))
        place = os.path.join(self.folder, f"{number:03d}-{phase}")
        os.makedirs(place, exist_ok=True)
        lines = ["#!/bin/sh", f"# {what}: {'; '.join(reasons)}".replace("\n", " "), "set -u"]
        if folder:
            lines += ["work=$(mktemp -d)", f"cp -a {shlex.quote(folder)}/. \"$work\"", 'cd "$work"']
        for number, (file, name) in enumerate(inputs):
            kept = os.path.join(place, f"input-{number}-{os.path.basename(name)}")
            if os.path.exists(file):
                shutil.copyfile(file, kept)
                lines.append(f"cp {shlex.quote(kept)} {shlex.quote(name)}")
        if before:
            lines.append(before)
        if arguments:
            lines.append("OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 " + shlex.join(map(str, arguments)))
        with open(os.path.join(place, "again"), "w") as script:
            script.write("\n".join(lines) + "\n")
        os.chmod(os.path.join(place, "again"), 0o755)
        if answer:
            for name, data in [("stdout", answer.out), ("stderr", answer.err)]:
                with open(os.path.join(place, name), "wb") as file:
                    file.write(data)
        print(f"FAILED {phase}: {what}: {'; '.join(reasons)} ({place})", flush=True)


def limited(file_size=None, memory=None, signals=(), closed=()):
    """What a process is to do before it becomes the command."""

    def before():
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        for descriptor in closed:
            os.close(descriptor)

    return before
