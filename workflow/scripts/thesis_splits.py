"""The share of split votes, measured and as the analysis predicts it: splits.png, splits.csv."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from plot_style import plt, save
from split_votes import split_share, wilson_interval
from thesis_trials import COLOURS, write_table

MARKERS = {1: "o", 5: "D", 20: "^"}

rows = []
for one, path in zip(snakemake.params.experiments, snakemake.input.trials):  # noqa: F821
    trials = pd.read_csv(path)
    won = int(trials.new_leader.notna().sum())
    first_lost = int(len(trials) - ((trials.terms == 1) & trials.new_leader.notna()).sum())
    low, high = wilson_interval(first_lost, len(trials))
    predicted = split_share(one["size"], one["left"], one["share"])
    terms = int(trials.terms.sum())
    rows.append(
        {
            "kind": one["kind"],
            "servers": one["size"],
            "available": one["left"],
            "latency_ms": one["latency_ms"],
            "latency_share": one["share"],
            "range_ms": round(one["latency_ms"] / one["share"], 3),
            "trials": len(trials),
            "first_terms_split": first_lost,
            "measured": round(first_lost / len(trials), 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "predicted": round(predicted, 4) if one["kind"] != "variable" else None,
            "measured_all_terms": round((terms - won) / terms, 4),
        }
    )
write_table(rows, snakemake.output.table)  # noqa: F821

table = pd.DataFrame(rows)
clusters = list(dict.fromkeys(zip(table.servers, table.available)))
figure, (by_latency, agreement) = plt.subplots(
    1, 2, figsize=(14.5, 5), gridspec_kw={"width_ratios": [1.55, 1]}
)
shares = np.linspace(0, 0.42, 200)
by_latency.axvspan(0.05, 0.1, color="#f0f0f0", linewidth=0)
by_latency.axhline(0.4, color="#888888", linestyle=":", linewidth=1)
by_latency.text(0.052, 0.98, "range 10 to 20\ntimes the\none-way latency", fontsize=8, va="top")
by_latency.text(0.003, 0.405, "40 %", fontsize=8, va="bottom", color="#555555")
for (servers, available), colour in zip(clusters, COLOURS[1:]):
    label = f"{servers} servers, {servers - available} failed"
    by_latency.plot(shares, [split_share(servers, available, share) for share in shares],
                    color=colour, linewidth=1.2, label=label)
    these = table[(table.servers == servers) & (table.available == available)]
    for kind, fill in (("fixed", colour), ("disk", "white")):
        for latency, marker in MARKERS.items():
            points = these[(these.kind == kind) & (these.latency_ms == latency)]
            for axes, x in ((by_latency, points.latency_share), (agreement, points.predicted)):
                axes.errorbar(
                    x, points.measured,
                    yerr=[points.measured - points.low, points.high - points.measured],
                    fmt=marker, color=colour, markerfacecolor=fill,
                    markersize=4.5, linewidth=0, elinewidth=0.9, capsize=2,
                )
by_latency.set_xlim(0, 0.42)
by_latency.set_ylim(0, 1)
by_latency.set_xlabel("one-way latency / range of the election timeout")
by_latency.set_ylabel("share of first election terms with a split vote")
by_latency.set_title("Lines: predicted (dissertation, section 9.3). Points: measured, 95 % interval")
handles = by_latency.get_legend_handles_labels()[0]
handles += [
    plt.Line2D([], [], marker=marker, color="#555555", linestyle="", markersize=5,
               label=f"one-way latency {latency} ms")
    for latency, marker in MARKERS.items()
    if ((table.kind == "fixed") & (table.latency_ms == latency)).any()
]
handles.append(plt.Line2D([], [], marker="D", color="#555555", markerfacecolor="white",
                          linestyle="", markersize=5, label="1 ms network and a write of 4 ms"))
by_latency.legend(handles=handles, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0)
agreement.plot([0, 1], [0, 1], color="#888888", linewidth=0.8)
agreement.set_xlim(0, 1)
agreement.set_ylim(0, 1)
agreement.set_aspect("equal")
agreement.set_xlabel("predicted")
agreement.set_ylabel("measured")
agreement.set_title("The same points against the prediction")
for axes in (by_latency, agreement):
    axes.grid(color="#eeeeee", linewidth=0.6)
    axes.set_axisbelow(True)
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
