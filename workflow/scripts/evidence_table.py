"""One table of all runs: what was provable and proven, with intervals, and false proofs.

evidence_table.py SUMMARY RUNS.csv...
"""

import csv
import math
import sys

LEAST = 0.99  # recall below which the workflow fails
OFFENCES = ["vote", "certificate", "entries", "acknowledgement"]


def wilson(successes, trials, z=1.96):
    """The 95 % interval of a share (Wilson, 1927); (0, 1) of nothing."""
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def summarise(rows):
    """Lines of the table: offence, provable, proven, recall, low, high."""
    lines = []
    for offence in OFFENCES:
        provable = sum(int(row[f"{offence}_provable"]) for row in rows)
        proven = sum(int(row[f"{offence}_proven"]) for row in rows)
        lines.append((offence, provable, proven))
    lines.append(("all", sum(line[1] for line in lines), sum(line[2] for line in lines)))
    return [
        (name, provable, proven, proven / provable if provable else None, *wilson(proven, provable))
        for name, provable, proven in lines
    ]


def complaint(rows):
    """Why the runs don't show what they should, if so."""
    false = sum(int(row["false_proofs"]) for row in rows)
    if false:
        return f"{false} proofs against servers that were correct: expected none"
    recall = summarise(rows)[-1][3]
    if recall is None:
        return "nothing was provable in any run: expected something"
    if recall < LEAST:
        return f"{recall:.4f} of what was provable was proven: expected at least {LEAST}"
    return None


def main(summary, *tables):
    rows = []
    for table in tables:
        with open(table, newline="") as file:
            rows += csv.DictReader(file)
    false = sum(int(row["false_proofs"]) for row in rows)
    runs_with_false = sum(int(row["false_proofs"]) > 0 for row in rows)
    apart, at_end, beyond = (
        sum(int(row[column]) for row in rows) for column in ("kept_apart", "at_end", "beyond_truth")
    )
    lines = ["| offence | provable | proven within 5 s | recall | 95 % interval |", "|---|---:|---:|---:|---|"]
    for name, provable, proven, recall, low, high in summarise(rows):
        share = "" if recall is None else f"{recall:.4f}"
        lines.append(f"| {name} | {provable} | {proven} | {share} | {low:.4f} to {high:.4f} |")
    low, high = wilson(runs_with_false, len(rows))
    lines += [
        "",
        f"{len(rows)} runs; {sum(int(row['proven_in_all']) for row in rows)} proofs counted once for"
        f" each server, rule and term; {false} false proofs in {runs_with_false} runs"
        f" (95 % interval of the share of runs {low:.4f} to {high:.4f}). Left out of"
        f" the table are {apart} offences because crashes or cuts concerned the only servers that could"
        f" have told, and {at_end} because the run ended within 5 s; {beyond} proofs were of offences"
        " that no correct server received, or that the trace does not show.",
    ]
    text = "\n".join(lines) + "\n"
    with open(summary, "w") as file:
        file.write(text)
    print(text)
    return complaint(rows)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
