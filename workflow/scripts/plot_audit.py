"""The audits at a glance: what has to be at chance beside what must not be, and phases of faults."""

import json
from pathlib import Path

import numpy as np
from plot_style import plt, save

report = json.loads(Path(snakemake.input.report).read_text())  # noqa: F821
shown = [entry for entry in report["audits"] if entry["statistic"] in ("AUC", "balanced accuracy", "share")]
figure, axes = plt.subplots(1, 2, figsize=(10, 0.42 * len(shown) + 1.6), gridspec_kw={"width_ratios": [1.3, 1]})

for place, entry in enumerate(reversed(shown)):
    if entry["value"] is None:
        continue
    colour = "#0072b2" if entry["passed"] else "#d55e00"
    axes[0].plot([entry["low"], entry["high"]], [place, place], color=colour, linewidth=2)
    axes[0].plot(entry["value"], place, "o", color=colour, markersize=5)
    bound = entry["bound"].split()[-1]
    axes[0].plot(float(bound), place, "|", color="#444444", markersize=14)
axes[0].set_yticks(range(len(shown)), [f"{entry['subject']}\n({entry['statistic']})" for entry in reversed(shown)], fontsize=7)
axes[0].set_xlim(0, 1)
axes[0].set_ylim(-0.6, len(shown) - 0.4)
axes[0].set_title("value and 95 % interval; the bar is the bound")

for family, phases in report["phases"].items():
    axes[1].step(phases, np.arange(1, len(phases) + 1) / max(1, len(phases)), label=f"{family} ({len(phases)})", linewidth=1)
axes[1].plot([0, 1], [0, 1], color="#999999", linewidth=0.8, linestyle=":")
axes[1].set_xlabel("phase of a fault's start in the heartbeat period")
axes[1].set_ylabel("share that is smaller")
axes[1].legend(fontsize=7)
axes[1].set_title("phases are to lie on the diagonal")
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
