"""What is in a corpus: index.csv, datasheet.json and datasheet.md."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from corpus_plan import PARTS, SPLITS
from corpus_shard import CLASSES, Shard, sha256_of

EPISODE_GAP_NS = 5_000_000_000  # a stretch of a class ends where it is not seen for so long
HEALTHY_EPISODE_NS = 60_000_000_000
THIN_EPISODES = 100  # a class with fewer in the test runs is too thin for a claim


def count_windows(shard):
    """By class and subtype: rows, windows, windows of the whole run, episodes of a target."""
    rows = pd.DataFrame(
        {
            "time_ns": shard.column("rows/time_ns"),
            "target": shard.column("rows/target"),
            "label": shard.column("rows/label"),
            "subtype": shard.column("rows/subtype"),
            "weight": shard.column("rows/weight"),
        }
    )
    rows = rows[rows["label"] >= 0]
    subtypes = shard.names_of("rows/subtype")
    counts = []
    for (label, subtype), group in rows.groupby(["label", "subtype"]):
        windows = group[group["weight"] > 0]
        counts.append(
            {
                "class": CLASSES[label],
                "subtype": subtypes[subtype],
                "rows": len(group),
                "windows": len(windows),
                "windows_unthinned": round(float(windows["weight"].to_numpy(np.float64).sum())),
                "episodes": episodes_of(windows, CLASSES[label]),
            }
        )
    return counts


def episodes_of(windows, name):
    """Stretches of a target, whoever observes it; healthy ones by the minute."""
    if name == "healthy":
        return len(pd.DataFrame({"target": windows["target"], "minute": windows["time_ns"] // HEALTHY_EPISODE_NS}).drop_duplicates())
    ordered = windows[["target", "time_ns"]].sort_values(["target", "time_ns"])
    begins = (ordered["target"].diff() != 0) | (ordered["time_ns"].diff() > EPISODE_GAP_NS)
    return int(begins.sum())


def describe(path, name):
    """Everything that the datasheet needs to know of a shard."""
    with Shard(path) as shard:
        attributes = shard.attributes
        summary = json.loads(shard.text("summary"))
        hours = float(attributes["duration_s"]) / 3600
        entry = {
            "shard": name,
            **{key: str(attributes[key]) for key in ("part", "family", "split")},
            "seed": int(attributes["seed"]),
            "servers": int(attributes["servers"]),
            "watch": summary["options"]["watch"],
            "duration_s": float(attributes["duration_s"]),
            "node_hours": round(int(attributes["servers"]) * hours, 6),
            "rows": len(shard.column("rows/time_ns")) if "rows" in shard else 0,
            "heartbeats": len(shard.column("heartbeats/observer")) if "heartbeats" in shard else 0,
            "faults": len(shard.column("faults/start_ns")),
            "bytes": Path(path).stat().st_size,
            "sha256": sha256_of(path),
        }
        counts = count_windows(shard) if "rows" in shard else []
        faults = list(
            zip(shard.texts("faults/kind"), shard.column("faults/start_ns"), shard.column("faults/end_ns"), shard.texts("faults/detail"))
        )
        thinning = float(attributes["thinning"])
    return entry, counts, faults, thinning, summary


def table(frame, corner):
    """A table in Markdown."""
    lines = [f"| {corner} | " + " | ".join(str(name) for name in frame.columns) + " |"]
    lines.append("|---|" + "---:|" * len(frame.columns))
    for name, row in zip(frame.index, frame.to_numpy()):
        lines.append(f"| {name} | " + " | ".join(str(cell) for cell in row) + " |")
    return lines + [""]


def cross(counts, rows, columns, row_order=None, column_order=None):
    """Windows and, in brackets, episodes; windows of the whole run where healthy ones were left out."""
    grid = counts.groupby([rows, columns])[["windows", "episodes"]].sum()
    names = [name for name in (row_order or sorted(counts[rows].unique())) if name in set(counts[rows])]
    heads = [name for name in (column_order or sorted(counts[columns].unique())) if name in set(counts[columns])]

    def cell(name, head):
        if (name, head) not in grid.index:
            return "0"
        return "{:,} ({:,})".format(*(int(number) for number in grid.loc[(name, head)]))

    return pd.DataFrame([[cell(name, head) for head in heads] for name in names], names, heads)


def write_markdown(path, sheet, index, counts):
    kept, whole = counts["windows"].sum(), counts["windows_unthinned"].sum()
    lines = [
        f"# Datasheet of the corpus, configuration {sheet['configuration']['version']}",
        "",
        f"Made by neural-consensus {sheet['program']['version']} on ns-3 {sheet['program']['ns3_version']}"
        f" (build {sheet['program']['build'][:16]}) from the configuration"
        f" `{sheet['configuration']['sha256'][:16]}`. All in full, and what each family is, in `datasheet.json`;"
        " a line and a checksum for every shard in `index.csv`. The format is described in `doc/corpus.md`.",
        "",
        f"{len(index)} runs, {index['bytes'].sum() / 2**20:,.1f} MiB. One of {sheet['thinning']:g} healthy stretches in"
        f" which nothing happens to a server was kept: {kept:,} windows of {whole:,}. The fault-free part is whole.",
        "",
        "## Node-hours",
        "",
        "A node for an hour; in brackets the runs.",
        "",
    ]
    for part in PARTS:
        mine = index[index["part"] == part]
        cells = {
            family: {
                split: "{:.2f} ({})".format(group["node_hours"].sum(), len(group))
                for split, group in list(of_family.groupby("split")) + [("all", of_family)]
            }
            for family, of_family in list(mine.groupby("family", sort=False)) + [("all", mine)]
        }
        lines += table(pd.DataFrame(cells).T.reindex(columns=SPLITS + ["all"]).dropna(axis=1, how="all").fillna("0"), part)
    sizes = index.groupby(["part", "servers"])["node_hours"].sum().unstack("part").round(2)
    lines += ["By number of servers:", ""] + table(sizes.fillna(0), "servers")
    if len(counts):
        lines += ["## Windows and episodes", ""]
        lines += [
            f"Windows, and in brackets episodes: a stretch in which a target is of a class, ended by {EPISODE_GAP_NS / 1e9:g} s"
            " without; healthy ones by the minute. Several observers of a target are one episode.",
            "",
        ]
        lines += table(cross(counts, "class", "split", CLASSES, SPLITS), "class")
        counts = counts.assign(kind=counts["class"] + ", " + counts["subtype"])
        lines += table(cross(counts, "kind", "split", None, SPLITS), "class, subtype")
        lines += table(cross(counts, "class", "family", CLASSES, list(index["family"].unique())), "class")
        if sheet["thin_classes"]:
            lines += [
                f"With fewer than {THIN_EPISODES} episodes in the test runs, too thin for a claim: "
                + ", ".join(sheet["thin_classes"])
                + ".",
                "",
            ]
    kinds = pd.DataFrame(sheet["faults"])
    if len(kinds):
        lines += ["## Faults", "", "As they were realised, by family.", ""]
        grid = kinds.pivot_table(index="kind", columns="family", values="count", aggfunc="sum", fill_value=0)
        lines += table(grid[[name for name in index["family"].unique() if name in grid]], "kind")
    lines += [
        "## Splits",
        "",
        "Every run belongs to one split, and its seed to no other run. To hold out a family: train and validate on"
        " those runs of all other families, test on its own test runs. Families of one kind are held out together.",
        "",
    ]
    folds = pd.DataFrame(sheet["folds"]).set_index("held_out")[["train_runs", "validation_runs", "test_runs"]]
    lines += table(folds, "held out")
    Path(path).write_text("\n".join(lines))


def folds_of(index, catalogue):
    """Leave one family out, and with it those that are of its kind (`like`)."""
    runs = index[index["part"] == "faults"]
    kinds = runs["family"].map(lambda family: catalogue[family].get("like", family))
    folds = []
    for kind in kinds.unique():
        fold = {"held_out": ", ".join(runs["family"][kinds == kind].unique())}
        for split in SPLITS:
            chosen = runs[(runs["split"] == split) & ((kinds == kind) == (split == "test"))]
            fold[f"{split}_runs"] = len(chosen)
            fold[split] = chosen["shard"].tolist()
        folds.append(fold)
    return folds


def make(shards, names, settings, digest, build, outputs):
    entries, counts, faults = [], [], []
    networks = {}
    for path, name in zip(shards, names):
        entry, windows, broken, thinning, summary = describe(path, name)
        entries.append(entry)
        keys = {key: entry[key] for key in ("family", "split")}
        counts += [keys | row for row in windows]
        faults += [{"family": entry["family"], "kind": kind} for kind, *_ in broken]
        if "network" in summary:
            networks[name] = summary["network"]
    index = pd.DataFrame(entries)
    index.to_csv(outputs["index"], index=False)
    counts = pd.DataFrame(
        counts, columns=["family", "split", "class", "subtype", "rows", "windows", "windows_unthinned", "episodes"]
    )
    totals = counts.groupby(["family", "split", "class", "subtype"]).sum().reset_index()
    test = totals[totals["split"] == "test"].groupby("class")["episodes"].sum()
    kinds = pd.DataFrame(faults, columns=["family", "kind"]).value_counts().sort_index().rename("count").reset_index()
    sheet = {
        "format": "neural-consensus-corpus",
        "configuration": {"version": settings["version"], "sha256": digest, "settings": settings},
        "program": {**summary["project"], "ns3_version": summary["ns3_version"], "build": build},
        "thinning": thinning,
        "node_hours": {
            part: round(float(index.loc[index["part"] == part, "node_hours"].sum()), 6) for part in PARTS
        },
        "windows": totals.to_dict("records"),
        "thin_classes": [name for name in CLASSES if test.get(name, 0) < THIN_EPISODES],
        "faults": kinds.to_dict("records"),
        "networks": networks,
        "folds": folds_of(index, settings["catalogue"]),
        "shards": index.to_dict("records"),
    }
    Path(outputs["json"]).write_text(json.dumps(sheet, indent=1) + "\n")
    write_markdown(outputs["markdown"], sheet, index, totals)


if "snakemake" in globals():
    make(
        snakemake.input.shards,  # noqa: F821
        snakemake.params.names,  # noqa: F821
        snakemake.params.settings,  # noqa: F821
        snakemake.params.digest,  # noqa: F821
        snakemake.params.build,  # noqa: F821
        {key: snakemake.output[key] for key in ("index", "json", "markdown")},  # noqa: F821
    )
