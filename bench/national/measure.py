"""Measures ingest and tabulation beside DuckDB, polars, data.table and pandas.

usage: measure.py [--rows N] [--runs N] [--threads N] [--quick] [--tasks A,B] [--grow M,M]

Standard library only. Runs alternate, so that what slows the machine slows all alike;
bench/README.md tells how to read the result.
"""
import argparse
import csv
import os
import shutil
import statistics
import sys

import agree
from spend import Task, spend

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build", "release")
WORK = os.path.join(ROOT, "build", "bench")
PROGRAM = os.path.join(BUILD, "irminon")
TOWN = "43001"
FIELDS = ("task", "who", "rows", "threads", "runs", "seconds", "fastest", "slowest",
          "inner_seconds", "cpu_seconds", "peak_mib", "size_mib", "ratio", "inner_ratio",
          "cpu_ratio")
KINDS = {
    "migcom": ("FD_MIGCOM_2019.csv", "detail-migcom@2019"),
    "indcvi": ("FD_INDCVI_2019.csv", None),
    "logemt": ("FD_LOGEMT_2019.csv", None),
    "cube": ("DS_RP_TD_POPULATION_AGESEX_PRINC_2023_data.csv", None),
}
PEERS = {
    "duckdb": (["node", f"{HERE}/peers/duckdb.mjs"], "node_modules/@duckdb/node-api"),
    "polars": (["node", f"{HERE}/peers/polars.cjs"], "node_modules/nodejs-polars"),
    "data.table": (["Rscript", f"{HERE}/peers/datatable.R"], None),
    "pandas": (["/usr/bin/python3", f"{HERE}/peers/pandas_peer.py"], None),
}


class Bench:
    """The files of one size, what each program keeps of them, and the tasks over them."""

    def __init__(self, rows, threads, peers, lean):
        self.rows, self.threads, self.peers = rows, threads, peers
        self.lean = lean  # of the peers, only those that keep Parquet
        self.folder = os.path.join(WORK, "data")
        os.makedirs(self.folder, exist_ok=True)

    def at(self, name):
        return os.path.join(self.folder, name)

    def source(self, kind):
        path = self.at(KINDS[kind][0])
        done = path + ".rows"
        wanted = f"{self.rows if kind != 'cube' else 'all'}"
        if not (os.path.exists(done) and open(done).read() == wanted):
            command = [f"{BUILD}/bench_generate", kind, "-o", path]
            spend(Task("", "", command + (["--rows", wanted] if kind != "cube" else [])), 0)
            with open(done, "w") as mark:
                mark.write(wanted)
        return path

    def ours(self, *words):
        return [PROGRAM, words[0], "--quiet", "--threads", str(self.threads), *words[1:]]

    def peer(self, who, task, source, output):
        return PEERS[who][0] + [task, str(self.threads), source, output, TOWN]

    def ingest(self, kind):
        source, store = self.source(kind), self.at(f"{kind}-store")
        yield Task(f"ingest {kind}", "irminon", self.ours("ingest", store, source),
                   output=store, input=source)
        kept = [("duckdb", "parquet", "parquet"), ("polars", "parquet", "polars.parquet"),
                ("duckdb", "database", "duckdb"), ("data.table", "read", None),
                ("pandas", "read", None)]
        for who, what, extension in kept:
            heavy = who == "pandas" and (self.rows > 2000000 or kind != "migcom")
            left_out = self.lean and what != "parquet"
            if who in self.peers and not heavy and not left_out:
                output = self.at(f"{kind}.{extension}") if extension else None
                yield Task(f"ingest {kind}", f"{who}, {what}",
                           self.peer(who, what, source, output or "-"), output=output,
                           input=source)

    def queries(self):
        """Tabulations of the MIGCOM file, as each has kept it. Those of one task agree."""
        store, table = self.at("migcom-store"), KINDS["migcom"][1]
        words = {
            "tabulate": ["--by", "COMMUNE,SEXE,AGED", "--weight", "IPONDI"],
            "pyramid": ["--by", "SEXE,AGED", "--weight", "IPONDI"],
            "commune": ["--by", "SEXE,AGED", "--weight", "IPONDI",
                        "--where", f"COMMUNE = {TOWN}"],
            "describe": [],
        }
        for task, options in words.items():
            output = self.at(f"{task}.csv")
            verb = "describe" if task == "describe" else "tabulate"
            yield Task(task, "irminon",
                       self.ours(verb, store, table, *options, "-o", output), output=output)
            for who, what, source in (("duckdb", "parquet", "migcom.parquet"),
                                      ("duckdb", "database", "migcom.duckdb"),
                                      ("polars", "parquet", "migcom.polars.parquet"),
                                      ("data.table", "csv", KINDS["migcom"][0]),
                                      ("pandas", "csv", KINDS["migcom"][0])):
                lacks = (who == "polars" and task == "describe") or \
                    (what == "csv" and task != "tabulate") or \
                    (who == "pandas" and self.rows > 2000000) or \
                    (self.lean and what != "parquet")
                if who in self.peers and not lacks:
                    output = self.at(f"{task}.{who}.{what}.csv")
                    yield Task(task, f"{who}, {what}",
                               self.peer(who, f"{task}-{what}", self.at(source), output),
                               output=output)


def there():
    """The peers that can run here."""
    found = []
    for who, (command, folder) in PEERS.items():
        if folder is not None:
            ready = os.path.isdir(os.path.join(WORK, "peers", folder))
        else:
            check = ["Rscript", "-e", "library(data.table)"] if who == "data.table" else \
                ["/usr/bin/python3", "-c", "import pandas"]
            ready = shutil.which(check[0]) and \
                spend(Task("", "", check), 0, fatal=False) is not None
        if ready and shutil.which(command[0]):
            found.append(who)
    return found


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text:60}", end="\r" if text == "" else "", file=sys.stderr, flush=True)


