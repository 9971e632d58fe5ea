#!/usr/bin/env python3
"""Indicators of every EPCI, computed from the published files without Irminon.

usage: epci_reference.py COMPARATEUR.CSV.gz EPCI.csv.gz

Reads the comparateur de territoires (RP 2018, geography of 1 January 2021) and the
composition of EPCI of the same year, adds communes up, and writes one CSV line an EPCI on
standard output, in the order of their codes. A value is empty where one of the communes is
not in the file or has a blank cell. Standard library only.
"""

import csv
import gzip
import math
import sys


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def number(text):
    return float(text) if text.strip() else None


def ratio(numerator, denominator, scale):
    if numerator is None or denominator is None or denominator == 0:
        return None
    return scale * numerator / denominator


def yearly(new, old, years):
    if new is None or old is None or old == 0:
        return None
    return 100 * (math.pow(new / old, 1 / years) - 1)


def part_of_growth(growth, part, change, before, years):
    """The share of an annual growth rate that is due to a part of the change."""
    if growth is None or part is None:
        return None
    return growth * part / change if change else 100 * part / before / years


def less(a, b):
    return None if a is None or b is None else a - b


def indicators(sums):
    def get(name):
        return sums[name]

    years = 5
    population, before = get("P18_POP"), get("P13_POP")
    change = less(population, before)
    growth = yearly(population, before, years)
    natural = less(get("NAIS1318"), get("DECE1318"))
    balance = part_of_growth(growth, natural, change, before, years)
    middle = None if change is None else (population + before) / 2
    births = ratio(get("NAIS1318"), years, 1)
    deaths = ratio(get("DECE1318"), years, 1)
    return {
        "population": population,
        "area": get("SUPERF"),
        "density": ratio(population, get("SUPERF"), 1),
        "population_growth": growth,
        "natural_balance": balance,
        "apparent_migration": less(growth, balance),
        "birth_rate": ratio(births, middle, 1000),
        "death_rate": ratio(deaths, middle, 1000),
        "households": get("P18_MEN"),
        "births": get("NAISD20"),
        "activity_rate": ratio(get("P18_ACT1564"), get("P18_POP1564"), 100),
        "employment_rate": ratio(
            less(get("P18_ACT1564"), get("P18_CHOM1564")), get("P18_POP1564"), 100
        ),
        "census_unemployment_rate": ratio(get("P18_CHOM1564"), get("P18_ACT1564"), 100),
        "jobs": get("P18_EMPLT"),
        "jobs_growth": yearly(get("P18_EMPLT"), get("P13_EMPLT"), years),
        "salaried_jobs": ratio(get("P18_EMPLT_SAL"), get("P18_EMPLT"), 100),
        "establishments_per_1000": ratio(get("ETTOT18"), population, 1000),
        "dwellings": get("P18_LOG"),
        "dwelling_vacancy": ratio(get("P18_LOGVAC"), get("P18_LOG"), 100),
        "second_homes": ratio(get("P18_RSECOCC"), get("P18_LOG"), 100),
        "main_residences": ratio(get("P18_RP"), get("P18_LOG"), 100),
        "home_owners": ratio(get("P18_RP_PROP"), get("P18_RP"), 100),
    }


def dissimilarity(communes, members, a, of):
    """Of those who are `a` and the others of `of`, between communes, in percent."""
    pairs = [(communes[code][a], communes[code][of]) for code in members if code in communes]
    if len(pairs) < len(members) or any(None in pair for pair in pairs):
        return None
    ours, others = [x for x, y in pairs], [y - x for x, y in pairs]
    if not sum(ours) or not sum(others):
        return None
    parts = zip(ours, others)
    return 50 * math.fsum(abs(x / math.fsum(ours) - y / math.fsum(others)) for x, y in parts)


def contrasts(communes, members, sums):
    sectors = [sums[name] for name in ("ETAZ18", "ETBE18", "ETFZ18", "ETGU18", "ETOQ18")]
    whole = None if None in sectors else math.fsum(sectors)
    shares = [value / whole for value in sectors] if whole else []
    return {
        "owners_tenants_dissimilarity": dissimilarity(
            communes, members, "P18_RP_PROP", "P18_RP"
        ),
        "unemployed_dissimilarity": dissimilarity(
            communes, members, "P18_CHOM1564", "P18_ACT1564"
        ),
        "sector_diversity": (
            -100 * math.fsum(p * math.log(p) for p in shares if p) / math.log(5)
            if shares
            else None
        ),
    }


def add_up(communes, members, column):
    values = [communes[code][column] if code in communes else None for code in members]
    return None if None in values else math.fsum(values)


def main(comparateur, composition):
    communes = {}
    for row in rows(comparateur):
        code = row.pop("CODGEO")
        communes[code] = {name: number(text) for name, text in row.items()}
    columns = list(next(iter(communes.values())))
    epci = {}
    for row in rows(composition):
        if row["EPCI"] != "ZZZZZZZZZ":  # communes of none
            epci.setdefault(row["EPCI"], []).append(row["COM"].zfill(5))
    example = dict.fromkeys(columns, 1.0)
    names = list(indicators(example)) + list(contrasts({}, [], example))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["territory", "communes"] + names)
    for code in sorted(epci):
        sums = {name: add_up(communes, epci[code], name) for name in columns}
        values = {**indicators(sums), **contrasts(communes, epci[code], sums)}
        cells = ["" if values[n] is None else repr(values[n]) for n in names]
        out.writerow([code, len(epci[code])] + cells)


if __name__ == "__main__":
    main(*sys.argv[1:])
