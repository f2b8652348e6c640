# Random scenarios of every topology and kind of fault that Raft is to survive: do clients always
# see one copy of the data, and does every server keep Raft's rules? scripts/workflow.sh safety

import sys

sys.path.insert(0, "workflow/scripts")

import safety_scenarios

SAFETY_SCENARIOS = 231  # three of each pair of topology and kind


wildcard_constraints:
    scenario=r"\d+",


rule safety:
    input:
        "results/safety/scenarios.csv",
        "results/safety/safety.png",


rule safety_scenario:
    output:
        "results/safety/runs/{scenario}/history.ndjson",
        "results/safety/runs/{scenario}/summary.json",
        verdict="results/safety/runs/{scenario}/verdict.txt",
    params:
        build=BUILD,
        options=lambda wildcards: safety_scenarios.describe(int(wildcards.scenario))["options"],
        folder=lambda wildcards, output: output[0].rsplit("/", 1)[0],
    shell:
        "{PROGRAMS}/consensus-scenario --quiet --check-invariants {params.options:q}"
        " --out={params.folder}"
        " && {PROGRAMS}/check-history {output[0]} | tee {output.verdict}"


rule safety_table:
    input:
        summaries=expand(
            "results/safety/runs/{scenario}/summary.json", scenario=range(SAFETY_SCENARIOS)
        ),
        verdicts=expand(
            "results/safety/runs/{scenario}/verdict.txt", scenario=range(SAFETY_SCENARIOS)
        ),
    output:
        table="results/safety/scenarios.csv",
        picture="results/safety/safety.png",
    script:
        "scripts/safety_table.py"
