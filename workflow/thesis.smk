# Validation against chapter 9 of Ongaro's dissertation: scripts/workflow.sh thesis


configfile: "workflow/thesis.yaml"


import zlib

THESIS = config["thesis"]


wildcard_constraints:
    thesis="|".join(THESIS["sizes"]),
    experiment=r"[\w.-]+",


def timeouts(low, high):
    return f"--timeout-min={low:g}ms --timeout-max={high:g}ms"


def range_options(text):
    return timeouts(*(float(end) for end in text.split("-")))


def lan_experiments(settings):
    ranges = list(dict.fromkeys(settings["randomness"] + settings["scale"]))
    for reading, options in settings["readings"].items():
        for span in ranges:
            yield {
                "name": f"lan-{reading}-{span}",
                "options": f"{settings['lan']} {options} {range_options(span)}",
                "amount": settings["few"].get(f"{reading} {span}", 1),
                "reading": reading,
                "range": span,
            }


def sweep_experiments(settings):
    for disk in settings["sweep"]:
        for span in settings["sweep_ranges"]:
            yield {
                "name": f"sweep-{disk}-{span}",
                "options": f"{settings['lan']} --ns3::NodeDisk::MedianLatency={disk}ms"
                f" {range_options(span)}",
                "amount": 1,
                "disk_ms": disk,
                "range": span,
            }


def split_experiment(kind, cluster, latency, share, delays):
    """Equal logs and fresh timers, as the analysis assumes; timeouts far above the latency."""
    size, left = cluster
    least = 20 * latency
    return {
        "name": f"split-{kind}-{size}-{left}-{latency}-{share}",
        "options": f"--topology=mesh --nodes={size} --down={size - 1 - left} --crash=heartbeat"
        f" {timeouts(least, least + latency / share)} {delays}",
        "amount": 1,
        "kind": kind,
        "size": size,
        "left": left,
        "latency_ms": latency,
        "share": share,
    }


def split_experiments(settings):
    no_disk = "--ns3::NodeDisk::MedianLatency=0s"
    for cluster in settings["clusters"]:
        for share in settings["shares"]:
            for latency in settings["latencies"]:
                delays = f"--link-delay={latency}ms {no_disk}"
                yield split_experiment("fixed", cluster, latency, share, delays)
    # The candidate's write comes before its requests, and so counts as latency.
    for share in settings["shares"]:
        delays = (
            "--link-delay=1ms --ns3::NodeDisk::MedianLatency=4ms --ns3::NodeDisk::Sigma=0"
        )
        yield split_experiment("disk", settings["disk_cluster"], 5, share, delays)
    for cluster in settings["variable_clusters"]:
        delays = f"--link-delay=5ms --latency-range=5ms {no_disk}"
        yield split_experiment("variable", cluster, 5, settings["variable"], delays)


def wan_experiments(settings):
    for left in settings["wan_left"]:
        for logs in settings["wan_logs"]:
            yield {
                "name": f"wan-{left}-{logs}",
                "options": f"{settings['wan']} --down={4 - left} --logs={logs}",
                "amount": settings["wan_trials"][logs],
                "left": left,
                "logs": logs,
            }


def experiments_of(size):
    settings = {**THESIS, **THESIS["sizes"][size]}
    groups = {
        "lan": lan_experiments(settings),
        "sweep": sweep_experiments(settings),
        "split": split_experiments(settings),
        "wan": wan_experiments(settings),
    }
    return {
        group: {experiment["name"]: experiment for experiment in experiments}
        for group, experiments in groups.items()
    }


# By size, group and name.
EXPERIMENTS = {size: experiments_of(size) for size in THESIS["sizes"]}
THESIS_RESULTS = ["lan", "sweep", "splits", "wan"]


def trials_of(group):
    return lambda wildcards: expand(
        "results/{size}/trials/{name}.csv",
        size=wildcards.thesis,
        name=EXPERIMENTS[wildcards.thesis][group],
    )


def settings_of(group):
    return lambda wildcards: list(EXPERIMENTS[wildcards.thesis][group].values())


def one_experiment(wildcards):
    groups = EXPERIMENTS[wildcards.thesis].values()
    return next(group[wildcards.experiment] for group in groups if wildcards.experiment in group)


def trials_in(wildcards):
    amount = one_experiment(wildcards)["amount"]
    return max(1, round(THESIS["sizes"][wildcards.thesis]["trials"] * amount))


def of_thesis_size(name):
    return lambda wildcards: {**THESIS, **THESIS["sizes"][wildcards.thesis]}[name]


def thesis_results(size):
    return expand(
        "results/{size}/{name}.{ending}", size=size, name=THESIS_RESULTS, ending=["png", "csv"]
    )


rule thesis:
    input:
        thesis_results("thesis"),


rule thesis_smoke:
    input:
        thesis_results("thesis_smoke"),


rule election_trials:
    output:
        "results/{thesis}/trials/{experiment}.csv",
    params:
        build=BUILD,
        raft=THESIS["raft"],
        options=lambda wildcards: one_experiment(wildcards)["options"],
        trials=trials_in,
        # Each has its own seed: points of a picture that share their randomness err together.
        seed=lambda wildcards: zlib.crc32(wildcards.experiment.encode()),
    shell:
        "{PROGRAMS}/election-trials --quiet {params.options} {params.raft}"
        " --RngRun={params.seed} --trials={params.trials} --out={output}"


rule thesis_lan:
    input:
        trials=trials_of("lan"),
        published="workflow/thesis-published.csv",
    output:
        table="results/{thesis}/lan.csv",
        picture="results/{thesis}/lan.png",
    params:
        experiments=settings_of("lan"),
        randomness=of_thesis_size("randomness"),
        scale=of_thesis_size("scale"),
    script:
        "scripts/thesis_lan.py"


rule thesis_sweep:
    input:
        trials=trials_of("sweep"),
        published="workflow/thesis-published.csv",
    output:
        table="results/{thesis}/sweep.csv",
        picture="results/{thesis}/sweep.png",
    params:
        experiments=settings_of("sweep"),
    script:
        "scripts/thesis_sweep.py"


rule thesis_splits:
    input:
        trials=trials_of("split"),
    output:
        table="results/{thesis}/splits.csv",
        picture="results/{thesis}/splits.png",
    params:
        experiments=settings_of("split"),
    script:
        "scripts/thesis_splits.py"


rule thesis_wan:
    input:
        trials=trials_of("wan"),
    output:
        table="results/{thesis}/wan.csv",
        picture="results/{thesis}/wan.png",
    params:
        experiments=settings_of("wan"),
    script:
        "scripts/thesis_wan.py"
