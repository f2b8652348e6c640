"""Writes per second of a saturated cluster beside the most that its link or its disk allows."""

import json
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

# Bytes of one write: the value, the command's header and key, the entry's header.
ENTRY = 8192 + 35 + 3 + 13
TCP_IP = 40 / 536  # headers on each segment of ns-3's default size
LINK = 1e9 / 8
DISK = 160e6 / 8
BEGIN, END = 2.5, 6.0  # the first election and the clients' sessions are over by then


def limit_of(kind, servers):
    # The leader sends each entry to all others over its one link; each server writes it once.
    return LINK / ((servers - 1) * ENTRY * (1 + TCP_IP)) if kind == "link" else DISK / ENTRY


rows = []
for path in snakemake.input:  # noqa: F821
    kind, servers = re.search(r"(link|disk)-(\d+)/", path).groups()
    returns = [json.loads(line)["ret"] for line in Path(path).read_text().splitlines()]
    done = sum(BEGIN <= at < END for at in returns) / (END - BEGIN)
    limit = min(limit_of("link", int(servers)), limit_of(kind, int(servers)))
    rows.append(
        {
            "limited_by": kind,
            "servers": int(servers),
            "limit_per_s": round(limit),
            "reached_per_s": round(done),
            "share": round(done / limit, 3),
        }
    )
table = pd.DataFrame(rows)
table.to_csv(snakemake.output.table, index=False)  # noqa: F821

figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
places = range(len(table))
axes.bar(places, table["limit_per_s"], color="lightgrey", label="limit of link or disk")
axes.bar(places, table["reached_per_s"], width=0.5, color="tab:blue", label="reached")
for place, row in zip(places, rows):
    axes.text(place, row["reached_per_s"], f"{row['share']:.0%}", ha="center", va="bottom")
axes.set_xticks(places, [f"{row['limited_by']},\n{row['servers']} servers" for row in rows])
axes.set_ylabel("writes of 8 KiB per second")
axes.set_title("Saturated cluster, lan, 1 Gbit/s links, TCP", loc="left")
axes.legend()
figure.savefig(snakemake.output.picture, dpi=150)  # noqa: F821
