"""One row per random scenario (scenarios.csv) and a picture of what clients went through."""

import json
import re
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

sys.path.insert(0, "workflow/scripts")
from safety_scenarios import KINDS, TOPOLOGIES, describe

rows = []
for summary_path, verdict_path in zip(snakemake.input.summaries, snakemake.input.verdicts):  # noqa: F821
    number = int(Path(summary_path).parent.name)
    scenario = describe(number)
    summary = json.loads(Path(summary_path).read_text())
    verdict = Path(verdict_path).read_text()
    operations, unknown = re.search(r": (\d+) operations, (\d+) of unknown outcome", verdict).groups()
    rows.append(
        {
            "scenario": number,
            "topology": scenario["topology"],
            "fault": scenario["fault"],
            "servers": summary["options"]["nodes"],
            "transport": summary["options"]["transport"],
            "reads": summary["options"]["ns3::RaftApplication::ReadMode"],
            "elections_won": summary["raft"]["elections_won"],
            "leaderless_s": round(summary["raft"]["leaderless_s"], 3),
            "commits": summary["raft"]["commits"],
            "changes_done": sum(each["done_s"] is not None for each in summary["operations"]),
            "operations": int(operations),
            "unknown": int(unknown),
            "linearizable": verdict.rstrip().endswith("linearizable"),
        }
    )
table = pd.DataFrame(rows).sort_values("scenario")
table.to_csv(snakemake.output.table, index=False)  # noqa: F821

# Whoever sees the picture should see that the faults bite: the time without a leader, by pair.
grid = table.pivot_table(index="fault", columns="topology", values="leaderless_s", aggfunc="mean")
grid = grid.loc[list(KINDS), TOPOLOGIES]
checked = table.pivot_table(index="fault", columns="topology", values="linearizable", aggfunc=["sum", "count"])
figure, axes = plt.subplots(figsize=(9, 6.5), layout="constrained")
image = axes.imshow(grid, cmap="YlOrRd", vmin=0, aspect="auto")
for y, kind in enumerate(grid.index):
    for x, topology in enumerate(grid.columns):
        good = checked.loc[kind, ("sum", topology)]
        count = checked.loc[kind, ("count", topology)]
        dark = grid.iloc[y, x] > 0.6 * grid.max().max()
        axes.text(x, y, f"{good}/{count}", ha="center", va="center", color="white" if dark else "black")
axes.set_xticks(range(len(TOPOLOGIES)), TOPOLOGIES)
axes.set_yticks(range(len(KINDS)), KINDS)
axes.set_xlabel("topology")
axes.set_ylabel("kind of fault that the scenario is about")
good, count = table["linearizable"].sum(), len(table)
axes.set_title(
    f"Linearizable histories: {good} of {count} random scenarios with"
    f" {table['operations'].sum():,} operations",
    loc="left",
    fontsize=11,
)
figure.colorbar(image, label="mean time without a leader in 40 s, in s")
figure.savefig(snakemake.output.picture, dpi=150)  # noqa: F821
