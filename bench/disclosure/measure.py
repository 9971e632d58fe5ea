"""Measures `irminon protect` as a table grows to the nation; README.md tells how to read it.

usage: measure.py [--rows 1000,2000,...] [--threshold N] [--zonings dep,epci]
                  [--threads N] [--results FILE]

Standard library only.
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(ROOT, "build", "release", "irminon")
OPTIMUM = os.path.join(ROOT, "build", "release", "bench_optimum")


def spend(command):
    """Seconds on the clock, seconds of processor, MiB at the peak."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}\nfailed:\n{said.decode(errors='replace')}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def counts(work):
    """Cells, sensitive cells, hidden ones, margins among them, exact intervals."""
    with open(os.path.join(work, "out.csv"), newline="") as file:
        cells = sum(1 for _ in csv.DictReader(file))
    sensitive = hidden = margins = exact = 0
    with open(os.path.join(work, "out.audit.csv"), newline="") as file:
        for row in csv.DictReader(file):
            if row["protected"] != "yes":
                sys.exit(f"not protected: {row}")
            hidden += 1
            sensitive += row["rule"] != "secondary"
            margins += row["level"] != "commune"
            exact += (row["lower"], row["upper"]) == (row["least"], row["most"])
    return cells, sensitive, hidden, margins, exact


def measure(arguments, rows, work, write):
    table = os.path.join(work, "in.csv")
    with open(table, "wb") as file:
        subprocess.run([sys.executable, os.path.join(HERE, "generate.py"), arguments.data,
                        str(rows)], stdout=file, check=True)
    command = [PROGRAM, "protect", table, "--by", "commune,family", "--value", "n",
               "--threshold", arguments.threshold, "--zonings", arguments.zonings, "--audit",
               "--threads", arguments.threads, "-q", "-o", os.path.join(work, "out.csv")]
    seconds, processor, peak = spend(command)
    cells, sensitive, hidden, margins, exact = counts(work)
    with open(table, "rb") as file:
        communes = (sum(1 for _ in file) - 1) // 4
    write([communes, cells, f"{100 * sensitive / cells:.1f}", f"{100 * hidden / cells:.1f}",
           margins, f"{100 * exact / hidden:.1f}", f"{seconds:.2f}", f"{processor:.2f}",
           f"{peak:.0f}"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="1000,2000,4000,8000,16000,40000")
    parser.add_argument("--threshold", default="5")
    parser.add_argument("--zonings", default="dep,epci")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--data", default=os.environ.get("IRMINON_REAL_DATA") or os.path.join(
        os.path.dirname(ROOT), "shared", "data"))
    parser.add_argument("--results", default="-")
    arguments = parser.parse_args()
    out = sys.stdout if arguments.results == "-" else open(arguments.results, "w")
    write = csv.writer(out, lineterminator="\n").writerow
    write(["communes", "cells", "sensitive_percent", "hidden_percent", "margins_hidden",
           "exact_percent", "seconds", "cpu_seconds", "peak_mib"])
    with tempfile.TemporaryDirectory() as work:
        for rows in arguments.rows.split(","):
            measure(arguments, int(rows), work, write)
            out.flush()
    if os.path.exists(OPTIMUM):
        subprocess.run([OPTIMUM, "200"], check=True)


if __name__ == "__main__":
    main()
