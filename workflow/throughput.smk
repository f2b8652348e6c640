# How much a saturated cluster commits beside what its links or disks could carry at most:
# scripts/workflow.sh throughput

THROUGHPUT = {
    "link": "--link-rate=1Gbps",
    "disk": "--link-rate=1Gbps --ns3::NodeDisk::Throughput=160Mbps",
}
THROUGHPUT_SERVERS = [3, 5]


wildcard_constraints:
    limit="|".join(THROUGHPUT),
    servers=r"\d+",


rule throughput:
    input:
        "results/throughput/throughput.csv",
        "results/throughput/throughput.png",


rule throughput_run:
    output:
        "results/throughput/{limit}-{servers}/history.ndjson",
    params:
        build=BUILD,
        options=lambda wildcards: THROUGHPUT[wildcards.limit],
        folder=lambda wildcards, output: output[0].rsplit("/", 1)[0],
    shell:
        "{PROGRAMS}/consensus-scenario --quiet --topology=lan --nodes={wildcards.servers}"
        " --transport=tcp {params.options} --duration=6s --clients=10"
        " --ns3::RaftClientApplication::ClosedLoop=true"
        " --ns3::RaftClientApplication::Outstanding=64"
        " --ns3::RaftClientApplication::WriteRatio=1"
        " --ns3::RaftClientApplication::ValueSize=8192 --out={params.folder}"


rule throughput_table:
    input:
        expand(
            "results/throughput/{limit}-{servers}/history.ndjson",
            limit=THROUGHPUT,
            servers=THROUGHPUT_SERVERS,
        ),
    output:
        table="results/throughput/throughput.csv",
        picture="results/throughput/throughput.png",
    script:
        "scripts/throughput_table.py"
