"""Which runs the frontier is measured on, and which configurations of detectors it compares:
follows from the configuration alone."""

import numpy as np

SPLITS = ["validation", "test", "times"]
# Seeds of a family and a split never meet those of another.
SEEDS_OF_FAMILY = 100_000
SEEDS_OF_SPLIT = 10_000


def families_of(settings):
    catalogue = settings["catalogue"]
    names = list(catalogue) if settings["families"] == "all" else list(settings["families"])
    for name in names:
        if name not in catalogue:
            raise ValueError(f"frontier: family {name}: expected one of {', '.join(catalogue)}")
    numbers = [family["number"] for family in catalogue.values()]
    if len(set(numbers)) < len(numbers):
        raise ValueError("frontier: catalogue: expected another number for each family")
    return names


def seeds_of(settings, family, split):
    runs = settings["times"]["runs"] if split == "times" else settings["runs"][split]
    first = (
        settings["first_seed"]
        + settings["catalogue"][family]["number"] * SEEDS_OF_FAMILY
        + SPLITS.index(split) * SEEDS_OF_SPLIT
        + 1
    )
    return range(first, first + runs)


def faults_of(settings):
    """The faults of a live run, kind by kind: options of consensus-scenario."""
    times = settings["times"]
    kinds = [kind for kind in times["kinds"].values() for _ in range(times["rounds"])]
    starts = [times["first_s"] + place * times["gap_s"] for place in range(len(kinds))]
    return [f"--fault={kind.format(start=f'{start:g}')}" for kind, start in zip(kinds, starts)]


def duration_of(settings, split):
    if split != "times":
        return settings["run_s"]
    times = settings["times"]
    return times["first_s"] + len(times["kinds"]) * times["rounds"] * times["gap_s"]


def options_of(settings, family, split, seed):
    """What consensus-scenario is told for a run, but for its folder and its detectors."""
    options = [
        settings["catalogue"][family]["network"],
        settings["options"],
        f"--duration={duration_of(settings, split):g}s",
        f"--RngRun={seed}",
    ]
    return " ".join(options + (faults_of(settings) if split == "times" else ["--heartbeat-trace"]))


def knob_range(knob, settings, family):
    margins = settings["catalogue"][family]["margins_s"]
    if knob.get("from") == "margin":
        return margins
    if knob.get("from") == "timeout":
        return [settings["period_s"] + margin for margin in margins]
    return [knob["low"], knob["high"]]


def knob_values(knob, count, settings, family):
    """Values at equal ratios; of a timeout, of what it leaves beyond a period."""
    offset = settings["period_s"] if knob.get("from") == "timeout" else 0
    low, high = (end - offset for end in knob_range(knob, settings, family))
    return [f"{offset + value:.6g}" for value in np.geomspace(low, high, count)]


def sweeps_of(settings, family):
    """For each detector its sweeps, as replay-detectors takes them: as many configurations for one
    as for any other."""
    budget = settings["configurations"]
    sweeps = {}
    for name, detector in settings["detectors"].items():
        shares = len(detector["settings"])
        if budget % shares or budget < 2 * shares:
            raise ValueError(
                f"frontier: detector {name}: expected a number of settings that divides"
                f" {budget} configurations, with two or more values of the knob for each"
            )
        values = "/".join(knob_values(detector["knob"], budget // shares, settings, family))
        sweeps[name] = [
            f"{name}:"
            + ",".join(
                [f"{detector['knob']['name']}={values}"]
                + [f"{key}={value}" for key, value in setting.items()]
            )
            for setting in detector["settings"]
        ]
    return sweeps
