"""Detectors that no replay can show, since what they do changes what arrives: their points come from
live runs, mistakes from the fault-free test runs and T_D from crashes of hosts in runs of their own.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from detection_times import tabulate
from frontier_quality import accuracy, draws_of, ratio_interval


def labels_of(specifications):
    """What files of a run call a detector: by its name, or where that is taken by all of its text."""
    labels, names = {}, set()
    for text in specifications:
        name = text.split(":")[0]
        labels[text if name in names else name] = text
        names.add(name)
    return labels


def kind_of(text):
    """The detector as the tables call it, and its parameters; nothing for one that can be replayed."""
    name, _, parameters = text.partition(":")
    keys = dict(part.split("=") for part in parameters.split(",") if part)
    if "gossip" in keys:
        quorum = keys.pop("gossip")
        return f"{name} gossip={quorum}", ",".join(f"{key}={value}" for key, value in keys.items())
    return ("swim", parameters) if name == "swim" else None


def shown_of(specifications):
    """The names of those whose times are shown, by label: each as tuned, and the same with gossip."""
    labels = labels_of(specifications)
    tuned = [text for label, text in labels.items() if label == text.split(":")[0]]
    shown = {}
    for label, text in labels.items():
        if text in tuned:
            shown[label] = label
        elif text.rpartition(",gossip=")[0] in tuned:
            shown[label] = kind_of(text)[0]
    return shown


def mistakes_of(suspicions, begin, end):
    """By label, from a run without a fault: suspicions that stand at any time between begin and end,
    and the seconds under suspicion."""
    found = {}
    for (_, _, label), changes in suspicions.groupby(["observer", "target", "detector"], sort=False):
        changes = changes[changes.suspected != changes.suspected.shift(fill_value=0)]
        times = np.append(changes.time_s.to_numpy(), end)
        minds = changes.suspected.to_numpy()
        spans = np.minimum(times[1:], end) - np.maximum(times[:-1], begin)
        wrong = spans[(minds == 1) & (spans > 0)]
        count, seconds = found.get(label, (0, 0.0))
        found[label] = (count + len(wrong), seconds + wrong.sum())
    return found


def crash_times(folders):
    """By label, for each run the times of its host crashes to the median observer's suspicion."""
    times = {}
    for place, folder in enumerate(folders):
        summary = json.loads((Path(folder) / "summary.json").read_text())
        for fault in summary["faults"]:
            if fault["kind"] == "host-crash":
                for label, notice in fault["suspected"].items():
                    runs = times.setdefault(label, [[] for _ in folders])
                    if notice["median_s"] is not None:
                        runs[place].append(notice["median_s"])
    return times


def live_points(specifications, fault_free, with_faults, settings):
    """A row for each detector that can only run live."""
    begin, end = settings["warmup"] * settings["period_s"], settings["run_s"]
    mistakes, pairs = [], []
    for folder in fault_free:
        mistakes.append(mistakes_of(pd.read_csv(f"{folder}/suspicions.csv"), begin, end))
        servers = int(json.loads((Path(folder) / "summary.json").read_text())["options"]["nodes"])
        pairs.append(servers * (servers - 1))
    hours = np.array(pairs) * (end - begin) / 3600
    times = crash_times(with_faults)
    draws = draws_of(len(fault_free), settings["replicates"])
    crash_draws = draws_of(len(with_faults), settings["replicates"])
    rows = []
    for label, text in labels_of(specifications).items():
        if not kind_of(text):
            continue
        detector, parameters = kind_of(text)
        counts = np.array([run.get(label, (0, 0.0))[0] for run in mistakes])
        wrong = np.array([run.get(label, (0, 0.0))[1] for run in mistakes]) / 3600
        found = times[label]
        every = np.concatenate(found)
        time_low, time_high = ratio_interval([sum(run) for run in found], [len(run) for run in found], crash_draws)
        rows.append(
            {
                "kind": "live",
                "detector": detector,
                "parameters": parameters,
                "role": "point",
                **accuracy(hours, counts, wrong, draws),
                "t_d_mean_s": every.mean() if len(every) else float("nan"),
                "t_d_mean_low_s": time_low,
                "t_d_mean_high_s": time_high,
                "t_d_p50_s": np.quantile(every, 0.5) if len(every) else float("nan"),
                "t_d_p99_s": np.quantile(every, 0.99) if len(every) else float("nan"),
                "t_d_max_s": every.max() if len(every) else float("nan"),
            }
        )
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["kind", "detector", "parameters"])


def main(snakemake):
    texts = [text.removeprefix("--detector=") for text in Path(snakemake.input.detectors).read_text().split()]
    table = live_points(texts, snakemake.input.fault_free, snakemake.input.with_faults, snakemake.params.settings)
    table.to_csv(snakemake.output.points, index=False)
    summaries = [json.loads((Path(folder) / "summary.json").read_text()) for folder in snakemake.input.with_faults]
    times = tabulate(summaries, shown_of(texts), snakemake.params.settings["replicates"])
    times.insert(0, "family", snakemake.wildcards.network)
    times.to_csv(snakemake.output.times, index=False)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821  (given by Snakemake)
