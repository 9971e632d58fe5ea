"""A comparateur and a table of membership of national size, from those of the sample:
its communes again and again, under other codes. Usage: national.py SAMPLE OUT"""
import csv
import os
import sys

DEPARTMENTS = [f"{n:02d}" for n in range(1, 96)
               if n not in (13, 20, 75)]  # whose arrondissements have codes of this form
COMMUNES, EPCI_SIZE = 378, 28


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if ";" in file.readline() else ","
        file.seek(0)
        rows = list(csv.reader(file, delimiter=delimiter))
    return delimiter, rows[0], rows[1:]


def write(folder, name, delimiter, header, rows):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def numbers():
    for d, department in enumerate(DEPARTMENTS):
        for i in range(COMMUNES):
            yield department, f"{department}{i + 1:03d}", d * COMMUNES + i


def main(sample, out):
    os.makedirs(out, exist_ok=True)
    name = "base_cc_comparateur.CSV"
    delimiter, header, rows = read(sample, name)
    write(out, name, delimiter, header,
          ([code] + rows[n % len(rows)][1:] for _, code, n in numbers()))
    name = "table-appartenance-geo-communes-22_COM.csv"
    delimiter, header, rows = read(sample, name)
    places = []
    for department, code, n in numbers():
        row = dict(zip(header, rows[n % len(rows)]))
        row.update(CODGEO=code, LIBGEO=f"Commune {n}", DEP=department,
                   EPCI=f"{200100000 + n // EPCI_SIZE}")
        places.append([row[h] for h in header])
    write(out, name, delimiter, header, places)


if __name__ == "__main__":
    main(*sys.argv[1:])
