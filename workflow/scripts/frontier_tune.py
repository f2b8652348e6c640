"""Chooses configurations by the validation runs of a family."""

from pathlib import Path

from frontier_choice import choose, live_specifications, specifications
from frontier_quality import pooled, read_runs

settings = snakemake.params.settings  # noqa: F821
table = pooled(read_runs(snakemake.input.runs), settings["replicates"])  # noqa: F821
table = choose(table, settings, snakemake.wildcards.network)  # noqa: F821
table.insert(0, "family", snakemake.wildcards.network)  # noqa: F821
table.to_csv(snakemake.output.table, index=False)  # noqa: F821



def write(path, texts):
    Path(path).write_text("".join(f"--detector={text}\n" for text in texts))


write(snakemake.output.chosen, specifications(table[table.role != ""]))  # noqa: F821
write(snakemake.output.live, live_specifications(table, settings))  # noqa: F821