def measure(tasks, runs, threads):
    """Medians over alternated runs, a row a task."""
    taken = {task: [] for task in tasks}
    for run in range(runs):
        for task in list(taken):
            progress(f"{run + 1}/{runs} {task.name}: {task.who}")
            spent = spend(task, threads, fatal=task.who == "irminon")
            if spent is None:
                del taken[task]
            else:
                taken[task].append(spent)
    progress("")
    return [summary(task, spent, threads) for task, spent in taken.items()]


def summary(task, spent, threads):
    def median(what):
        known = [getattr(each, what) for each in spent if getattr(each, what) is not None]
        return statistics.median(known) if known else None
    seconds = [each.seconds for each in spent]
    return {"task": task.name, "who": task.who, "threads": threads, "runs": len(spent),
            "seconds": median("seconds"), "fastest": min(seconds), "slowest": max(seconds),
            "inner_seconds": median("inner"), "cpu_seconds": median("cpu"),
            "peak_mib": median("peak"), "size_mib": task.size()}


def compare(rows):
    """Fills the ratios: a peer's time over ours for the same task."""
    for row in rows:
        ours = next((each for each in rows if each["task"] == row["task"] and
                     each["who"] == "irminon" and each["threads"] == row["threads"] and
                     each["rows"] == row["rows"]), None)
        if ours is not None and row is not ours:
            row["ratio"] = row["seconds"] / ours["seconds"]
            row["cpu_ratio"] = row["cpu_seconds"] / ours["cpu_seconds"]
            if row["inner_seconds"] is not None:
                row["inner_ratio"] = row["inner_seconds"] / ours["seconds"]


def save(rows, path):
    compare(rows)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for row in rows:
            writer.writerow({name: f"{row[name]:.4g}" if isinstance(row.get(name), float)
                             else row.get(name) for name in FIELDS})


def show(rows):
    columns = ("seconds", "fastest", "slowest", "inner_seconds", "cpu_seconds", "peak_mib",
               "size_mib", "ratio", "inner_ratio", "cpu_ratio")
    print("| task | who | rows | threads | " + " | ".join(columns) + " |")
    print("| --- | --- " + "| --: " * (len(columns) + 2) + "|")
    for row in rows:
        cells = [f"{row[name]:.3g}" if row.get(name, None) is not None and row[name] < 1000
                 else f"{row[name]:.0f}" if row.get(name) is not None else ""
                 for name in columns]
        print(f"| {row['task']} | {row['who']} | {row['rows']} | {row['threads']} | "
              + " | ".join(cells) + " |")


def run_size(bench, wanted, runs):
    """Everything at one size and number of threads."""
    rows = []
    for kind in KINDS:
        if f"ingest-{kind}" in wanted or (kind == "migcom" and wanted & agree.QUERIES):
            # Whoever only queries has to keep the file once all the same.
            n_runs = runs if f"ingest-{kind}" in wanted else 1
            rows += measure(list(bench.ingest(kind)), n_runs, bench.threads)
            if kind != "migcom":
                forget(bench, kind)
    tasks = [task for task in bench.queries() if task.name in wanted]
    rows += measure(tasks, max(runs, 5), bench.threads)
    for row in rows:
        row["rows"] = bench.rows if row["task"] != "ingest cube" else "all"
    return rows, agree.check(tasks)


def forget(bench, kind):
    for name in os.listdir(bench.folder):
        if name.startswith((kind + "-", kind + ".", KINDS[kind][0])):
            path = bench.at(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def main():
    every = [f"ingest-{kind}" for kind in KINDS] + sorted(agree.QUERIES)
    parser = argparse.ArgumentParser(prog="bench/national/run")
    parser.add_argument("--rows", type=int, default=1000000, help="of a detail file")
    parser.add_argument("--runs", type=int, default=3, help="of each task, alternated")
    parser.add_argument("--threads", default="2", help="a number, or several: 1,2")
    parser.add_argument("--quick", action="store_true",
                        help="100,000 rows, one run, the MIGCOM file only")
    parser.add_argument("--tasks", help="some of: " + ",".join(every))
    parser.add_argument("--peers", help="some of: " + ",".join(PEERS) + ", or none")
    parser.add_argument("--grow", help="millions of rows, as 1,2,5,10: how cost grows, beside Parquet")
    parser.add_argument("--keep", action="store_true", help="keep the files")
    options = parser.parse_args()
    if options.quick:
        options.rows, options.runs = 100000, 1
    migcom_only = options.quick or options.grow
    wanted = set(options.tasks.split(",") if options.tasks else
                 [task for task in every if not migcom_only or
                  task in ("ingest-migcom", *agree.QUERIES)])
    if not wanted <= set(every):
        parser.error("--tasks is some of: " + ",".join(every))
    os.makedirs(WORK, exist_ok=True)
    os.environ["BENCH_PEERS"] = os.path.join(WORK, "peers")
    peers = there()
    if options.peers:
        peers = [who for who in peers if who in options.peers.split(",")]
    print("Beside:", ", ".join(peers) or "no peer", file=sys.stderr)
    sizes = [int(float(size) * 1e6) for size in options.grow.split(",")] if options.grow \
        else [options.rows]
    rows, faults = [], []
    for size in sizes:
        for threads in map(int, options.threads.split(",")):
            more, wrong = run_size(Bench(size, threads, peers, bool(options.grow)), wanted, options.runs)
            rows += more
            faults += wrong
            save(rows, os.path.join(WORK, "growth.csv" if options.grow else "national.csv"))
    show(rows)
    if not options.keep:
        shutil.rmtree(os.path.join(WORK, "data"))
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
