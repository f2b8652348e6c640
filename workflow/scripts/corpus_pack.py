"""Packs the files of a run into a shard of the corpus.

corpus_pack.py RUN SHARD THINNING ATTRIBUTES

A program rather than a script of Snakemake's, which would take half a second longer to start for
each of some two hundred runs.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from corpus_shard import CLASS_TYPE, CLASSES, NEVER, NO_LABEL, ROLES, ShardWriter, enum_of

TICK_NS = 100_000_000
WINDOW = 20  # rows of a window
CONTEXT_TICKS = 100  # kept before and after whatever happens to a server
BLOCK_TICKS = 60  # a healthy stretch is kept or left out in pieces of this length


def nanoseconds(seconds):
    return np.rint(np.asarray(seconds, dtype=np.float64) * 1e9).astype(np.int64)


def read(path, **options):
    """A CSV file with its times as whole nanoseconds."""
    table = pd.read_csv(path, keep_default_na=False, **options)
    for column in [name for name in table if name.endswith("_s") and not name.startswith("seconds")]:
        times = pd.to_numeric(table[column].replace("", np.nan)).to_numpy(np.float64)
        missing = np.isnan(times)
        table[column[:-2] + "_ns"] = np.where(missing, NEVER, nanoseconds(np.where(missing, 0, times)))
        del table[column]
    return table


def spread(flags, reach):
    """Sets all flags that are at most `reach` places from one that is set, along the last axis."""
    padded = np.pad(flags.astype(np.int64), [(0, 0), (reach + 1, reach)])
    sums = np.cumsum(padded, axis=1)
    return sums[:, 2 * reach + 1 :] > sums[:, : -(2 * reach + 1)]


def eventful_ticks(labels, faults, servers, ticks):
    """By server and tick, whether anything happens to it, or has just happened or soon will."""
    eventful = np.zeros((servers + 1, ticks + 1), dtype=bool)
    tick = (labels["time_ns"] // TICK_NS).to_numpy()
    quiet = (labels["label"] == "healthy") & (labels["subtype"] == "") & (labels["grace"] == 0)
    eventful[labels["target"].to_numpy()[~quiet], tick[~quiet]] = True
    for fault in faults.itertuples():
        end = ticks if fault.end_ns == NEVER else fault.end_ns // TICK_NS
        for server in {int(part) for part in fault.target.replace(">", "-").replace("/", "-").split("-")}:
            eventful[server, fault.start_ns // TICK_NS : end + 1] = True
    return spread(eventful, CONTEXT_TICKS)


def kept_blocks(servers, ticks, factor, seed):
    """By server and tick, whether a stretch in which nothing happens is kept: all observers alike."""
    blocks = ticks // BLOCK_TICKS + 1
    chosen = np.random.Generator(np.random.PCG64(seed)).random((servers + 1, blocks)) < 1 / factor
    return np.repeat(chosen, BLOCK_TICKS, axis=1)[:, : ticks + 1]


def ends_window(rows):
    """Whether a row ends a window: enough rows of its pair without a gap. Rows by pair and time."""
    follows = (
        (rows["observer"].diff() == 0) & (rows["target"].diff() == 0) & (rows["time_ns"].diff() * 2 <= 3 * TICK_NS)
    ).to_numpy()
    places = np.arange(len(rows))
    first = np.maximum.accumulate(np.where(follows, 0, places))
    return (places - first + 1 >= WINDOW) & (rows["label"] != NO_LABEL).to_numpy()


def thin(rows, eventful, kept):
    """Leaves out healthy stretches. The weight of a row is how many windows of the whole run the
    window stands for that ends there; 0 where none does."""
    tick = (rows["time_ns"] // TICK_NS).to_numpy()
    target = rows["target"].to_numpy()
    always = eventful[target, tick]
    windows = np.count_nonzero(ends_window(rows))
    stay = always | kept[target, tick]
    rows = rows[stay].reset_index(drop=True)
    always = always[stay]
    ends = ends_window(rows)
    sampled = np.count_nonzero(ends & ~always)
    certain = np.count_nonzero(ends & always)
    weight = (windows - certain) / sampled if sampled else 0.0
    rows["weight"] = np.where(ends, np.where(always, 1.0, weight), 0.0).astype(np.float32)
    return rows


def class_codes(names, path):
    codes = names.astype(str).map({name: code for code, name in enumerate(CLASSES)} | {"": NO_LABEL})
    if codes.isna().any():
        raise ValueError(f"{path}: a class that is none of {', '.join(CLASSES)}")
    return codes.astype(np.int16)


def read_rows(folder):
    """Observations joined with labels and, where it was asked for, the oracle, by pair and time."""
    rows = read(folder / "observations.csv", float_precision="round_trip")
    features = [name for name in rows if name not in ("time_ns", "observer", "target")]
    labels = read(folder / "labels.csv", dtype={"label": "category", "subtype": "category", "seconds_to_crash": str})
    merged = rows.merge(labels, on=["time_ns", "observer", "target"], how="left", validate="one_to_one")
    if merged["label"].isna().any():
        raise ValueError(f"{folder}: an observation without a label")
    oracle = []
    if (folder / "oracle.csv").exists():
        knowledge = read(folder / "oracle.csv")
        keys = [name for name in ("time_ns", "observer", "target") if name in knowledge]
        oracle = [name for name in knowledge if name not in keys]
        knowledge = knowledge.rename(columns={name: f"oracle_{name}" for name in oracle})
        oracle = [f"oracle_{name}" for name in oracle]
        merged = merged.merge(knowledge, on=keys, how="left", validate="many_to_one")
    merged["label"] = class_codes(merged["label"], folder / "labels.csv")
    merged = merged.sort_values(["observer", "target", "time_ns"], kind="stable", ignore_index=True)
    return merged, features, oracle, labels


def numbers(column):
    return pd.to_numeric(column.replace("", np.nan)).to_numpy(np.float32)


def pack_rows(shard, folder, faults, servers, thinning, seed):
    rows, features, oracle, labels = read_rows(folder)
    last = int(labels["time_ns"].max()) // TICK_NS
    eventful = eventful_ticks(labels, faults, servers, last)
    rows = thin(rows, eventful, kept_blocks(servers, last, thinning, seed))
    shard.add("rows/time_ns", rows["time_ns"], np.int64)
    for name in ("observer", "target"):
        shard.add(f"rows/{name}", rows[name], np.uint16)
    shard.add("rows/features", rows[features], np.float32, {"names": np.array(features, dtype="S")})
    shard.add("rows/label", rows["label"], CLASS_TYPE)
    shard.add_names("rows/subtype", rows["subtype"].astype(str).tolist())
    shard.add("rows/seconds_to_crash", numbers(rows["seconds_to_crash"]))
    for name in ("predictable", "identifiable", "grace"):
        shard.add(f"rows/{name}", rows[name], np.uint8)
    shard.add("rows/weight", rows["weight"], np.float32)
    for name in oracle:
        if name == "oracle_class":
            shard.add(f"rows/{name}", class_codes(rows[name], folder / "oracle.csv"), CLASS_TYPE)
        else:
            shard.add(f"rows/{name}", numbers(rows[name].astype(str)))


def pack_heartbeats(shard, folder):
    beats = read(folder / "heartbeats.csv").sort_values(["observer", "target", "sent_ns"], kind="stable")
    lost = beats["arrived_ns"] == NEVER
    for name in ("observer", "target"):
        shard.add(f"heartbeats/{name}", beats[name], np.uint16)
    shard.add("heartbeats/sequence", beats["seq"], np.uint32)
    shard.add("heartbeats/sent_ns", beats["sent_ns"], np.int64)
    shard.add("heartbeats/latency_ns", np.where(lost, NEVER, beats["arrived_ns"] - beats["sent_ns"]), np.int64)


def pack_suspicions(shard, folder):
    suspicions = read(folder / "suspicions.csv")
    shard.add("suspicions/time_ns", suspicions["time_ns"], np.int64)
    for name in ("observer", "target"):
        shard.add(f"suspicions/{name}", suspicions[name], np.uint16)
    shard.add_names("suspicions/detector", suspicions["detector"].astype(str).tolist())
    shard.add("suspicions/suspected", suspicions["suspected"], np.uint8)
    shard.add("suspicions/level", suspicions["level"], np.float64)


def pack(folder, path, attributes, thinning):
    """Writes the shard of a run; its bytes follow from the run, the attributes and the factor."""
    folder = Path(folder)
    summary = (folder / "summary.json").read_text()
    options = json.loads(summary)["options"]
    servers = int(options["nodes"])
    faults = read(folder / "faults.csv", dtype={"end_s": str, "target": str, "detail": str})
    roles = read(folder / "roles.csv")
    attributes = attributes | {
        "servers": servers,
        "tick_ns": TICK_NS,
        "window": WINDOW,
        "thinning": float(thinning),
    }
    with ShardWriter(path, attributes) as shard:
        shard.add_text("summary", summary)
        shard.add("faults/start_ns", faults["start_ns"], np.int64)
        shard.add("faults/end_ns", faults["end_ns"], np.int64)
        shard.add_names("faults/kind", faults["kind"].tolist())
        shard.add_texts("faults/target", faults["target"].tolist())
        shard.add_texts("faults/detail", faults["detail"].tolist())
        shard.add("roles/time_ns", roles["time_ns"], np.int64)
        shard.add("roles/server", roles["server"], np.uint16)
        shard.add("roles/role", roles["role"].map({name: code for code, name in enumerate(ROLES)}), enum_of(ROLES))
        shard.add("roles/term", roles["term"], np.uint64)
        pack_suspicions(shard, folder)
        if (folder / "heartbeats.csv").exists():
            pack_heartbeats(shard, folder)
        if (folder / "observations.csv").exists():
            pack_rows(shard, folder, faults, servers, thinning, attributes["seed"])


if __name__ == "__main__":
    run_folder, shard_file, one_in, given = sys.argv[1:]
    pack(run_folder, shard_file, json.loads(given), float(one_in))
