"""Audits a corpus: audit.csv, audit.json and audit.txt; the phases of faults for the picture."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

import audit_checks as checks
from audit_windows import (
    HEARTBEAT_NS,
    Run,
    labelled_windows,
    onsets,
    precursors,
    underlying,
    window_hashes,
)


def random_of(*key):
    """Randomness of its own for each use, the same each time."""
    return np.random.Generator(np.random.PCG64(list(key)))


def collect(shards):
    """Reads one shard after the other and keeps what the audits need of it."""
    runs, windows, hits, sudden, announced = [], [], [], [], []
    hashes, blanks = {}, 0
    for path in shards:
        run = Run(path)
        contents, blank = window_hashes(run.features, np.flatnonzero(run.weight > 0))
        hashes.setdefault(run.split, []).append(contents[(run.weight > 0) & ~blank])
        windows.append((*labelled_windows(run, contents, blank), run.split == "train"))
        blanks += np.count_nonzero(blank)
        hits += onsets(run)
        sudden.append(precursors(run, random_of(2, run.seed), with_precursor=False))
        announced.append(precursors(run, random_of(3, run.seed), with_precursor=True))
        run.release()
        runs.append(run)
    hashes = {split: np.concatenate(parts) for split, parts in hashes.items()}
    return runs, windows, hashes, blanks, hits, sudden, announced


def joined(parts):
    return [np.concatenate([part[place] for part in parts]) for place in range(len(parts[0]))]


def audit(shards, feature_report):
    runs, windows, hashes, blanks, hits, sudden, announced = collect(shards)
    features, labels, *identity = joined([part[:5] for part in windows])
    learn = np.concatenate([np.full(len(part[1]), part[5]) for part in windows])
    rows = checks.permuted_labels(features, labels, underlying(*identity), learn, random_of(4))
    rows += checks.splits_apart(hashes, blanks)
    rows += checks.onset(hits, random_of(5))
    rows += checks.precursor("before crashes without precursor", *joined(sudden), random_of(6), True)
    rows += checks.precursor("beside it, before the end of a degradation", *joined(announced), random_of(7), False)
    rows += checks.feature_tests(feature_report)
    families = sorted({run.family for run in runs})
    for family in families:
        rows += checks.family_rows(family, [run for run in runs if run.family == family], 2 * len(families))
    rows += checks.world(runs)
    phases = {
        family: sorted(
            float(start % HEARTBEAT_NS) / HEARTBEAT_NS
            for run in runs
            if run.family == family
            for fault, start in enumerate(run.starts)
            if run.is_drawn(fault)
        )
        for family in families
    }
    kinds = Counter(stratum.split()[2] for stratum, is_hit, *_ in hits if is_hit)
    return rows, {
        "false_alarm": round(checks.false_alarm(rows), 6),
        "onset_kinds": dict(sorted(kinds.items())),
        "phases": phases,
    }


def as_text(rows, shards):
    lines = [
        f"Audits of {shards} runs with faults. Intervals are of 95 %: with nothing to find, one of those that have to",
        f"contain chance fails in {checks.false_alarm(rows):.0%} of corpora.",
        "",
    ]
    cells = [["", "audit", "subject", "statistic", "value", "interval", "n", "bound"]]
    for entry in rows:
        value = "" if entry["value"] is None else f"{entry['value']:.4f}".rstrip("0").rstrip(".")
        interval = "" if entry["low"] is None else f"{entry['low']:.4f} to {entry['high']:.4f}"
        mark = {True: "pass", False: "FAIL", None: "-"}[entry["passed"]]
        cells.append([mark, entry["audit"], entry["subject"], entry["statistic"], value, interval, str(entry["n"]), entry["bound"]])
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]
    return "\n".join(lines) + "\n"


if "snakemake" in globals():
    files = snakemake.input.shards  # noqa: F821
    found, details = audit(files, Path(snakemake.input.features).read_text())  # noqa: F821
    pd.DataFrame(found).to_csv(snakemake.output.table, index=False)  # noqa: F821
    text = as_text(found, len(files))
    Path(snakemake.output.text).write_text(text)  # noqa: F821
    Path(snakemake.output.json).write_text(  # noqa: F821
        json.dumps({"audits": found} | details, indent=1) + "\n"
    )
