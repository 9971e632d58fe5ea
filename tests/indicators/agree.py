"""Computes indicators of EPCI from the published files alone, and compares an output of
`irminon indicators --level epci --year 2018` with them.

    python3 agree.py COMPARATEUR.csv.gz MEMBERSHIP.csv.gz MOVEMENTS.csv.gz OUTPUT.csv

Prints the number of figures that agree; exits 1 at the first that does not.
"""

import csv
import gzip
import io
import math
import sys

RATIOS = {
    "dwelling_vacancy": ("P18_LOGVAC", "P18_LOG"),
    "second_homes": ("P18_RSECOCC", "P18_LOG"),
    "home_owners": ("P18_RP_PROP", "P18_RP"),
    "census_unemployment_rate": ("P18_CHOM1564", "P18_ACT1564"),
    "activity_rate": ("P18_ACT1564", "P18_POP1564"),
}
COUNTS = {"population": "P18_POP", "dwellings": "P18_LOG", "jobs": "P18_EMPLT"}


def rows(path, delimiter):
    with gzip.open(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig")
        yield from csv.DictReader(text, delimiter=delimiter)


def successor(code, epci, movements):
    """The commune that `code` is today, through mergers."""
    for _ in range(10):
        if code in epci or code not in movements:
            break
        code = movements[code]
    return code


def sums_by_epci(comparateur, membership, movements):
    epci = {row["CODGEO"]: row["EPCI"] for row in rows(membership, ";")}
    merged = {
        row["COM_AV"]: row["COM_AP"]
        for row in rows(movements, ",")
        if row["TYPECOM_AV"] == "COM" and row["TYPECOM_AP"] == "COM"
        and row["COM_AV"] != row["COM_AP"] and row["DATE_EFF"] >= "2021-01-02"
    }
    columns = set(COUNTS.values()).union(*RATIOS.values())
    sums = {}
    for row in rows(comparateur, ";"):
        code = successor(row["CODGEO"], epci, merged)
        if code not in epci:  # municipal arrondissements, beside their commune
            continue
        parts = sums.setdefault(epci[code], {column: [] for column in columns})
        for column in columns:
            parts[column].append(float(row[column]) if row[column] else math.nan)
    return {
        place: {column: math.fsum(values) for column, values in parts.items()}
        for place, parts in sums.items()
    }


def expected(sums, indicator):
    if indicator in COUNTS:
        return sums[COUNTS[indicator]]
    numerator, denominator = RATIOS[indicator]
    return 100 * sums[numerator] / sums[denominator]


def main(comparateur, membership, movements, output):
    sums = sums_by_epci(comparateur, membership, movements)
    agreed = 0
    with open(output, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            want = expected(sums[row["territory"]], row["indicator"])
            if math.isnan(want):
                good = row["value"] == ""
            else:
                good = row["value"] != "" and math.isclose(
                    float(row["value"]), want, rel_tol=1e-13)
            if not good:
                sys.exit(f"{row['territory']} {row['indicator']}: {row['value']}, not {want}")
            agreed += 1
    print(agreed)


if __name__ == "__main__":
    main(*sys.argv[1:])
