"""The published figures against the one unknown of the setup, the disk: sweep.png, sweep.csv."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from plot_style import plt, save
from thesis_trials import read_downtimes, write_table

STATISTICS = {"median": np.median, "mean": np.mean, "max": np.max}
RESAMPLES = 500

published = pd.read_csv(snakemake.input.published)  # noqa: F821
published = published[published.source == "text"]
random = np.random.default_rng(1)


def interval(times, statistic):
    """The 95 % interval of a statistic, by the bootstrap; of a maximum it says nothing."""
    if statistic is np.max:
        return None, None
    drawn = random.choice(times, (RESAMPLES, len(times)))
    return np.round(np.percentile(statistic(drawn, axis=1), [2.5, 97.5]), 1)


rows = []
for one, path in zip(snakemake.params.experiments, snakemake.input.trials):  # noqa: F821
    times, trials = read_downtimes(path)
    for figure_of in published[published.range == one["range"]].itertuples():
        whole = len(times) == trials
        statistic = STATISTICS[figure_of.quantity]
        low, high = interval(times, statistic) if whole else (None, None)
        rows.append(
            {
                "range_ms": one["range"],
                "quantity": figure_of.quantity,
                "disk_ms": one["disk_ms"],
                "trials": trials,
                "without_leader": trials - len(times),
                "measured_ms": round(float(statistic(times)), 1) if whole else None,
                "low_ms": low,
                "high_ms": high,
                "published_ms": figure_of.time_ms,
            }
        )
write_table(rows, snakemake.output.table)  # noqa: F821

table = pd.DataFrame(rows)
figure, panels = plt.subplots(1, len(published), figsize=(3.6 * len(published), 3.4))
for axes, one in zip(panels, published.itertuples()):
    points = table[(table.range_ms == one.range) & (table.quantity == one.quantity)]
    points = points.dropna(subset=["measured_ms"])
    axes.plot(points.disk_ms, points.measured_ms, "o-", color="#0072b2", markersize=4,
              label="measured here")
    if points.low_ms.notna().any():
        axes.fill_between(points.disk_ms, points.low_ms.astype(float), points.high_ms.astype(float),
                          color="#0072b2", alpha=0.2, linewidth=0, label="95 % interval")
    axes.axhline(one.time_ms, color="#d55e00", linestyle="--",
                 label=f"published: {one.time_ms:.0f} ms")
    axes.set_yscale("log")
    axes.set_xlabel("median of a synced write (ms)")
    axes.set_title(f"{one.range} ms: {one.quantity} of {points.trials.max()}")
    axes.yaxis.set_major_formatter(plt.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(plt.FuncFormatter(
        lambda value, _: f"{value:g}" if str(value)[0] in "235" else ""))
    axes.tick_params(axis="y", which="minor", labelsize=7)
    axes.grid(color="#e5e5e5", linewidth=0.6, which="both")
    axes.legend(fontsize=7.5, loc="lower right")
panels[0].set_ylabel("time without a leader (ms)")
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
