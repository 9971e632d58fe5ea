"""Writes a table of beneficiaries by commune and family type, of national size.

usage: generate.py DATA ROWS [--wide] > FILE.csv

DATA holds the published files (4-cog, 1-rp-communes): the communes and their zones are real,
the counts are drawn (a fixed seed) from the populations: no one's figures. ROWS communes, by
whole départements in their order as far as it goes. Standard library only.

Long: commune,dep,epci,reg,family,n. --wide: commune,dep,epci,reg,A,AI,AM,ACSSENF,ACAVENF,
as the Cnaf lays it out (A is the sum of the others).
"""
import csv
import gzip
import os
import random
import sys

FAMILIES = (("AI", 0.46), ("AM", 0.15), ("ACSSENF", 0.05), ("ACAVENF", 0.34))


def rows_of(path):
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file, delimiter=";")


def households(draw, mean):
    """A count of that mean: Poisson where it is small, else its normal approximation."""
    if mean > 50:
        return max(0, round(draw.gauss(mean, mean ** 0.5)))
    count, product, floor = 0, draw.random(), 2.718281828459045 ** -mean
    while product > floor:
        count += 1
        product *= draw.random()
    return count


def counts_of(draw, population):
    share = min(0.5, 0.2 * draw.lognormvariate(0, 0.35))
    return [households(draw, population * share * weight * draw.lognormvariate(0, 0.3))
            for _, weight in FAMILIES]


def main():
    data, most = sys.argv[1], int(sys.argv[2])
    wide = "--wide" in sys.argv[3:]
    population = {}
    for row in rows_of(os.path.join(data, "1-rp-communes", "base_cc_comparateur.CSV.gz")):
        population[row["CODGEO"]] = float(row["P18_POP"] or 0)
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    names = [name for name, _ in FAMILIES]
    write(["commune", "dep", "epci", "reg"] + (["A"] + names if wide else ["family", "n"]))
    membership = os.path.join(data, "4-cog", "table-appartenance-geo-communes-22_COM.csv.gz")
    for index, row in enumerate(rows_of(membership)):
        if index == most:
            break
        code = row["CODGEO"]
        counts = counts_of(random.Random(code), population.get(code, 300.0))
        zones = [code, row["DEP"], row["EPCI"], row["REG"]]
        if wide:
            write(zones + [sum(counts)] + counts)
        else:
            for name, count in zip(names, counts):
                write(zones + [name, count])


if __name__ == "__main__":
    main()
