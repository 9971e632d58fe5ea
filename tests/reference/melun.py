"""Weighted dwellings of Melun in each vintage, the lines of tests/reference/melun.csv:
exact sums, by Python's decimal module, of vacant dwellings, second homes, main residences,
their owners, their tenants of social housing, houses, and persons of main residences.
Usage: melun.py FOLDER > melun.csv (FOLDER holds the melun_*.csv.gz)."""
import csv, gzip, sys
from decimal import Decimal

for year in range(2010, 2022):
    with gzip.open(f"{sys.argv[1]}/melun_{year}.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for row in rows:
        row["w"] = Decimal(row["IPONDL"].replace(",", "."))
    homes = [row for row in rows if row["CATL"] == "1"]
    total = lambda some: sum(row["w"] for row in some)
    figures = [
        total(r for r in rows if r["CATL"] == "4"),
        total(r for r in rows if r["CATL"] in "23"),
        total(homes),
        total(r for r in homes if r["STOCD"] == "10"),
        total(r for r in homes if r["STOCD"] == "22"),
        total(r for r in rows if r["TYPL"] == "1"),
        sum(r["w"] * int(r["INPER"]) for r in homes),
    ]
    print(f"{year}," + ",".join(f"{value:.8f}" for value in figures))
