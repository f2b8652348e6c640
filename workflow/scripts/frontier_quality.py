"""Quality of service of detectors, pooled over the pairs of a run and over runs, with intervals.

Input are the tables of replay-detectors, one a run: a row for each pair and configuration.
"""

import numpy as np
import pandas as pd
from scipy import stats

SEED = 1  # of the bootstrap
SUMS = ["hours", "mistakes", "wrong_hours", "detected", "detection_s", "p50_s", "p99_s"]
KEY = ["detector", "parameters"]


def per_run(table):
    """Sums over the pairs of one run."""
    pairs = table.assign(parameters=table.parameters.fillna("").astype(str))
    pairs["wrong_hours"] = (1 - pairs.p_a) * pairs.hours
    for name, column in [("detection_s", "t_d_mean_s"), ("p50_s", "t_d_p50_s"), ("p99_s", "t_d_p99_s")]:
        pairs[name] = pairs[column].fillna(0) * pairs.detected
    groups = pairs.groupby(KEY, sort=False)
    sums = groups[SUMS].sum()
    sums["max_s"] = groups.t_d_max_s.max()
    return sums.reset_index()


def read_runs(paths):
    """One table of per_run() sums, with the number of the run."""
    return pd.concat(
        [per_run(pd.read_csv(path)).assign(run=run) for run, path in enumerate(paths)], ignore_index=True
    )


def draws_of(runs, replicates):
    """How often each run is drawn, a row for each replicate of the bootstrap."""
    return np.random.default_rng(SEED).multinomial(runs, np.full(runs, 1 / runs), size=replicates)


def ratio_interval(numerators, denominators, draws):
    """95 % percentile interval of a ratio of sums over runs; nothing from a single run."""
    if draws.shape[1] < 2:
        return float("nan"), float("nan")
    below = draws @ np.asarray(denominators, float)
    ratios = (draws @ np.asarray(numerators, float))[below > 0] / below[below > 0]
    if not len(ratios):
        return float("nan"), float("nan")
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


def upper_rate(mistakes, hours):
    """The rate that so few mistakes rule out at 95 %, were they Poisson: 3 / hours without any."""
    return float(stats.chi2.ppf(0.95, 2 * mistakes + 2) / 2 / hours)


def accuracy(hours, mistakes, wrong_hours, draws):
    """Rate, share and length of mistakes, from the sums of each run."""
    hours, mistakes, wrong_hours = (np.asarray(sums, float) for sums in (hours, mistakes, wrong_hours))
    exposure, count, wrong = hours.sum(), int(mistakes.sum()), wrong_hours.sum()
    rate_low, rate_high = ratio_interval(mistakes, hours, draws)
    wrong_low, wrong_high = ratio_interval(wrong_hours, hours, draws)
    length_low, length_high = ratio_interval(3600 * wrong_hours, mistakes, draws)
    return {
        "runs": len(hours),
        "pair_hours": exposure,
        "mistakes": count,
        "mistakes_per_hour": count / exposure,
        "mistakes_per_hour_low": rate_low if count else 0.0,
        "mistakes_per_hour_high": rate_high if count else 3 / exposure,
        "upper_per_hour": upper_rate(count, exposure),
        "p_a": 1 - wrong / exposure,
        "p_a_low": 1 - wrong_high,
        "p_a_high": 1 - wrong_low,
        "wrong_share": wrong / exposure,
        "t_mr_mean_s": 3600 * exposure / count if count else float("nan"),
        "t_m_mean_s": 3600 * wrong / count if count else float("nan"),
        "t_m_mean_low_s": length_low,
        "t_m_mean_high_s": length_high,
    }


def pooled(runs, replicates):
    """A row for each configuration: rates, accuracy and detection times with their intervals."""
    number = int(runs.run.max()) + 1
    draws = draws_of(number, replicates)
    rows = []
    for (detector, parameters), group in runs.groupby(KEY, sort=False):
        group = group.sort_values("run")
        if len(group) != number:
            raise ValueError(f"frontier: {detector}:{parameters}: expected it once in each of {number} runs")
        detected = group.detected.sum()
        time_low, time_high = ratio_interval(group.detection_s, group.detected, draws)
        rows.append(
            {
                "detector": detector,
                "parameters": parameters,
                **accuracy(group.hours, group.mistakes, group.wrong_hours, draws),
                "t_d_mean_s": group.detection_s.sum() / detected,
                "t_d_mean_low_s": time_low,
                "t_d_mean_high_s": time_high,
                "t_d_p50_s": group.p50_s.sum() / detected,
                "t_d_p99_s": group.p99_s.sum() / detected,
                "t_d_max_s": group.max_s.max(),
            }
        )
    return pd.DataFrame(rows)
