"""A scenario, server by server: faults, leader, suspicions and, where the neural detector ran,
verdicts over time; below, where the run's history is given, what clients got."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from plot_style import CLASS_COLOURS, CLASSES, plt, save

FAULT_CLASS = {
    "host-crash": "crashed",
    "process-crash": "crashed",
    "partition": "partitioned",
    "flapping": "partitioned",
    "degrade": "pre-failure",
}

OPERATIONS = [("put", "#555555", "writes answered"), ("get", "#bbbbbb", "reads answered")]

summary = json.loads(Path(snakemake.input.summary).read_text())  # noqa: F821
faults = pd.read_csv(snakemake.input.faults, dtype={"target": str})  # noqa: F821
roles = pd.read_csv(snakemake.input.roles)  # noqa: F821
suspicions = pd.read_csv(snakemake.input.suspicions)  # noqa: F821
given = snakemake.input.keys()  # noqa: F821
verdicts = pd.read_csv(snakemake.input.verdicts) if "verdicts" in given else None  # noqa: F821
history = snakemake.input.history if "history" in given else None  # noqa: F821

servers = int(summary["options"]["nodes"])
detectors = list(summary["detectors"])
tracks = ["fault", "leader"] + detectors + ([] if verdicts is None else ["class"])


def seconds(text):
    """A time as options have it: 1500ms, 32s, 2min, or bare seconds."""
    number, unit = re.fullmatch(r"\+?([0-9.e+-]+?)(ms|s|min|h)?", text).groups()
    return float(number) * {"ms": 0.001, "min": 60, "h": 3600}.get(unit, 1)


end = seconds(summary["options"]["duration"]) if verdicts is None else float(verdicts.time_s.max())


def fault_class(kind):
    return FAULT_CLASS.get(kind, "byzantine" if kind.startswith("byzantine") else "slow")


def servers_of(target):
    return {int(number) for number in re.findall(r"\d+", target)}


def leader_spans(server):
    """Spans in which a server led."""
    start = None
    for row in roles[roles.server == server].itertuples():
        if row.role == "leader" and start is None:
            start = row.time_s
        elif row.role != "leader" and start is not None:
            yield start, row.time_s
            start = None
    if start is not None:
        yield start, end


def up(server, times):
    """Whether the server's process runs at each time."""
    running = np.ones(len(times), dtype=bool)
    for row in faults[faults.kind.isin(["host-crash", "process-crash"])].itertuples():
        if server in servers_of(row.target):
            until = end if pd.isna(row.end_s) else row.end_s
            running &= (times < row.start_s) | (times > until)
    return running


def suspecting(server, detector, times):
    """Share of observers that suspect the server at each time. The dead suspect nobody."""
    changes = suspicions[(suspicions.target == server) & (suspicions.detector == detector)]
    share = np.zeros(len(times))
    for observer, mind in changes.groupby("observer"):
        position = np.searchsorted(mind.time_s.to_numpy(), times, side="right") - 1
        state = mind.suspected.to_numpy()
        share += np.where((position >= 0) & up(observer, times), state[np.maximum(position, 0)], 0)
    return share / max(servers - 1, 1)


def plot_answers(axes):
    """Answers to clients per second, reads on top of writes."""
    answers = pd.DataFrame(json.loads(line) for line in Path(history).read_text().splitlines())
    width = 0.5
    bins = np.arange(0, end + width, width)
    below = np.zeros(len(bins) - 1)
    for kind, colour, name in OPERATIONS:
        count, _ = np.histogram(answers.ret[(answers.op == kind) & (answers.ret >= 0)], bins)
        axes.bar(bins[:-1], count / width, width, bottom=below, align="edge", color=colour, linewidth=0)
        below += count / width
    # Who was kept waiting is answered all at once; that peak says little and would hide the rest.
    axes.set_ylim(0, 3 * float(summary["options"]["request-rate"]))
    axes.set_ylabel("answers/s", fontsize=7)
    axes.tick_params(labelsize=6)


height = 0.28 * servers * len(tracks) + 1.2 + (0.8 if history else 0)
figure, panels = plt.subplots(
    servers + (1 if history else 0),
    1,
    figsize=(12, height),
    sharex=True,
    squeeze=False,
    height_ratios=[len(tracks)] * servers + ([2.5] if history else []),
)
times = np.arange(0, end, 0.05)
for server, axes in zip(range(1, servers + 1), panels[:, 0]):
    level = {track: len(tracks) - 1 - i for i, track in enumerate(tracks)}
    labelled = {}
    for row in faults.itertuples():
        if server in servers_of(row.target):
            until = end if pd.isna(row.end_s) else row.end_s
            colour = CLASS_COLOURS[fault_class(row.kind)]
            axes.barh(level["fault"], until - row.start_s, left=row.start_s, color=colour, height=0.8)
            axes.axvspan(row.start_s, until, color=colour, alpha=0.10, linewidth=0)
            if row.start_s - labelled.get(row.kind, -end) > 0.05 * end:  # else over the last one
                axes.text(row.start_s, level["fault"] + 0.5, row.kind, fontsize=6, va="bottom")
                labelled[row.kind] = row.start_s
    for start, until in leader_spans(server):
        axes.barh(level["leader"], until - start, left=start, color="#009e73", height=0.5)
    stood = roles.time_s[(roles.server == server) & (roles.role == "candidate")]
    axes.plot(stood, [level["leader"]] * len(stood), "|", color="black", markersize=6)
    for detector in detectors:
        share = suspecting(server, detector, times)
        axes.fill_between(
            times, level[detector] - 0.4, level[detector] - 0.4 + 0.8 * share, color="#d55e00", step="post", linewidth=0
        )
    if verdicts is not None:
        seen = verdicts[verdicts.target == server]
        common = seen.groupby("time_s")["class"].agg(lambda votes: votes.value_counts().index[0])
        for name in CLASSES:
            at = common.index[common == name].to_numpy()
            axes.barh([level["class"]] * len(at), [0.1] * len(at), left=at, color=CLASS_COLOURS[name], height=0.8)
    axes.set_yticks([level[track] for track in tracks], tracks, fontsize=6)
    axes.set_ylim(-0.6, len(tracks) + 0.1)
    axes.set_ylabel(f"server {server}")
    axes.tick_params(axis="y", length=0)
panels[-1, 0].set_xlim(0, end)
panels[-1, 0].set_xlabel("simulated time (s)")
shown = CLASSES
title = "what broke, who led, who was suspected"
if verdicts is None:
    shown = [name for name in CLASSES if name in {fault_class(kind) for kind in faults.kind}]
else:
    title += ", and the class that most observers named"
handles = [Patch(color=CLASS_COLOURS[name], label=name) for name in shown]
handles += [
    Patch(color="#009e73", label="leads"),
    Line2D([], [], color="black", marker="|", linestyle="", label="stands for election"),
    Patch(color="#d55e00", label="suspected by (share of observers)"),
]
if history:
    plot_answers(panels[-1, 0])
    handles += [Patch(color=colour, label=name) for _, colour, name in OPERATIONS]
figure.legend(
    handles=handles, loc="upper center", ncol=9, fontsize=7, bbox_to_anchor=(0.5, 0.11 - 0.336 / height)
)
name = Path(snakemake.input.summary).parent.name  # noqa: F821
panels[0, 0].set_title(f"{name} ({summary['options']['topology']}, {servers} servers): {title}", pad=10)
save(figure, snakemake.output.picture)  # noqa: F821
