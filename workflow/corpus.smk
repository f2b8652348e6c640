# Data sets to learn from and to be judged on: scripts/workflow.sh corpus

import json
import sys

sys.path.insert(0, "workflow/scripts")

import corpus_plan


configfile: "workflow/corpus.yaml"


CORPORA = {
    "corpus": corpus_plan.numbers_in(config["corpus"]),
    "corpus_smoke": corpus_plan.numbers_in(
        corpus_plan.overlaid(config["corpus"], config["corpus_smoke"])
    ),
}
CORPUS_RUNS = {
    corpus: {run["name"]: run for run in corpus_plan.runs_of(settings)}
    for corpus, settings in CORPORA.items()
}


wildcard_constraints:
    corpus="|".join(CORPORA),
    run=r"[\w-]+/[\w-]+",


def shards_of(corpus):
    return [f"results/{corpus}/{run}.h5" for run in CORPUS_RUNS[corpus]]


def run_of(wildcards):
    return CORPUS_RUNS[wildcards.corpus][wildcards.run]


def results_of_corpus(corpus):
    names = ["index.csv", "datasheet.json", "datasheet.md", "classes.png", "faults.png"]
    return shards_of(corpus) + [f"results/{corpus}/{name}" for name in names]


rule corpus:
    input:
        results_of_corpus("corpus"),


rule corpus_smoke:
    input:
        results_of_corpus("corpus_smoke"),


rule corpus_simulate:
    output:
        folder=temp(directory("results/{corpus}/runs/{run}")),
    params:
        build=BUILD,
        options=lambda wildcards: run_of(wildcards)["options"],
    shell:
        "{PROGRAMS}/consensus-scenario --quiet {params.options} --out={output.folder}"


# Before the next simulation, so that no more than a few runs lie about as text.
rule corpus_pack:
    input:
        folder="results/{corpus}/runs/{run}",
    output:
        shard="results/{corpus}/{run}.h5",
    params:
        attributes=lambda wildcards: json.dumps(
            {key: run_of(wildcards)[key] for key in ("part", "family", "split", "seed", "duration_s")}
        ),
        thinning=lambda wildcards: CORPORA[wildcards.corpus]["thinning"],
    priority: 1
    shell:
        "/usr/bin/python3 workflow/scripts/corpus_pack.py {input.folder} {output.shard}"
        " {params.thinning} {params.attributes:q}"


rule corpus_datasheet:
    input:
        shards=lambda wildcards: shards_of(wildcards.corpus),
    output:
        index="results/{corpus}/index.csv",
        json="results/{corpus}/datasheet.json",
        markdown="results/{corpus}/datasheet.md",
    params:
        build=BUILD,
        names=lambda wildcards: [f"{run}.h5" for run in CORPUS_RUNS[wildcards.corpus]],
        settings=lambda wildcards: CORPORA[wildcards.corpus],
        digest=lambda wildcards: corpus_plan.digest_of(CORPORA[wildcards.corpus]),
    script:
        "scripts/corpus_datasheet.py"


rule plot_corpus:
    input:
        sheet="results/{corpus}/datasheet.json",
    output:
        classes="results/{corpus}/classes.png",
        faults="results/{corpus}/faults.png",
    script:
        "scripts/plot_corpus.py"
