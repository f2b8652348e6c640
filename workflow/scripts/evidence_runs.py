"""Runs some of the random scenarios and writes a row about each.

evidence_runs.py PROGRAM FIRST COUNT TABLE
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from evidence_judge import judge
from evidence_scenarios import DURATION, describe


def value_of(options, name):
    found = [each.split("=", 1)[1] for each in options if each.startswith(f"--{name}=")]
    return int(found[0]) if found else None


def run(program, number):
    scenario = describe(number)
    options = scenario["options"]
    nodes = value_of(options, "nodes")
    voters = value_of(options, "voters") or nodes
    shrinks = any(each.startswith("--operation=remove") for each in options)
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--quiet", "--raft-trace", f"--out={folder}", *options]
        subprocess.run(command, check=True)
        fewest = 1 if shrinks else voters // 2 + 1
        result = judge(folder, nodes, voters, fewest, DURATION)
    return {"scenario": number, "kind": scenario["kind"], "nodes": nodes, **result}


def main(program, first, count, table):
    rows = [run(program, number) for number in range(int(first), int(first) + int(count))]
    with open(table, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
