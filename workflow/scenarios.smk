# The named scenarios of configs/scenarios/, each drawn, and a table of them all.
# scripts/workflow.sh scenarios

SCENARIOS = sorted(path.stem for path in pathlib.Path("configs/scenarios").glob("*.ini"))


wildcard_constraints:
    story="|".join(SCENARIOS),


rule scenarios:
    input:
        "results/scenarios/scenarios.csv",
        expand("results/scenarios/{story}.png", story=SCENARIOS),


rule named_scenario:
    input:
        scenario="configs/scenarios/{story}.ini",
    output:
        "results/scenarios/runs/{story}/summary.json",
        "results/scenarios/runs/{story}/faults.csv",
        "results/scenarios/runs/{story}/roles.csv",
        "results/scenarios/runs/{story}/suspicions.csv",
        "results/scenarios/runs/{story}/history.ndjson",
    params:
        build=BUILD,
        folder=lambda wildcards, output: output[0].rsplit("/", 1)[0],
    shell:
        "{PROGRAMS}/consensus-scenario --quiet --config={input.scenario} --out={params.folder}"


rule plot_named_scenario:
    input:
        summary="results/scenarios/runs/{story}/summary.json",
        faults="results/scenarios/runs/{story}/faults.csv",
        roles="results/scenarios/runs/{story}/roles.csv",
        suspicions="results/scenarios/runs/{story}/suspicions.csv",
        history="results/scenarios/runs/{story}/history.ndjson",
    output:
        picture="results/scenarios/{story}.png",
    script:
        "scripts/plot_timeline.py"


rule scenario_table:
    input:
        summaries=expand("results/scenarios/runs/{story}/summary.json", story=SCENARIOS),
        histories=expand("results/scenarios/runs/{story}/history.ndjson", story=SCENARIOS),
    output:
        table="results/scenarios/scenarios.csv",
    script:
        "scripts/scenario_table.py"
