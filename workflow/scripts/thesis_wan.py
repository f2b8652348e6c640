"""Elections on the dissertation's simulated WAN, as CDFs: wan.png, and their figures: wan.csv."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from plot_style import plt, save
from thesis_trials import write_table

# Section 9.4: "about" so many ms on average, and below so many in 99.9 % of elections.
PUBLISHED = {4: (475, 1500), 3: (650, 3000)}
COLOURS = {4: "#0072b2", 3: "#d55e00"}

rows = []
figure, (body, tail) = plt.subplots(1, 2, figsize=(11, 4))
for one, path in zip(snakemake.params.experiments, snakemake.input.trials):  # noqa: F821
    trials = pd.read_csv(path)
    times = (trials.silence_s.dropna() * 1e3).sort_values().to_numpy()
    mean, most = PUBLISHED[one["left"]]
    rows.append(
        {
            "failed": 5 - one["left"],
            "logs": one["logs"],
            "trials": len(trials),
            "without_leader": len(trials) - len(times),
            "mean_ms": round(float(times.mean()), 1),
            "median_ms": round(float(np.median(times)), 1),
            "p99_9_ms": round(float(np.percentile(times, 99.9)), 1),
            "max_ms": round(float(times[-1]), 1),
            "published_mean_ms": mean,
            "published_p99_9_ms": most,
        }
    )
    colour = COLOURS[one["left"]]
    style = "-" if one["logs"] == "equal" else "--"
    failed = 5 - one["left"]
    label = f"{failed} failed, logs {one['logs']}"
    shares = np.arange(1, len(times) + 1) / len(trials)
    body.step(times, shares, style, where="post", color=colour, linewidth=1.3, label=label)
    tail.step(times, 1 - shares + 1 / len(trials), style, where="post", color=colour, linewidth=1.3)
    if one["logs"] == "equal":
        body.axvline(mean, color=colour, linestyle=":", linewidth=1.2,
                     label=f"{failed} failed: published mean, {mean} ms")
        body.plot(times.mean(), np.searchsorted(times, times.mean()) / len(trials), "o",
                  color=colour, label=f"{failed} failed: measured mean, {times.mean():.0f} ms")
        tail.plot(most, 1e-3, "*", color=colour, markersize=13, markeredgecolor="black",
                  label=f"{failed} failed: published, 99.9 % within {most} ms")
body.set_ylim(0, 1)
body.set_xlim(0, 2000)
body.set_ylabel("share of elections complete")
tail.set_yscale("log")
tail.set_ylim(1e-4, 1)
tail.set_xlim(0, 4500)
tail.set_ylabel("share of elections not complete")
for axes in (body, tail):
    axes.set_xlabel("time from fresh election timers to a new leader (ms)")
    axes.grid(color="#e5e5e5", linewidth=0.6)
    axes.set_axisbelow(True)
body.legend(fontsize=7.5, loc="lower right")
tail.legend(fontsize=7.5, loc="upper right")
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
write_table(rows, snakemake.output.table)  # noqa: F821
