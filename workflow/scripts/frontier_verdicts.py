"""What the test runs say: which detector keeps to which rate of mistakes, how soon it notices then,
and whether the simulated NFD-S is the one on paper."""

from frontier_theory import LogNormalDelay, nfd_s


def reached(table, settings):
    """A row for each detector and target, by the configuration that the validation runs chose:
    `yes` where the 95 % bounds keep to the target, `point` where only the measured rate does."""
    rows = []
    for name, target in settings["targets"].items():
        for detector in settings["detectors"]:
            mine = table[(table.detector == detector) & table.role.str.split().apply(lambda roles: name in roles)]
            row = {
                "family": table.family.iloc[0],
                "detector": detector,
                "target": name,
                "target_per_hour": target,
                "parameters": "",
                "reached": "none",
            }
            if len(mine):
                best = mine.iloc[0]
                bound = max(best.upper_per_hour, best.mistakes_per_hour_high)
                verdict = "yes" if bound <= target else "point" if best.mistakes_per_hour <= target else "no"
                columns = ["pair_hours", "mistakes", "mistakes_per_hour", "mistakes_per_hour_low",
                           "mistakes_per_hour_high", "p_a", "t_d_mean_s", "t_d_mean_low_s",
                           "t_d_mean_high_s", "t_d_p99_s", "t_d_max_s"]
                row.update({"parameters": best.parameters, "reached": verdict})
                row.update({column: best[column] for column in columns})
            rows.append(row)
    return rows


def settings_in(parameters):
    """The keys of key=value,... with their values, a time such as 0.1, 100ms or 100000us in s."""
    values = {}
    for part in parameters.split(","):
        key, value = part.split("=")
        for unit, seconds in (("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("s", 1.0)):
            if value.endswith(unit):
                values[key] = float(value[: -len(unit)]) * seconds
                break
        else:
            values[key] = float(value)
    return values


def against_closed_form(table, law, period):
    """Simulated NFD-S, each row beside theorem 5 for the same shift."""
    delay = LogNormalDelay(law["jitter_s"], law["constant_s"])
    rows = []
    for row in table[table.detector == "chen-nfd-s"].itertuples():
        shift = settings_in(row.parameters)["alpha"]
        truth = nfd_s(shift, period, law["loss"], delay)
        low, high = row.mistakes_per_hour_low, row.mistakes_per_hour_high
        rows.append(
            {
                "family": row.family,
                "shift_s": shift,
                "pair_hours": row.pair_hours,
                "mistakes": row.mistakes,
                "t_mr_s": row.t_mr_mean_s,
                "t_mr_low_s": 3600 / high if high > 0 else float("inf"),
                "t_mr_high_s": 3600 / low if low > 0 else float("inf"),
                "t_mr_closed_s": truth.t_mr_s,
                "t_m_s": row.t_m_mean_s,
                "t_m_low_s": row.t_m_mean_low_s,
                "t_m_high_s": row.t_m_mean_high_s,
                "t_m_closed_s": truth.t_m_s,
                "p_a": row.p_a,
                "p_a_low": row.p_a_low,
                "p_a_high": row.p_a_high,
                "p_a_closed": 1 - truth.wrong_share,
                "t_d_s": row.t_d_mean_s,
                "t_d_closed_s": truth.t_d_s,
                "t_mr_agrees": low <= truth.mistakes_per_hour <= high,
                # Without a mistake there is no interval of their length.
                "t_m_agrees": row.t_m_mean_low_s <= truth.t_m_s <= row.t_m_mean_high_s if row.mistakes else None,
                "p_a_agrees": row.p_a_low <= 1 - truth.wrong_share <= row.p_a_high if row.mistakes else None,
            }
        )
    return rows
