"""How many windows and episodes of each class a corpus has, and which faults in each family."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from corpus_plan import SPLITS
from corpus_shard import NEVER, Shard
from plot_style import CLASS_COLOURS, CLASSES, plt, save

sheet = json.loads(Path(snakemake.input.sheet).read_text())  # noqa: F821
counts = pd.DataFrame(sheet["windows"])
shards = pd.DataFrame(sheet["shards"])
families = list(shards.loc[shards["part"] == "faults", "family"].unique())


def plot_classes():
    """Episodes, by split and by family; thin is what has fewer than a hundred."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, gridspec_kw={"width_ratios": [1, 1.6]})
    for axis, column, names in ((axes[0], "split", SPLITS), (axes[1], "family", families)):
        width = 0.8 / len(CLASSES)
        grid = counts.groupby([column, "class"])["episodes"].sum()
        for place, name in enumerate(CLASSES):
            heights = [grid.get((group, name), 0) for group in names]
            axis.bar(np.arange(len(names)) + (place - 2.5) * width, heights, width, color=CLASS_COLOURS[name],
                     edgecolor="#666666", linewidth=0.4, label=name)
        axis.set_xticks(range(len(names)), names, rotation=20 if column == "family" else 0)
        axis.set_yscale("log")
        axis.set_title(f"by {column}")
    axes[0].axhline(100, color="#999999", linewidth=0.8, linestyle=":")
    axes[0].text(-0.45, 104, "100", color="#777777", va="bottom", fontsize=7)
    axes[0].set_ylabel("episodes")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="upper center", ncol=6, bbox_to_anchor=(0.5, 1.06))
    save(figure, snakemake.output.classes)  # noqa: F821


def read_faults():
    rows = []
    for name, family in zip(shards["shard"], shards["family"]):
        with Shard(Path(snakemake.input.sheet).parent / name) as shard:  # noqa: F821
            spans = shard.column("faults/end_ns") - shard.column("faults/start_ns")
            ends = shard.column("faults/end_ns") != NEVER
            rows += [
                {"family": family, "kind": kind, "length_s": span / 1e9 if end else np.nan}
                for kind, span, end in zip(shard.texts("faults/kind"), spans, ends)
            ]
    return pd.DataFrame(rows, columns=["family", "kind", "length_s"])


def plot_faults():
    """Which share of a family's faults is of which kind, and how long they last."""
    faults = read_faults()
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), gridspec_kw={"width_ratios": [1.2, 1]})
    if len(faults):
        shares = pd.crosstab(faults["kind"], faults["family"], normalize="columns").reindex(columns=families) * 100
        image = axes[0].imshow(shares.to_numpy(), cmap="Blues", vmin=0, aspect="auto")
        axes[0].set_xticks(range(len(families)), families, rotation=30, ha="right")
        axes[0].set_yticks(range(len(shares)), shares.index)
        for (row, column), share in np.ndenumerate(shares.to_numpy()):
            colour = "white" if share > 0.6 * np.nanmax(shares.to_numpy()) else "#333333"
            axes[0].text(column, row, f"{share:.0f}", ha="center", va="center", fontsize=7, color=colour)
        image.set_clim(0, np.nanmax(shares.to_numpy()))
        axes[0].set_title("kinds, % of the family's faults")
        for family in families:
            lengths = np.sort(faults.loc[faults["family"] == family, "length_s"].dropna())
            axes[1].step(lengths, np.arange(1, len(lengths) + 1) / max(1, len(lengths)), label=family, linewidth=1.2)
        axes[1].set_xscale("log")
        axes[1].set_xlabel("length of a fault in s")
        axes[1].set_ylabel("share that is shorter")
        axes[1].legend()
        axes[1].set_title("lengths")
    figure.tight_layout()
    save(figure, snakemake.output.faults)  # noqa: F821


plot_classes()
plot_faults()
