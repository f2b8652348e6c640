"""A live scenario, server by server: faults, leader, suspicions and verdicts over time."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from plot_style import CLASS_COLOURS, CLASSES, plt, save

FAULT_CLASS = {
    "host-crash": "crashed",
    "process-crash": "crashed",
    "partition": "partitioned",
    "flapping": "partitioned",
    "degrade": "pre-failure",
}

summary = json.loads(Path(snakemake.input.summary).read_text())  # noqa: F821
faults = pd.read_csv(snakemake.input.faults, dtype={"target": str})  # noqa: F821
roles = pd.read_csv(snakemake.input.roles)  # noqa: F821
suspicions = pd.read_csv(snakemake.input.suspicions)  # noqa: F821
verdicts = pd.read_csv(snakemake.input.verdicts)  # noqa: F821

servers = int(summary["options"]["nodes"])
end = float(verdicts.time_s.max())
detectors = list(summary["detectors"])
tracks = ["fault", "leader"] + detectors + ["class"]


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


def suspecting(server, detector, times):
    """Share of observers that suspect the server at each time."""
    changes = suspicions[(suspicions.target == server) & (suspicions.detector == detector)]
    share = np.zeros(len(times))
    for _, mind in changes.groupby("observer"):
        position = np.searchsorted(mind.time_s.to_numpy(), times, side="right") - 1
        state = mind.suspected.to_numpy()
        share += np.where(position >= 0, state[np.maximum(position, 0)], 0)
    return share / max(servers - 1, 1)


figure, panels = plt.subplots(
    servers, 1, figsize=(12, 0.28 * servers * len(tracks) + 1.2), sharex=True, squeeze=False
)
times = np.arange(0, end, 0.05)
for server, axes in zip(range(1, servers + 1), panels[:, 0]):
    level = {track: len(tracks) - 1 - i for i, track in enumerate(tracks)}
    for row in faults.itertuples():
        if server in servers_of(row.target):
            until = end if pd.isna(row.end_s) else row.end_s
            colour = CLASS_COLOURS[fault_class(row.kind)]
            axes.barh(level["fault"], until - row.start_s, left=row.start_s, color=colour, height=0.8)
            axes.axvspan(row.start_s, until, color=colour, alpha=0.10, linewidth=0)
            axes.text(row.start_s, level["fault"] + 0.5, row.kind, fontsize=6, va="bottom")
    for start, until in leader_spans(server):
        axes.barh(level["leader"], until - start, left=start, color="#009e73", height=0.5)
    for detector in detectors:
        share = suspecting(server, detector, times)
        axes.fill_between(
            times, level[detector] - 0.4, level[detector] - 0.4 + 0.8 * share, color="#d55e00", step="post", linewidth=0
        )
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
handles = [Patch(color=CLASS_COLOURS[name], label=name) for name in CLASSES]
handles += [Patch(color="#009e73", label="leads"), Patch(color="#d55e00", label="suspected by (share of observers)")]
figure.legend(handles=handles, loc="upper center", ncol=8, fontsize=7, bbox_to_anchor=(0.5, 0.075))
panels[0, 0].set_title(
    f"{summary['options']['topology']}, {servers} servers: what broke, who led, who was suspected, "
    "and the class that most observers named",
    pad=10,
)
save(figure, snakemake.output.picture)  # noqa: F821
