"""Runs one command, and tells what it spent."""
import os
import shutil
import subprocess
import sys
import time


class Task:
    """A command that writes `output` (a file or a folder, removed before each run)."""

    def __init__(self, name, who, command, output=None, input=None):
        self.name, self.who, self.command = name, who, command
        self.output, self.input = output, input

    def clear(self):
        if self.output is not None and os.path.isdir(self.output):
            shutil.rmtree(self.output)
        elif self.output is not None and os.path.exists(self.output):
            os.remove(self.output)

    def size(self):
        """MiB on disk of the output, None without one."""
        if self.output is None or not os.path.exists(self.output):
            return None
        if os.path.isfile(self.output):
            return os.path.getsize(self.output) / 2**20
        return sum(os.path.getsize(os.path.join(folder, name))
                   for folder, _, names in os.walk(self.output) for name in names) / 2**20


class Spent:
    """Seconds on the clock, as the program tells of its own task (None if it does not), of
    processor; MiB resident at the peak."""

    def __init__(self, seconds, inner, cpu, peak):
        self.seconds, self.inner, self.cpu, self.peak = seconds, inner, cpu, peak


def told(text):
    try:
        return float(text.split()[-1])
    except (IndexError, ValueError):
        return None


def spend(task, threads, fatal=True):
    """Runs the task on the first `threads` processors (0: all). None when it failed."""
    task.clear()

    def keep_to():
        if threads > 0:
            allowed = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, allowed[:threads])

    start = time.perf_counter()
    child = subprocess.Popen(task.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             preexec_fn=keep_to)
    said = child.stdout.read()
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    child.stderr.close()
    if child.returncode != 0:
        words = f"{' '.join(task.command)}\nfailed:\n{complaint.decode(errors='replace')}"
        if fatal:
            sys.exit(words)
        if task.name:
            print(words, file=sys.stderr)
        return None
    inner = told(said.decode(errors="replace")) if task.who != "irminon" else None
    return Spent(seconds, inner, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
