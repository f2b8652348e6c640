# Delays of heartbeats in families of topologies, beside published figures: a picture and a
# table. scripts/workflow.sh topologies

TOPOLOGIES = ["lan", "leaf-spine", "multi-az", "wan", "internet", "starlink", "lte"]


wildcard_constraints:
    topology="|".join(TOPOLOGIES),


rule topologies:
    input:
        "results/topologies/topologies.png",
        "results/topologies/topologies.csv",


rule topology_run:
    output:
        "results/topologies/runs/{topology}/heartbeats.csv",
    params:
        build=BUILD,
        folder=lambda wildcards, output: output[0].rsplit("/", 1)[0],
    shell:
        "{PROGRAMS}/consensus-scenario --quiet --topology={wildcards.topology} --duration=180s"
        " --heartbeat-trace --out={params.folder}"


rule topology_picture:
    input:
        heartbeats=expand("results/topologies/runs/{topology}/heartbeats.csv", topology=TOPOLOGIES),
    output:
        picture="results/topologies/topologies.png",
        table="results/topologies/topologies.csv",
    params:
        topologies=TOPOLOGIES,
    script:
        "scripts/topologies_delays.py"
