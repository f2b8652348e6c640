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


def run(program, number):
    scenario = describe(number)
    options = scenario["options"]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--quiet", "--raft-trace", f"--out={folder}", *options]
        subprocess.run(command, check=True)
        result = judge(folder, DURATION)
    return {"scenario": number, "kind": scenario["kind"], "nodes": scenario["nodes"], **result}


def main(program, first, count, table):
    rows = [run(program, number) for number in range(int(first), int(first) + int(count))]
    with open(table, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
