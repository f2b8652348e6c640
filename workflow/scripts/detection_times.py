"""Time to suspicion and time to trust again of each detector, by kind of fault and family, from the
summaries of live runs. An episode is one fault; its time is that of the median observer of those
that noticed."""

import numpy as np
import pandas as pd
from frontier_quality import draws_of

SHARES = {"p50": 0.50, "p99": 0.99}


def episodes_of(summary, run, shown):
    """A row for each fault and detector that is shown."""
    rows = []
    for fault in summary["faults"]:
        for label, detector in shown.items():
            notice = fault["suspected"][label]
            trust = (fault["trusted_again"] or {}).get(label)
            rows.append(
                {
                    "run": run,
                    "kind": fault["kind"],
                    "detector": detector,
                    "observers": notice["observers"],
                    "noticed": notice["noticed"],
                    "t_d_s": notice["median_s"],
                    "first_s": notice["first_s"],
                    "asked": trust["observers"] if trust else 0,
                    "trusting": trust["noticed"] if trust else 0,
                    "trust_s": trust["median_s"] if trust else None,
                }
            )
    return rows


def statistics(values, weights):
    """Mean and quantiles of values that count as often as the weights say, for each row of these."""
    order = np.argsort(values)
    reached = np.cumsum(weights[:, order], axis=1)
    total = reached[:, -1]
    result = {"mean": weights @ values / total}
    for name, share in SHARES.items():
        first = (reached >= share * total[:, np.newaxis]).argmax(axis=1)
        result[name] = values[order][first]
    return result


def described(name, group, replicates):
    """Mean, quantiles and maximum of a column, with percentile intervals by a bootstrap over runs:
    a run stays or goes with all its faults."""
    known = group[group[name].notna()]
    values = known[name].to_numpy(float)
    if not len(values):
        return {f"{name}_{column}": float("nan") for column in ["mean", *SHARES, "max"]}
    result = {}
    runs = group.run.unique()
    draws = draws_of(len(runs), replicates)[:, np.searchsorted(runs, known.run)]
    drawn = statistics(values, draws[draws.sum(axis=1) > 0]) if len(runs) > 1 else None
    for column, value in statistics(values, np.ones((1, len(values)))).items():
        result[f"{name}_{column}"] = value[0]
        low, high = np.percentile(drawn[column], [2.5, 97.5]) if drawn else (np.nan, np.nan)
        result.update({f"{name}_{column}_low": low, f"{name}_{column}_high": high})
    result[f"{name}_max"] = values.max()
    return result


def tabulate(summaries, shown, replicates):
    """A row for each kind and detector of one family; `shown` names detectors by their labels."""
    episodes = pd.DataFrame(
        [row for run, summary in enumerate(summaries) for row in episodes_of(summary, run, shown)]
    )
    rows = []
    for (kind, detector), group in episodes.groupby(["kind", "detector"], sort=False):
        asked = group.asked.sum()
        rows.append(
            {
                "kind": kind,
                "detector": detector,
                "runs": group.run.nunique(),
                "episodes": len(group),
                "noticed_share": group.noticed.sum() / group.observers.sum(),
                **described("t_d_s", group, replicates),
                "first_s_mean": group.first_s.mean(),
                "trusting_share": group.trusting.sum() / asked if asked else float("nan"),
                **described("trust_s", group, replicates),
            }
        )
    return pd.DataFrame(rows)

