"""Loss and validation scores over the epochs of a training: training_history.png."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import pandas as pd
from plot_style import plt, save

history = pd.read_csv(snakemake.input.history)  # noqa: F821

figure, (losses, parts, scores) = plt.subplots(1, 3, figsize=(11, 3.2))

losses.plot(history.epoch, history.train_loss, label="training", color="#0072b2")
losses.plot(history.epoch, history.validation_loss, label="validation", color="#d55e00")
losses.set_title("Loss")

for part, style in (("reconstruction", "-"), ("classification", "--")):
    parts.plot(history.epoch, history[f"train_{part}"], style, color="#0072b2", label=f"training, {part}")
    parts.plot(
        history.epoch, history[f"validation_{part}"], style, color="#d55e00", label=f"validation, {part}"
    )
parts.set_title("Parts of the loss")

scores.plot(history.epoch, history.validation_accuracy, color="#009e73", label="accuracy")
scores.plot(history.epoch, history.validation_macro_f1, color="#cc79a7", label="macro-F1")
scores.set_ylim(0, 1)
scores.set_title("Validation, by window")

best = history.epoch[history.best == 1]
for axes in (losses, parts, scores):
    for epoch in best:
        axes.axvline(epoch, color="#888888", linewidth=0.8, linestyle=":")
    axes.set_xlabel("epoch (dotted: checkpoint that was kept)")
    axes.legend(fontsize=7)
save(figure, snakemake.output.picture)  # noqa: F821
