# Every classical detector on the same arrivals: how soon it notices a crash, and how often it is
# wrong: scripts/workflow.sh frontier. frontier_smoke goes through every step in a minute.

import sys

sys.path.insert(0, "workflow/scripts")

import corpus_plan
import frontier_plan


configfile: "workflow/frontier.yaml"


FRONTIERS = {
    "frontier": corpus_plan.numbers_in(config["frontier"]),
    "frontier_smoke": corpus_plan.numbers_in(
        corpus_plan.overlaid(config["frontier"], config["frontier_smoke"])
    ),
}


wildcard_constraints:
    frontier="|".join(FRONTIERS),
    network="|".join(FRONTIERS["frontier"]["catalogue"]),
    live="test|times",


def frontier_settings(wildcards):
    return FRONTIERS[wildcards.frontier]


def frontier_runs(frontier, network, split, pattern):
    """A file or folder of each run of a split."""
    return expand(
        pattern,
        frontier=frontier,
        network=network,
        split=split,
        seed=frontier_plan.seeds_of(FRONTIERS[frontier], network, split),
    )


def frontier_tables(frontier, network, split):
    pattern = "results/{frontier}/{split}/{network}-{seed}.csv"
    return frontier_runs(frontier, network, split, pattern)


def frontier_folders(frontier, network, split):
    pattern = "results/{frontier}/runs/{split}/{network}-{seed}"
    return frontier_runs(frontier, network, split, pattern)


def frontier_files(frontier):
    """What the tables are made of, by family."""
    return {
        network: {
            "test": frontier_tables(frontier, network, "test"),
            "live": f"results/{frontier}/live/{network}.csv",
            "tuned": f"results/{frontier}/tuning/{network}.csv",
            "line": f"results/{frontier}/reference/{network}.csv",
        }
        for network in frontier_plan.families_of(FRONTIERS[frontier])
    }


def results_of_frontier(frontier):
    names = [
        "detection_frontier.png",
        "detection_frontier.csv",
        "detection_targets.csv",
        "nfd_s_check.csv",
        "detection_times.png",
        "detection_times.csv",
    ]
    return [f"results/{frontier}/{name}" for name in names]


rule frontier:
    input:
        results_of_frontier("frontier"),


rule frontier_smoke:
    input:
        results_of_frontier("frontier_smoke"),


rule frontier_simulate:
    output:
        folder=temp(directory("results/{frontier}/runs/validation/{network}-{seed}")),
    params:
        build=BUILD,
        options=lambda wildcards: frontier_plan.options_of(
            frontier_settings(wildcards), wildcards.network, "validation", wildcards.seed
        ),
    shell:
        "{PROGRAMS}/consensus-scenario --quiet {params.options} --out={output.folder}"


# Before the next simulation, so that no more than a few traces lie about.
rule frontier_tuning_replay:
    input:
        folder="results/{frontier}/runs/validation/{network}-{seed}",
    output:
        table="results/{frontier}/validation/{network}-{seed}.csv",
    params:
        build=BUILD,
        warmup=lambda wildcards: frontier_settings(wildcards)["warmup"],
        detectors=lambda wildcards: [
            f"--detector={sweep}"
            for sweeps in frontier_plan.sweeps_of(
                frontier_settings(wildcards), wildcards.network
            ).values()
            for sweep in sweeps
        ],
    priority: 1
    shell:
        "{PROGRAMS}/replay-detectors --quiet --trace={input.folder}/heartbeats.csv --crash-phase=uniform"
        " --warmup={params.warmup} --qos={output.table} {params.detectors}"


rule frontier_tune:
    input:
        runs=lambda wildcards: frontier_tables(
            wildcards.frontier, wildcards.network, "validation"
        ),
    output:
        table="results/{frontier}/tuning/{network}.csv",
        chosen="results/{frontier}/tuning/{network}.txt",
        live="results/{frontier}/tuning/{network}-live.txt",
    params:
        settings=frontier_settings,
    priority: 2
    script:
        "scripts/frontier_tune.py"


# Tests, and runs with faults: with the detectors that have to run live.
rule frontier_simulate_live:
    input:
        detectors="results/{frontier}/tuning/{network}-live.txt",
    output:
        folder=temp(directory("results/{frontier}/runs/{live}/{network}-{seed}")),
    params:
        build=BUILD,
        options=lambda wildcards: frontier_plan.options_of(
            frontier_settings(wildcards), wildcards.network, wildcards.live, wildcards.seed
        ),
    shell:
        "{PROGRAMS}/consensus-scenario --quiet {params.options} $(cat {input.detectors})"
        " --out={output.folder}"


rule frontier_test_replay:
    input:
        folder="results/{frontier}/runs/test/{network}-{seed}",
        chosen="results/{frontier}/tuning/{network}.txt",
    output:
        table="results/{frontier}/test/{network}-{seed}.csv",
    params:
        build=BUILD,
        warmup=lambda wildcards: frontier_settings(wildcards)["warmup"],
    priority: 1
    shell:
        "{PROGRAMS}/replay-detectors --quiet --trace={input.folder}/heartbeats.csv --crash-phase=uniform"
        " --warmup={params.warmup} --qos={output.table} $(cat {input.chosen})"


rule frontier_reference:
    input:
        runs=lambda wildcards: frontier_folders(wildcards.frontier, wildcards.network, "test"),
    output:
        line="results/{frontier}/reference/{network}.csv",
    params:
        settings=frontier_settings,
    priority: 2
    script:
        "scripts/frontier_reference.py"


rule frontier_live:
    input:
        detectors="results/{frontier}/tuning/{network}-live.txt",
        fault_free=lambda wildcards: frontier_folders(
            wildcards.frontier, wildcards.network, "test"
        ),
        with_faults=lambda wildcards: frontier_folders(
            wildcards.frontier, wildcards.network, "times"
        ),
    output:
        points="results/{frontier}/live/{network}.csv",
        times="results/{frontier}/times/{network}.csv",
    params:
        settings=frontier_settings,
    priority: 2
    script:
        "scripts/frontier_live.py"


rule frontier_table:
    input:
        lambda wildcards: [
            path
            for files in frontier_files(wildcards.frontier).values()
            for path in [*files["test"], files["live"], files["tuned"], files["line"]]
        ],
    output:
        points="results/{frontier}/detection_frontier.csv",
        targets="results/{frontier}/detection_targets.csv",
        check="results/{frontier}/nfd_s_check.csv",
    params:
        settings=frontier_settings,
        families=lambda wildcards: frontier_files(wildcards.frontier),
    script:
        "scripts/frontier_table.py"


rule plot_frontier:
    input:
        points="results/{frontier}/detection_frontier.csv",
    output:
        picture="results/{frontier}/detection_frontier.png",
    script:
        "scripts/plot_frontier.py"


rule plot_detection_times:
    input:
        lambda wildcards: expand(
            "results/{frontier}/times/{network}.csv",
            frontier=wildcards.frontier,
            network=frontier_plan.families_of(frontier_settings(wildcards)),
        ),
    output:
        table="results/{frontier}/detection_times.csv",
        picture="results/{frontier}/detection_times.png",
    script:
        "scripts/plot_detection_times.py"
