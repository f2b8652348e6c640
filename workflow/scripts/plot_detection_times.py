"""Time to suspicion and time to trust again: one table, and a picture with a column for each kind of fault, detectors from top to
bottom, families side by side."""

import numpy as np
import pandas as pd
from frontier_look import LOOK, name_of
from plot_style import plt, save

COLOURS = ["#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#999999"]
TICKS = [0, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
ROWS = {"t_d_s": "time to suspicion", "trust_s": "time to trust again"}

table = pd.concat([pd.read_csv(path) for path in snakemake.input], ignore_index=True)  # noqa: F821
table.to_csv(snakemake.output.table, index=False)  # noqa: F821
kinds = list(dict.fromkeys(table.kind))
families = list(dict.fromkeys(table.family))
detectors = [name for name in LOOK if name in set(table.detector)]
figure, axes = plt.subplots(
    len(ROWS), len(kinds), figsize=(3.6 * len(kinds), 0.48 * len(detectors) * len(ROWS) + 2),
    sharey=True, sharex="row", squeeze=False,
)
for row, (name, title) in enumerate(ROWS.items()):
    for column, kind in enumerate(kinds):
        axis = axes[row, column]
        for number, family in enumerate(families):
            mine = table[(table.kind == kind) & (table.family == family)].set_index("detector").reindex(detectors)
            y = np.arange(len(detectors)) + (number - (len(families) - 1) / 2) * 0.8 / len(families)
            axis.hlines(y, mine[f"{name}_p50"], mine[f"{name}_p99"], color=COLOURS[number], linewidth=0.7, alpha=0.6)
            axis.hlines(y, mine[f"{name}_mean_low"], mine[f"{name}_mean_high"], color=COLOURS[number], linewidth=2.2)
            axis.plot(mine[f"{name}_mean"], y, "o", color=COLOURS[number], markersize=3.2, label=family)
        for place in np.arange(len(detectors) - 1) + 0.5:
            axis.axhline(place, color="#eeeeee", linewidth=0.6)
        axis.set_xscale("symlog", linthresh=0.05)
        axis.set_xlim(left=-0.003)
        axis.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
        axis.set_yticks(range(len(detectors)), [name_of(detector) for detector in detectors])
        axis.set_ylim(len(detectors) - 0.5, -0.5)
        axis.set_xlabel("s")
        axis.set_title(f"{kind}: {title}", fontsize=9)
handles, labels = axes[0, 0].get_legend_handles_labels()
figure.legend(handles, labels, loc="lower center", ncol=len(families), bbox_to_anchor=(0.5, -0.03))
figure.text(
    0.5, -0.045, "dot and bar: mean with its 95 % interval (bootstrap over runs); thin line: from the median to the 99th percentile",
    ha="center", va="top", fontsize=8,
)
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
