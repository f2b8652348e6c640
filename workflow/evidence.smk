# What of byzantine behaviour gets proven, and is anybody proven guilty who is not? Random scenarios
# with crashes, recoveries, changes of membership and lying witnesses: scripts/workflow.sh evidence

EVIDENCE_RUNS = 1000
EVIDENCE_BATCH = 25


rule evidence:
    input:
        "results/evidence/summary.md",


rule evidence_batch:
    input:
        program=f"{PROGRAMS}/consensus-scenario",
    output:
        "results/evidence/batches/{first}.csv",
    wildcard_constraints:
        first=r"\d+",
    shell:
        "python3 workflow/scripts/evidence_runs.py {input.program} {wildcards.first}"
        f" {EVIDENCE_BATCH} {{output}}"


rule evidence_table:
    input:
        expand(
            "results/evidence/batches/{first}.csv", first=range(0, EVIDENCE_RUNS, EVIDENCE_BATCH)
        ),
    output:
        "results/evidence/summary.md",
    shell:
        "python3 workflow/scripts/evidence_table.py {output} {input}"
