"""Prints the audits; ends with a line for each that failed, where they have to pass."""

import json
import sys
from pathlib import Path

print(Path(snakemake.input.text).read_text())  # noqa: F821
report = json.loads(Path(snakemake.input.report).read_text())  # noqa: F821
for entry in report["audits"]:
    if entry["passed"] is None:
        print(f"audit without a verdict: {entry['audit']}: {entry['subject']}: {entry['bound']}", file=sys.stderr)
failed = [entry for entry in report["audits"] if entry["passed"] is False]
for entry in failed:
    print(
        f"audit failed: {entry['audit']}: {entry['subject']}: {entry['statistic']} is {entry['value']},"
        f" expected: {entry['bound']}",
        file=sys.stderr,
    )
if failed and snakemake.params.binding:  # noqa: F821
    sys.exit(1)
