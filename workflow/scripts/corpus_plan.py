"""Which runs a corpus is made of: follows from the configuration alone."""

import copy
import hashlib
import json

SPLITS = ["train", "validation", "test"]
PARTS = ["faults", "fault-free"]
# Seeds of a family, a part and a split never meet those of another.
SEEDS_OF_FAMILY = 100_000
SEEDS_OF_PART = 50_000
SEEDS_OF_SPLIT = 10_000


def overlaid(base, changes):
    """The settings `base` with `changes` to some of them, however deep."""
    result = copy.deepcopy(base)
    for name, value in changes.items():
        inner = result.get(name)
        result[name] = overlaid(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


def numbers_in(settings):
    """The settings with numbers for texts that are one: the command line knows only texts."""
    if isinstance(settings, dict):
        return {name: numbers_in(value) for name, value in settings.items()}
    if isinstance(settings, list):
        return [numbers_in(value) for value in settings]
    for number in (int, float):
        try:
            return number(settings) if isinstance(settings, str) else settings
        except ValueError:
            pass
    return settings


def families_of(settings):
    catalogue = settings["catalogue"]
    names = list(catalogue) if settings["families"] == "all" else list(settings["families"])
    for name in names:
        if name not in catalogue:
            raise ValueError(f"corpus: family {name}: expected one of {', '.join(catalogue)}")
    numbers = [family["number"] for family in catalogue.values()]
    if len(set(numbers)) < len(numbers):
        raise ValueError("corpus: catalogue: expected another number for each family")
    return names


def count_of(runs, family, settings):
    count = runs * family.get("share", 1) * settings["scale"]
    return max(1, int(count + 0.5))


def runs_of(settings):
    """All runs, each with its name, part, family, split, seed, and the options that make it."""
    runs = []
    for place, name in enumerate(families_of(settings)):
        family = settings["catalogue"][name]
        for part in PARTS:
            clusters = family.get("clusters", settings["clusters"][part])
            turn = place  # so that all sizes occur in each split of some family
            for split, number in settings["parts"][part]["runs"].items():
                first = (
                    settings["first_seed"]
                    + family["number"] * SEEDS_OF_FAMILY
                    + PARTS.index(part) * SEEDS_OF_PART
                    + SPLITS.index(split) * SEEDS_OF_SPLIT
                    + 1
                )
                for seed in range(first, first + count_of(number, family, settings)):
                    options = [family["network"], clusters[turn % len(clusters)], settings["parts"][part]["options"]]
                    if part == "faults":
                        options.append(family["faults"])
                    duration = family.get("run_s", settings["run_s"])
                    options.append(f"--duration={duration}s --RngRun={seed}")
                    runs.append(
                        {
                            "name": f"{part}/{name}-{seed}",
                            "part": part,
                            "family": name,
                            "split": split,
                            "seed": seed,
                            "duration_s": float(duration),
                            "options": " ".join(options),
                        }
                    )
                    turn += 1
    return runs


def digest_of(settings):
    """Of the generator's configuration: what is made is the same where this is the same."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
