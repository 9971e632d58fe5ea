"""Measures Irminon and its peers; bench/README.md tells how to read the result.

usage: measure.py [--runs N] [--keep]

Standard library only. Runs alternate, so that what slows the machine slows all alike.
"""
import argparse
import csv
import glob
import io
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.join(ROOT, "build", "release")
PROGRAM = os.path.join(BUILD, "irminon")
SHARED = "population,density,population_growth,birth_rate,activity_rate," \
    "census_unemployment_rate,jobs,dwellings,dwelling_vacancy,second_homes,home_owners"


def spend(command):
    """Seconds on the clock, seconds of processor, MiB at the peak."""
    start = time.perf_counter()
    with open(os.devnull, "wb") as sink:
        child = subprocess.Popen(command, stdout=sink, stderr=subprocess.PIPE)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}\nfailed:\n{said.decode(errors='replace')}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def quiet(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def rscript_has_data_table():
    return shutil.which("Rscript") is not None and subprocess.run(
        ["Rscript", "-e", "library(data.table)"], capture_output=True).returncode == 0


def pandas_there():
    return subprocess.run(["/usr/bin/python3", "-c", "import pandas"],
                          capture_output=True).returncode == 0


class Files:
    """The files measured: the published ones where they are, else a blown-up sample."""

    def __init__(self, work):
        data = os.environ.get("IRMINON_REAL_DATA") or \
            os.path.join(os.path.dirname(ROOT), "shared", "data")
        self.real = os.path.isdir(data)
        self.layer, self.movements, others = None, "-", []
        if self.real:
            self.comparateur = f"{data}/1-rp-communes/base_cc_comparateur.CSV.gz"
            self.membership = f"{data}/4-cog/table-appartenance-geo-communes-22_COM.csv.gz"
            self.movements = f"{data}/4-cog/v_mvtcommune_2023.csv.gz"
            self.layer = f"{data}/6-geometries/COMMUNES_CARTElette_COG2024.geojson.xz"
            for pattern in ("4-cog/v_commune_2023*", "4-cog/v_departement_2023*",
                            "4-cog/region2021*", "5-filosofi-bpe/FILO2019_DISP_*",
                            "5-filosofi-bpe/bpe_ens_2018*", "3-caf/s_ben_com_f*",
                            "3-caf/txcouv*", "7-melodi/*"):
                others += sorted(glob.glob(os.path.join(data, pattern)))
            self.territory = "epci:244301131"
        else:
            quiet(PROGRAM, "sample", "-q", f"{work}/sample")
            quiet(sys.executable, f"{HERE}/national.py", f"{work}/sample", f"{work}/nation")
            self.comparateur = f"{work}/nation/base_cc_comparateur.CSV"
            self.membership = f"{work}/nation/table-appartenance-geo-communes-22_COM.csv"
            self.territory = "epci:200100010"
        moves = [self.movements] if self.movements != "-" else []
        self.small = [self.comparateur, self.membership] + moves
        self.all = self.small + others + ([self.layer] if self.layer else [])


def tasks(files, work):
    """(task, who, command) of all that is timed, peers beside what they are peers of."""
    small, store = f"{work}/small", f"{work}/store"
    ours = [PROGRAM, "indicators", small, "-q", "--level", "epci", "--indicator", SHARED]
    out = f"{work}/epci-irminon.csv"
    every = [PROGRAM, "indicators", store, "-q", "--level", "com"]
    scratch = f"{PROGRAM} ingest -q {work}/fresh {' '.join(files.small)} && " \
        f"{PROGRAM} indicators {work}/fresh -q --level epci --indicator {SHARED} -o {out}; " \
        f"status=$?; rm -rf {work}/fresh; exit $status"
    rows = [
        ("ingest, comparateur", "irminon",
         ["sh", "-c", f"rm -rf {work}/one; {PROGRAM} ingest -q {work}/one {files.comparateur}"]),
        ("all indicators, communes, to nothing", "irminon", every + ["-o", "-"]),
        ("all indicators, communes, to a file", "irminon", every + ["-o", f"{work}/com.csv"]),
        ("11 indicators, EPCI, from published files", "irminon", ["sh", "-c", scratch]),
        ("11 indicators, EPCI, from a ready store", "irminon", ours + ["-o", out]),
        ("portrait, page and all", "irminon",
         [PROGRAM, "portrait", store, files.territory, "-q", "-o", f"{work}/portrait"]),
    ]
    if files.layer:
        rows.append(("national map, PNG", "irminon",
                     [PROGRAM, "map", store, "dwelling_vacancy", "-q",
                      "-o", f"{work}/map.png"]))
    sources = [files.comparateur, files.membership, files.movements]
    peers = []
    if pandas_there():
        peers.append(("pandas", ["/usr/bin/python3", f"{HERE}/peers/epci.py"]))
    if rscript_has_data_table():
        peers.append(("data.table", ["Rscript", f"{HERE}/peers/epci.R"]))
    for name, command in peers:
        table, result = f"{work}/{name}.table", f"{work}/epci-{name}.csv"
        quiet(*command, "--save", table, *sources)
        rows.append((rows[3][0], name, command + sources + [result]))
        rows.append((rows[4][0], name, command + ["--ready", table, result]))
    return rows, [name for name, _ in peers]


def ours_by_epci(path):
    values = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            value = float(row["value"]) if row["value"] else math.nan
            values[row["territory"], row["indicator"]] = value
    return values


def agree(work, peer):
    """How many figures agree to 1e-12, how many there are, the worst that does not."""
    ours = ours_by_epci(f"{work}/epci-irminon.csv")
    same = count = 0
    worst = ""
    with open(f"{work}/epci-{peer}.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            epci = row.pop("EPCI")
            for name, text in row.items():
                mine = ours.get((epci, name), math.nan)
                theirs = float(text) if text else math.nan
                count += 1
                unknown = math.isnan(mine) and math.isnan(theirs)
                if unknown or math.isclose(mine, theirs, rel_tol=1e-12, abs_tol=1e-9):
                    same += 1
                else:
                    worst = f"{epci} {name}: {mine!r}, {peer} {theirs!r}"
    return same, count, worst


def portrait_data(store, territory, runs):
    """Milliseconds of each step of the data part (bench_portrait's medians)."""
    text = subprocess.run([f"{BUILD}/bench_portrait", store, territory, str(runs)],
                          check=True, capture_output=True, text=True).stdout
    return {r["step"]: float(r["milliseconds"]) for r in csv.DictReader(io.StringIO(text))}


def measure(rows, runs):
    spent = [[] for _ in rows]
    for run in range(runs + 1):  # the first warms the caches, and is not kept
        for i, (_, _, command) in enumerate(rows):
            one = spend(command)
            if run > 0:
                spent[i].append(one)
    return [[statistics.median(column) for column in zip(*one)] for one in spent]


def report(rows, medians, data):
    base = {task: m[0] for (task, who, _), m in zip(rows, medians) if who == "irminon"}
    lines = [["task", "who", "seconds", "cpu_seconds", "peak_mib", "ratio"]]
    order = sorted(range(len(rows)), key=lambda i: [t for t, _, _ in rows].index(rows[i][0]))
    for i in order:
        (task, who, _), (seconds, cpu, peak) = rows[i], medians[i]
        lines.append([task, who, f"{seconds:.3f}", f"{cpu:.3f}", f"{peak:.0f}",
                      f"{seconds / base[task]:.1f}"])
    for step, milliseconds in data.items():
        lines.append([f"portrait, data part: {step}", "irminon",
                      f"{milliseconds / 1000:.3f}", "", "", ""])
    return lines


def show(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(c.ljust(w) if i < 2 else c.rjust(w)
                        for i, (c, w) in enumerate(zip(line, widths))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    asked = parser.parse_args()
    work = tempfile.mkdtemp(prefix="irminon-bench-")
    try:
        files = Files(work)
        quiet(PROGRAM, "ingest", "-q", f"{work}/store", *files.all)
        quiet(PROGRAM, "ingest", "-q", f"{work}/small", *files.small)
        rows, peers = tasks(files, work)
        medians = measure(rows, asked.runs)
        data = portrait_data(f"{work}/store", files.territory, asked.runs)
        lines = report(rows, medians, data)
        print("On", "published files" if files.real else "the sample, blown up;",
              f"medians of {asked.runs} alternate runs")
        show(lines)
        with open(os.path.join(ROOT, "build", "bench", "results.csv"), "w",
                  encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)
        failed = False
        for peer in peers:
            same, count, worst = agree(work, peer)
            failed = failed or same < count or count == 0
            print(f"{peer}: {same} of {count} figures agree", f"({worst})" if worst else "")
        if not peers:
            print("No peer is installed: bench/run --install")
        return 1 if failed else 0
    finally:
        if not asked.keep:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    os.makedirs(os.path.join(ROOT, "build", "bench"), exist_ok=True)
    sys.exit(main())
