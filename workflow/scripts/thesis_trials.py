"""Reading what the target `thesis` measured, and what Ongaro's dissertation published."""

import pandas as pd

# From short to long times; Okabe & Ito (2008), which stay apart for colour-blind readers.
COLOURS = ["#cc79a7", "#d55e00", "#e69f00", "#009e73", "#0072b2", "#222222"]


def read_downtimes(path):
    """Times without a leader in ms, sorted, of trials that ended with one; and how many there were."""
    trials = pd.read_csv(path)
    return (trials.known_s.dropna() * 1e3).sort_values().to_numpy(), len(trials)


def describe(times, trials):
    """What a table says of an experiment; times are of the trials that ended with a leader."""
    row = {"trials": trials, "without_leader": trials - len(times)}
    shares = {"min_ms": 0, "median_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99, "max_ms": 1}
    for name, share in shares.items():
        row[name] = quantile(times, trials, share)
    row["mean_ms"] = round(float(times.mean()), 1) if len(times) == trials else None
    return row


def quantile(times, trials, share):
    """Nearest rank among all trials; None where that trial did not end."""
    rank = round(share * (trials - 1))
    return round(float(times[rank]), 1) if rank < len(times) else None


def write_table(rows, path):
    pd.DataFrame(rows).to_csv(path, index=False)
