"""Which configurations the validation runs recommend: nothing here sees a test run."""

import numpy as np
import pandas as pd


def stretches_of(settings, family):
    """Ends of the stretches of T_D that get a point each."""
    low, high = settings["catalogue"][family]["margins_s"]
    period = settings["period_s"]
    # A crash at a random moment is noticed about half a period and the margin later.
    return np.geomspace(period / 2 + low, period + high, settings["points"] + 1)


def frontier(table, ends):
    """Of each detector and stretch of T_D the index of the row with the fewest mistakes; among
    equals the one that is wrong for the least time, then the quickest."""
    stretch = np.digitize(table.t_d_mean_s, ends)
    inside = table.assign(stretch=stretch)[(stretch > 0) & (stretch < len(ends))]
    ranked = inside.sort_values(["mistakes_per_hour", "wrong_share", "t_d_mean_s"], kind="stable")
    return sorted(ranked.groupby(["detector", "stretch"], sort=False).head(1).index)


def quickest(table, target):
    """Of each detector the index of the quickest row that keeps to so many mistakes per hour by its
    95 % bound; where the exposure is too short for any bound that low, that made no mistake."""
    enough = 3 / table.pair_hours <= target
    keeps = np.where(enough, table.upper_per_hour <= target, table.mistakes == 0)
    ranked = table[keeps].sort_values("t_d_mean_s", kind="stable")
    return {row.detector: index for index, row in ranked.groupby("detector", sort=False).head(1).iterrows()}


def choose(table, settings, family):
    """The table with `role`: what a configuration was chosen for, `point` or targets, or nothing."""
    roles = pd.Series([[] for _ in range(len(table))], index=table.index)
    for index in frontier(table, stretches_of(settings, family)):
        roles[index].append("point")
    for name, target in settings["targets"].items():
        for index in quickest(table, target).values():
            roles[index].append(name)
    return table.assign(role=[" ".join(role) for role in roles])


def live_specifications(table, settings):
    """What runs live: each detector as tuned for live runs, then what no replay can show, the points
    of one of them with gossip and those with messages of their own."""
    roles = table.role.str.split()
    tuned = table[roles.apply(lambda role: settings["times"]["tuned_for"] in role)]
    gossip = settings.get("gossip", {"quorums": []})
    wanted = roles.apply(lambda role: "point" in role or settings["times"]["tuned_for"] in role)
    alone = table[wanted & (table.detector == gossip.get("detector"))]
    return specifications(tuned) + [
        f"{text},gossip={quorum}" for quorum in gossip["quorums"] for text in specifications(alone)
    ] + settings.get("live", [])


def specifications(table):
    """As replay-detectors and consensus-scenario take them."""
    return [row.detector + (f":{row.parameters}" if row.parameters else "") for row in table.itertuples()]
