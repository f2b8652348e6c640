"""When each detector noticed each fault of the live scenario: detection.csv and detection.txt."""

import json
from pathlib import Path

import pandas as pd

summary = json.loads(Path(snakemake.input.summary).read_text())  # noqa: F821
detectors = list(summary["detectors"])

rows = []
for fault in summary["faults"]:
    row = {"kind": fault["kind"], "target": fault["target"], "start_s": fault["start_s"], "end_s": fault["end_s"]}
    for detector in detectors:
        notice = fault["suspected"][detector]
        row[f"{detector}_first_s"] = notice["first_s"]
        row[f"{detector}_median_s"] = notice["median_s"]
        row[f"{detector}_noticed"] = f"{notice['noticed']}/{notice['observers']}"
    if "named" in fault:
        row["class"] = fault["named"]["class"]
        row["class_first_s"] = fault["named"]["first_s"]
        row["class_noticed"] = f"{fault['named']['noticed']}/{fault['named']['observers']}"
    rows.append(row)
table = pd.DataFrame(rows)
table.to_csv(snakemake.output.table, index=False)  # noqa: F821


def cell(seconds, noticed):
    return "-" if seconds is None else f"{seconds:.2f} ({noticed})"


lines = [
    "Seconds from each fault to the first suspicion (observers that noticed); for the neural detector",
    "also to the first verdict that names the class. A suspicion of a slow or lying peer is a mistake",
    "by definition: it answers and can be reached.",
    "",
]
header = ["fault", "target", "start"] + detectors + ["class named by neural"]
body = []
for fault in summary["faults"]:
    named = fault.get("named")
    body.append(
        [fault["kind"], fault["target"], f"{fault['start_s']:.1f}"]
        + [cell(fault["suspected"][d]["first_s"], f"{fault['suspected'][d]['noticed']}/{fault['suspected'][d]['observers']}") for d in detectors]
        + [cell(named["first_s"], f"{named['noticed']}/{named['observers']}") + " " + named["class"] if named else ""]
    )
widths = [max(len(str(row[i])) for row in [header] + body) for i in range(len(header))]
for row in [header] + body:
    lines.append("  ".join(str(value).ljust(width) for value, width in zip(row, widths)).rstrip())
lines.append("")
for detector in detectors:
    figures = summary["detectors"][detector]
    lines.append(f"{detector}: {figures['mistakes']} mistakes in {figures['pair_hours']:.2f} pair-hours of exposure")
Path(snakemake.output.text).write_text("\n".join(lines) + "\n")  # noqa: F821
