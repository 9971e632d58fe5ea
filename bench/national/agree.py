"""Checks that all who did a task found the same: 1e-9 relative, counts exact."""
import csv
import itertools
import os
import subprocess

QUERIES = {"tabulate", "pyramid", "commune", "describe"}
TOLERANCE = 1e-9


def key(text):
    """A modality however it was read: 042, 42, 42.0."""
    try:
        return str(int(float(text)))
    except ValueError:
        return text


def tidy(path):
    """Lines of keys, then rows and value, sorted: one has to fit in memory at no size."""
    sorted_path = path + ".sorted"
    environment = dict(os.environ, LC_ALL="C")
    with open(path, newline="") as source, open(sorted_path, "wb") as out:
        sort = subprocess.Popen(["sort", "-S", "256M"], stdin=subprocess.PIPE, stdout=out,
                                env=environment)
        reader = csv.reader(source)
        head = next(reader)
        if head[-2:] != ["rows", "value"]:
            raise ValueError(f"{path}: columns {head}, expected …,rows,value")
        for line in reader:
            keys = [key(text) for text in line[:-2]]
            sort.stdin.write((",".join(keys) + f"|{line[-2]}|{line[-1]}\n").encode())
        sort.stdin.close()
        if sort.wait() != 0:
            raise OSError("sort failed")
    return sorted_path


def differ(ours, theirs):
    """The first difference of two tidied files, None when they agree."""
    with open(ours) as a, open(theirs) as b:
        for left, right in itertools.zip_longest(a, b, fillvalue=""):
            if left == "" or right == "":
                return "one has more groups"
            (key_a, rows_a, value_a), (key_b, rows_b, value_b) = \
                left.rstrip().split("|"), right.rstrip().split("|")
            x, y = float(value_a), float(value_b)
            if key_a != key_b or float(rows_a) != float(rows_b) or \
                    abs(x - y) > TOLERANCE * max(abs(x), abs(y)):
                return f"{left.rstrip()} against {right.rstrip()}"
    return None


def described(path):
    """Mean and standard deviation of the weights, as either describes them."""
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if (row.get("column") or row.get("column_name")) == "IPONDI":
                return float(row.get("mean") or row["avg"]), float(row.get("sd") or row["std"])
    raise ValueError(f"{path}: no line for IPONDI")


def near(ours, theirs):
    return all(abs(x - y) <= TOLERANCE * abs(y) for x, y in zip(ours, theirs))


def check(tasks):
    """What does not agree, as sentences."""
    faults = []
    for name in sorted(QUERIES):
        done = [task for task in tasks if task.name == name and os.path.exists(task.output)]
        first = None
        for task in done:
            if name == "describe":
                result = described(task.output)
                wrong = first is not None and not near(first, result) and \
                    f"{first} against {result}"
            else:
                result = tidy(task.output)
                wrong = first is not None and differ(first, result)
            if wrong:
                faults.append(f"{name}: irminon and {task.who} differ: {wrong}")
            first = first if first is not None else result
    return faults
