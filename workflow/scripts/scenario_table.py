"""One row per named scenario: how Raft, its clients and each detector fared (scenarios.csv)."""

import json
from pathlib import Path

import pandas as pd


def longest_silence(history, kind):
    """The longest time between two answers to operations of a kind, from the first answer on."""
    answers = sorted(
        line["ret"]
        for line in map(json.loads, Path(history).read_text().splitlines())
        if line["op"] == kind and line["ret"] >= 0
    )
    return max((later - earlier for earlier, later in zip(answers, answers[1:])), default=0)


rows = []
for summary_path, history_path in zip(snakemake.input.summaries, snakemake.input.histories):  # noqa: F821
    summary = json.loads(Path(summary_path).read_text())
    row = {
        "scenario": Path(summary_path).parent.name,
        "elections_won": summary["raft"]["elections_won"],
        "highest_term": summary["raft"]["highest_term"],
        "leaderless_s": round(summary["raft"]["leaderless_s"], 3),
        "commits": summary["raft"]["commits"],
        "availability": round(summary["clients"]["availability"], 4),
        "longest_without_read_s": round(longest_silence(history_path, "get"), 3),
        "longest_without_write_s": round(longest_silence(history_path, "put"), 3),
    }
    for detector, figures in summary["detectors"].items():
        noticed = [fault["suspected"][detector]["first_s"] for fault in summary["faults"]]
        noticed = [seconds for seconds in noticed if seconds is not None]
        row[f"{detector}_noticed"] = f"{len(noticed)}/{len(summary['faults'])}"
        row[f"{detector}_first_s"] = round(noticed[0], 3) if noticed else None
        row[f"{detector}_mistakes"] = figures["mistakes"]
    rows.append(row)
pd.DataFrame(rows).to_csv(snakemake.output.table, index=False)  # noqa: F821
