"""The tables behind the picture: every point with its exposure and interval (detection_frontier.csv),
T_D at given rates of mistakes (detection_targets.csv), and the simulated NFD-S beside its closed
form (nfd_s_check.csv)."""

import pandas as pd
from frontier_quality import pooled, read_runs
from frontier_verdicts import against_closed_form, reached

settings = snakemake.params.settings  # noqa: F821
families = snakemake.params.families  # noqa: F821
points, targets, checks = [], [], []
for family, runs in families.items():
    table = pooled(read_runs(runs["test"]), settings["replicates"])
    tuned = pd.read_csv(runs["tuned"], keep_default_na=False)
    roles = {(row.detector, str(row.parameters)): row for row in tuned.itertuples() if row.role}
    table.insert(0, "family", family)
    table.insert(1, "kind", "measured")
    table["role"] = [roles[(row.detector, row.parameters)].role for row in table.itertuples()]
    line = pd.read_csv(runs["line"]).assign(detector="nfd-s-optimum")
    line["parameters"] = [f"shift={shift:.6g}" for shift in line.pop("shift_s")]
    points += [table, pd.read_csv(runs["live"]).assign(family=family), line]
    targets += reached(table, settings)
    law = settings["catalogue"][family].get("law")
    if law:
        checks += against_closed_form(table, law, settings["period_s"])



def write(table, path):
    for column in table.columns.intersection(["runs", "mistakes"]):
        table[column] = table[column].astype("Int64")  # lines have none
    table.to_csv(path, index=False, float_format="%.9g")


write(pd.concat(points, ignore_index=True), snakemake.output.points)  # noqa: F821
write(pd.DataFrame(targets), snakemake.output.targets)  # noqa: F821
write(pd.DataFrame(checks), snakemake.output.check)  # noqa: F821
