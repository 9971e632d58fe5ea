#!/usr/bin/env python3
"""Times a whole typology, from a CSV to its page, against the number of units.

    bench/typology/whole.py PROGRAM [N ...]

Units are drawn around twelve centres in twelve correlated variables (fixed seed). For each
N: seconds elapsed, seconds of processor and peak memory of `irminon typology`, figures and
page included, with and without bootstrap draws.
"""
import os
import random
import resource
import subprocess
import sys
import tempfile
import time


def write_units(path, n):
    draw = random.Random(825)
    centres = [[draw.gauss(0, 1) for _ in range(12)] for _ in range(12)]
    with open(path, "w", encoding="ascii") as out:
        out.write("id," + ",".join(f"v{j}" for j in range(12)) + "\n")
        for i in range(n):
            centre = centres[draw.randrange(12)]
            common = draw.gauss(0, 1)
            values = (c + 0.5 * common + draw.gauss(0, 1) for c in centre)
            out.write(f"u{i}," + ",".join(f"{v:.6f}" for v in values) + "\n")


def run(program, folder, path, draws):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    command = [program, "typology", path, "-q", "--id", "id", "--variables",
               ",".join(f"v{j}" for j in range(12)), "-o", os.path.join(folder, "out")]
    subprocess.run(command + draws, check=True)
    elapsed = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return elapsed, cpu, after.ru_maxrss / 1024


def main():
    program = sys.argv[1]
    sizes = [int(n) for n in sys.argv[2:]] or [1000, 3000, 10000, 35000, 100000]
    print("| units | draws | elapsed, s | processor, s | peak so far, MB |")
    print("| ---: | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "units.csv")
        for n in sizes:
            write_units(path, n)
            for name, draws in (("none", ["--stability", "0"]), ("default", [])):
                elapsed, cpu, peak = run(program, folder, path, draws)
                print(f"| {n:,} | {name} | {elapsed:.2f} | {cpu:.2f} | {peak:.0f} |",
                      flush=True)


main()
