"""Parts of Theil's index between the EPCI of a département, from the published files alone.

    python3 theil.py DATA 31 43
prints, for each département, the index of unemployment rates between communes, its part
within EPCI, its part between, and the share of that part, in %. The parts are added up each by
its own formula (Theil 1967; Shorrocks 1980), so that they check each other. Communes of the
comparateur of 2018 (geography of 2021) that are in the membership table of 2022.
"""
import csv
import gzip
import math
import sys

data, departments = sys.argv[1], sys.argv[2:]
zones = {}
path = data + "/4-cog/table-appartenance-geo-communes-22_COM.csv.gz"
with gzip.open(path, "rt", encoding="utf-8-sig") as file:
    lines = file.read().splitlines()
start = next(i for i, line in enumerate(lines) if line.startswith("CODGEO"))
delimiter = ";" if ";" in lines[start] else ","
for row in csv.DictReader(lines[start:], delimiter=delimiter):
    zones[row["CODGEO"]] = row["EPCI"]
places = {d: [] for d in departments}
path = data + "/1-rp-communes/base_cc_comparateur.CSV.gz"
with gzip.open(path, "rt") as file:
    for row in csv.DictReader(file, delimiter=";"):
        department = row["CODGEO"][: 3 if row["CODGEO"] > "97" else 2]
        if department in places and float(row["P18_ACT1564"] or 0) > 0:
            active = float(row["P18_ACT1564"])
            places[department].append(
                (float(row["P18_CHOM1564"]), active, zones[row["CODGEO"]])
            )


def index(parts):
    """Of (amount, weight) pairs: the sum of shares times the log of relative means."""
    amount, weight = (math.fsum(p[i] for p in parts) for i in (0, 1))
    return math.fsum(
        a / amount * math.log(a / w * weight / amount) for a, w in parts if a > 0
    )


for department in departments:
    groups = {}
    for unemployed, active, zone in places[department]:
        groups.setdefault(zone, []).append((unemployed, active))
    everyone = [p for group in groups.values() for p in group]
    amount = math.fsum(a for a, _ in everyone)
    sums = {z: tuple(math.fsum(c) for c in zip(*g)) for z, g in groups.items()}
    between = index(list(sums.values()))
    within = math.fsum(
        sums[z][0] / amount * index(g) for z, g in groups.items() if sums[z][0] > 0
    )
    print(department, repr(index(everyone)), repr(within), repr(between),
          repr(100 * between / index(everyone)))
