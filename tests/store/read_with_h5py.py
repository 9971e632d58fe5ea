"""Reads a table of a store with h5py alone, by docs/store-format.md, and prints it.

    python3 read_with_h5py.py STORE TABLE

One line a column: name, type, cells, marks, markers, rounding, attributes. A test compares
the lines with what was written. Nothing here knows of Irminon's code.
"""

import json
import sys

import h5py


def escape(name):
    out = "".join(
        "%%%02X" % ord(c) if c in "/%" or ord(c) < 32 or ord(c) == 127 else c for c in name
    )
    if out == "":
        return "%00"
    return "%2E" + out[1:] if out[0] == "." else out


def cells(column):
    if isinstance(column, h5py.Dataset):
        return "number", ["%.17g" % v for v in column[:]]
    if "codes" in column:
        assert column.attrs["encoding-type"] == "categorical"
        assert not column.attrs["ordered"]
        labels = column["categories"].asstr()[:]
        return "category", [labels[c] if c >= 0 else "-" for c in column["codes"][:]]
    offsets, data = column["offsets"][:], column["bytes"][:].tobytes()
    return "bytes", [data[a:b].hex() for a, b in zip(offsets[:-1], offsets[1:])]


def markers(column):
    if "marker-text" not in column.attrs:
        return []
    return [
        "%s=%s[%g,%g]" % row
        for row in zip(*(column.attrs["marker-" + k] for k in ("text", "state", "lower", "upper")))
    ]


def main(path, name):
    with h5py.File(path + "/store.h5", "r") as store:
        table = store[escape(name)]
        assert table.attrs["format"] == "irminon-table"
        schema = json.loads(table["schema"].asstr()[0])
        assert schema["name"] == table.attrs["name"] == name
        assert schema["rows"] == table.attrs["rows"]
        print(name, table.attrs["rows"], table.attrs["title_fr"], sep="|")
        order = list(table["column-order"].asstr()[:])
        assert order == [c["name"] for c in schema["columns"]]
        for column, told in zip(order, schema["columns"]):
            node = table["columns"][escape(column)]
            kind, values = cells(node)
            assert kind == told["type"]
            key = escape(column)
            marks = table["marks"][key][:] if key in table["marks"] else []
            rounding = [node.attrs[k] for k in ("round-below", "round-above") if k in node.attrs]
            for attribute, value in told.get("attributes", {}).items():
                assert node.attrs[attribute] == value
            print(
                column,
                kind,
                getattr(node, "dtype", ""),
                ",".join(values),
                ",".join(str(m) for m in marks),
                ",".join(markers(node)),
                ",".join("%g" % r for r in rounding),
                node.attrs.get("label_fr", ""),
                sep="|",
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
