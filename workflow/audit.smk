# Whether the corpus gives anything away that it must not: scripts/workflow.sh audit
# audit_smoke goes through every step on the small corpus, which is too small to pass.

AUDITS = {"audit": "corpus", "audit_smoke": "corpus_smoke"}


wildcard_constraints:
    audit="|".join(AUDITS),


def shards_with_faults(wildcards):
    corpus = AUDITS[wildcards.audit]
    return [shard for shard in shards_of(corpus) if shard.startswith(f"results/{corpus}/faults/")]


rule audit:
    input:
        "results/audit/audit.png",
        "results/audit/audit.csv",
        text="results/audit/audit.txt",
        report="results/audit/audit.json",
    params:
        binding=True,
    script:
        "scripts/audit_verdict.py"


rule audit_smoke:
    input:
        "results/audit_smoke/audit.png",
        "results/audit_smoke/audit.csv",
        text="results/audit_smoke/audit.txt",
        report="results/audit_smoke/audit.json",
    params:
        binding=False,
    script:
        "scripts/audit_verdict.py"


# What features depend on is a matter of the code, not of a corpus: its tests say it.
rule audit_features:
    output:
        report="results/{audit}/features.json",
    params:
        build=BUILD,
    shell:
        "build/bin/nc-test-neural --gtest_filter='NeuralFeaturesAudit.*' --gtest_brief=1"
        " --gtest_output=json:{output.report} || [ -s {output.report} ]"


rule audit_corpus:
    input:
        shards=shards_with_faults,
        features="results/{audit}/features.json",
    output:
        table="results/{audit}/audit.csv",
        json="results/{audit}/audit.json",
        text="results/{audit}/audit.txt",
    script:
        "scripts/audit_corpus.py"


rule plot_audit:
    input:
        report="results/{audit}/audit.json",
    output:
        picture="results/{audit}/audit.png",
    script:
        "scripts/plot_audit.py"
