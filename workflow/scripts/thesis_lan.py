"""Time without a leader on a LAN, as CDFs: lan.png, and its figures: lan.csv."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from plot_style import plt, save
from thesis_trials import COLOURS, describe, read_downtimes, write_table

TITLES = {
    "network": "15 ms are all network\n(7.5 ms one way, no disk)",
    "disk": "15 ms are all disk\n(synced write, median 15 ms)",
    "fast-disk": "The disk that the sweep points to\n(synced write, median 3 ms)",
}

published = pd.read_csv(snakemake.input.published)  # noqa: F821
experiments = snakemake.params.experiments  # noqa: F821
readings = list(dict.fromkeys(one["reading"] for one in experiments))
measured = {}
rows = []
for one, path in zip(experiments, snakemake.input.trials):  # noqa: F821
    times, trials = read_downtimes(path)
    measured[one["reading"], one["range"]] = times, trials
    rows.append({"reading": one["reading"], "range_ms": one["range"], **describe(times, trials)})
write_table(rows, snakemake.output.table)  # noqa: F821


def draw(axes, reading, spans, longest):
    for span, colour in zip(spans, COLOURS):
        times, trials = measured[reading, span]
        ends = len(times) < trials
        label = f"{span} ms" + (" (none ended: no line)" if not len(times) else "")
        steps = np.concatenate([[0], times, [] if ends else [longest]])
        shares = np.arange(len(times) + 1) / trials
        axes.step(steps, shares if ends else np.append(shares, 1), where="post", color=colour,
                  linewidth=1.4, label=label)
        points = published[(published.range == span) & published.share.notna()]
        for source, marker, size in (("figure", "o", 4.5), ("text", "*", 11)):
            these = points[points.source == source]
            axes.plot(these.time_ms, these.share, marker, color=colour, markersize=size,
                      markeredgecolor="black", markeredgewidth=0.6, clip_on=False, zorder=5)
    axes.set_ylim(0, 1)


figure, panels = plt.subplots(2, len(readings), figsize=(1.8 + 3.8 * len(readings), 6.6), sharey=True,
                              squeeze=False)
for column, reading in enumerate(readings):
    upper, lower = panels[:, column]
    draw(upper, reading, snakemake.params.randomness, 1e6)  # noqa: F821
    upper.set_xscale("log")
    upper.set_xlim(60, 6e5)
    upper.set_xticks([1e2, 1e3, 1e4, 1e5], ["0.1", "1", "10", "100"])
    upper.set_xlabel("time without a leader (s)")
    upper.set_title(TITLES[reading])
    draw(lower, reading, snakemake.params.scale, 1e4)  # noqa: F821
    lower.set_xlim(0, 600)
    lower.set_xlabel("time without a leader (ms)")
    for axes in (upper, lower):
        axes.grid(color="#e5e5e5", linewidth=0.6)
        axes.set_axisbelow(True)
        if column == len(readings) - 1:
            axes.legend(title="election timeout", fontsize=8, title_fontsize=8, loc="center left",
                        bbox_to_anchor=(1.03, 0.5))
for axes in panels[:, 0]:
    axes.set_ylabel("share of trials")
marks = [
    plt.Line2D([], [], marker=marker, color="white", markeredgecolor="black", markersize=size,
               linestyle="", label=label)
    for marker, size, label in (
        ("*", 11, "published in the text"),
        ("o", 5, "read off the published figure, same colour as its range"),
    )
]
marks.insert(0, plt.Line2D([], [], color="black", linewidth=1.4, label="measured here"))
figure.legend(handles=marks, loc="lower center", ncol=3, bbox_to_anchor=(0.5, -0.03))
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
