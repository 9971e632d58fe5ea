"""pandas_peer.py TASK THREADS INPUT OUTPUT [COMMUNE]: as duckdb.mjs, in pandas (one thread)."""
import sys
import time

import pandas

task, _, source, output = sys.argv[1:5]
TEXT = ("COMMUNE", "CANTVILLE", "DCRAN", "DEPT", "ARM", "IRIS", "TRIRIS", "SANI", "GEO")
start = time.perf_counter()
if task == "read":
    types = {name: str for name in TEXT}
    pandas.read_csv(source, sep=";", dtype=types, low_memory=False)
elif task == "tabulate-csv":
    columns = ["COMMUNE", "SEXE", "AGED", "IPONDI"]
    rows = pandas.read_csv(source, sep=";", usecols=columns, dtype={"COMMUNE": str})
    groups = rows.groupby(columns[:3])["IPONDI"].agg(["size", "sum"]).reset_index()
    groups.columns = columns[:3] + ["rows", "value"]
    groups.to_csv(output, index=False)
print(f"{time.perf_counter() - start:.6f}")
