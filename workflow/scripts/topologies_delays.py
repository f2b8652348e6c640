"""Delays of heartbeats by family: distributions and a stretch of time (topologies.png), and
quantiles of round trips beside published ones (topologies.csv)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(snakemake.scriptdir)))  # noqa: F821  (given by Snakemake)

import numpy as np
import pandas as pd
from plot_style import plt, save

# Round trips in ms as published (doc/topologies.md has the sources); a range where one is given.
PUBLISHED = {
    "lan": ("0.15-0.25", "", "0.24-0.39"),
    "multi-az": ("0.6-2.2", "", ""),
    "internet": ("135", "325", "413"),
    "starlink": ("26", "", ""),
    "lte": ("30-60", "", ""),
}
# Okabe & Ito (2008), and a grey.
COLOURS = ["#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#999999"]
STRIP_SECONDS = (30, 120)  # of the time that is drawn


def read(path):
    """Delays in ms; without the first second, in which wireless stations join."""
    trace = pd.read_csv(path)
    trace = trace[trace.sent_s >= 2.0].copy()
    trace["delay"] = (trace.arrived_s - trace.sent_s) * 1e3
    return trace


def round_trips(trace):
    """The sums of the delays of both servers' heartbeats with the same number."""
    back = trace.rename(columns={"observer": "target", "target": "observer"})
    both = trace.merge(back, on=["observer", "target", "seq"], suffixes=("", "_back"))
    return (both.delay + both.delay_back).dropna()


def autocorrelation(delays):
    return delays.autocorr(1) if delays.std() > 1e-6 else float("nan")


topologies = snakemake.params.topologies  # noqa: F821
traces = [read(path) for path in snakemake.input.heartbeats]  # noqa: F821
figure = plt.figure(figsize=(11, 9))
grid = figure.add_gridspec(len(topologies), 2, width_ratios=[1.1, 1], hspace=0.35, wspace=0.16)
cdf = figure.add_subplot(grid[:, 0])
rows = []
for i, (topology, trace) in enumerate(zip(topologies, traces)):
    delays = trace.delay.dropna().sort_values().to_numpy()
    cdf.step(delays, np.arange(1, len(delays) + 1) / len(delays), where="post",
             color=COLOURS[i], linewidth=1.3, label=topology)

    # The way whose delay varies most in the time that is drawn.
    begin, end = STRIP_SECONDS
    some = trace[(trace.sent_s >= begin) & (trace.sent_s < end)]
    ways = [way for _, way in some.groupby(["observer", "target"])]
    way = max(ways, key=lambda each: each.delay.std())
    strip = figure.add_subplot(grid[i, 1])
    strip.plot(way.sent_s, way.delay, ".", color=COLOURS[i], markersize=1.6)
    for lost in way.sent_s[way.delay.isna()]:
        strip.axvline(lost, ymin=0.0, ymax=0.12, color="red", linewidth=0.8)
    strip.set_ylim(bottom=0)
    strip.set_xlim(begin, end)
    strip.set_title(f"{topology}, server {way.target.iloc[0]} to {way.observer.iloc[0]}",
                    loc="left", fontsize=8, pad=2)
    strip.set_ylabel("ms")
    if i + 1 < len(topologies):
        strip.tick_params(labelbottom=False)
    else:
        strip.set_xlabel("time sent (s); red: lost")

    rtt = round_trips(trace)
    lags = [autocorrelation(way.delay) for _, way in trace.groupby(["observer", "target"])]
    published = PUBLISHED.get(topology, ("", "", ""))
    rows.append(
        {
            "topology": topology,
            "rtt_p50_ms": round(rtt.quantile(0.50), 2),
            "rtt_p95_ms": round(rtt.quantile(0.95), 2),
            "rtt_p99_ms": round(rtt.quantile(0.99), 2),
            "published_p50_ms": published[0],
            "published_p95_ms": published[1],
            "published_p99_ms": published[2],
            "one_way_sd_ms": round(float(np.nanmean([w.delay.std() for _, w in
                                                     trace.groupby(["observer", "target"])])), 3),
            "lag1_autocorrelation": round(float(np.nanmean(lags)), 2) if
            np.isfinite(lags).any() else "",
            "lost_share": round(float(trace.delay.isna().mean()), 5),
        }
    )

cdf.set_xscale("log")
cdf.set_ylim(0, 1)
cdf.set_xlabel("one-way delay of heartbeats, all pairs (ms)")
cdf.set_ylabel("share")
cdf.grid(color="#e5e5e5", linewidth=0.6)
cdf.legend(loc="upper left")
save(figure, snakemake.output.picture)  # noqa: F821
pd.DataFrame(rows).to_csv(snakemake.output.table, index=False)  # noqa: F821
