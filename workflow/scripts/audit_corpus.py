"""Audits a corpus: audit.csv, audit.json and audit.txt; the phases of faults for the picture."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

import audit_checks as checks
from audit_windows import Run, labelled_windows, onsets, precursors


def random_of(*key):
    """Randomness of its own for each use, the same each time."""
    return np.random.Generator(np.random.PCG64(list(key)))


def collect(shards):
    """Reads one shard after the other and keeps what the audits need of it."""
    runs, windows, hits, sudden, announced = [], [], [], [], []
    for path in shards:
        run = Run(path)
        windows.append((*labelled_windows(run, random_of(1, run.seed)), run.split == "train"))
        hits += onsets(run)
        sudden.append(precursors(run, random_of(2, run.seed), with_precursor=False))
        announced.append(precursors(run, random_of(3, run.seed), with_precursor=True))
        run.release()
        runs.append(run)
    return runs, windows, hits, sudden, announced


def joined(parts):
    return [np.concatenate([part[place] for part in parts]) for place in range(len(parts[0]))]


def audit(shards, feature_report):
    runs, windows, hits, sudden, announced = collect(shards)
    features, labels, episodes = joined([part[:3] for part in windows])
    learn = np.concatenate([np.full(len(part[1]), part[3]) for part in windows])
    rows = checks.permuted_labels(features, labels, episodes, learn, random_of(4))
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
            float(start % 100_000_000) / 1e8
            for run in runs
            if run.family == family
            for fault, start in enumerate(run.starts)
            if run.is_drawn(fault)
        )
        for family in families
    }
    return rows, phases


def as_text(rows, shards):
    lines = [f"Audits of {shards} runs with faults; intervals are of 95 %.", ""]
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
    found, phases = audit(files, Path(snakemake.input.features).read_text())  # noqa: F821
    pd.DataFrame(found).to_csv(snakemake.output.table, index=False)  # noqa: F821
    text = as_text(found, len(files))
    Path(snakemake.output.text).write_text(text)  # noqa: F821
    Path(snakemake.output.json).write_text(  # noqa: F821
        json.dumps({"audits": found, "phases": phases}, indent=1) + "\n"
    )
