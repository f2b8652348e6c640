"""The confusion matrix on runs that the detector never saw: confusion_matrix.png."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import pandas as pd
from plot_style import plt, save

counts = pd.read_csv(snakemake.input.counts, index_col=0)  # noqa: F821
evaluation = json.loads(Path(snakemake.input.evaluation).read_text())  # noqa: F821

totals = counts.sum(axis=1)
shares = counts.div(totals.where(totals > 0, 1), axis=0)

figure, axes = plt.subplots(figsize=(6.2, 5))
image = axes.imshow(shares.to_numpy(), cmap="Blues", vmin=0, vmax=1)
for row in range(len(counts)):
    for column in range(len(counts.columns)):
        share = shares.iloc[row, column]
        axes.text(
            column,
            row,
            f"{share:.2f}\n{counts.iloc[row, column]}",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if share > 0.6 else "#222222",
        )
axes.set_xticks(range(len(counts.columns)), counts.columns, rotation=30, ha="right")
axes.set_yticks(range(len(counts)), counts.index)
axes.set_xlabel("predicted")
axes.set_ylabel("true")
axes.spines[:].set_visible(False)

windows = evaluation["identifiable"]["window"]
episodes = evaluation["identifiable"]["episode"]


def score(scoring):
    interval = scoring.get("macro_f1_ci95")
    text = f"macro-F1 {scoring['macro_f1']:.3f}"
    if interval:
        low, high = interval if isinstance(interval, list) else (interval["low"], interval["high"])
        text += f" ({low:.3f} to {high:.3f})"
    return text


axes.set_title(
    "Unseen runs, identifiable windows: share of the row and count\n"
    f"by window {score(windows)}; by episode {score(episodes)}"
)
figure.colorbar(image, ax=axes, shrink=0.8, label="share of the true class")
save(figure, snakemake.output.picture)  # noqa: F821
