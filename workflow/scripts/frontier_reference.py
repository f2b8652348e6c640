"""The line that NFD-S draws in a family: in closed form where delays and losses are independent, as
a bound; elsewhere from how they were distributed, pair by pair, as if they were."""

import numpy as np
import pandas as pd
from frontier_theory import EmpiricalDelay, LogNormalDelay, mean_of, nfd_s

SHIFTS = 80
STEPS = 50  # of the integral over a period


def arrivals_of(folders, period, warmup):
    """Delays of each pair from the moments at which heartbeats were due, and the share lost. What
    comes a little early or late because the sender's timer does counts as delay, and may be
    negative. Of each run without the heartbeats that are not judged, and without the last second,
    in which what is on its way looks lost."""
    pairs = {}
    for folder in folders:
        trace = pd.read_csv(f"{folder}/heartbeats.csv")
        trace = trace[(trace.seq > warmup) & (trace.sent_s < trace.sent_s.max() - 1)]
        for pair, beats in trace.groupby(["observer", "target"]):
            first = (beats.sent_s - period * beats.seq).mean()
            delays = beats.arrived_s - (first + period * beats.seq)
            pairs.setdefault(pair, []).append(delays.to_numpy())
    return {pair: np.concatenate(parts) for pair, parts in pairs.items()}


settings = snakemake.params.settings  # noqa: F821
family = snakemake.wildcards.network  # noqa: F821
period = settings["period_s"]
described = settings["catalogue"][family]
shifts = np.geomspace(described["margins_s"][0], described["margins_s"][1] + period, SHIFTS)
law = described.get("law")
if law:
    delay = LogNormalDelay(law["jitter_s"], law["constant_s"])
    lines = [nfd_s(shift, period, law["loss"], delay) for shift in shifts]
else:
    arrivals = arrivals_of(snakemake.input.runs, period, settings["warmup"])  # noqa: F821
    pairs = [
        (float(np.isnan(delays).mean()), EmpiricalDelay(delays[~np.isnan(delays)]))
        for delays in arrivals.values()
    ]
    lines = [
        mean_of([nfd_s(shift, period, loss, delay, STEPS) for loss, delay in pairs]) for shift in shifts
    ]
pd.DataFrame(
    {
        "family": family,
        "kind": "closed form" if law else "reference",
        "shift_s": shifts,
        "mistakes_per_hour": [line.mistakes_per_hour for line in lines],
        "p_a": [1 - line.wrong_share for line in lines],
        "wrong_share": [line.wrong_share for line in lines],
        "t_mr_mean_s": [line.t_mr_s for line in lines],
        "t_m_mean_s": [line.t_m_s for line in lines],
        "t_d_mean_s": [line.t_d_s for line in lines],
        "t_d_max_s": shifts + period,
    }
).to_csv(snakemake.output.line, index=False)  # noqa: F821
