#!/usr/bin/env python3
"""Shows that raft-torment can fail: breaks one rule of Raft at a time and looks for a seed that tells.

Usage: scripts/raft-mutants.py [--seeds=N] [NAME...]

Each mutant is a change of a few characters in a copy of the core; the project's own files are left
alone. Prints the first failing seed of each, or that it survived N seeds (default 10000). Exits with
1 if a mutant survived, 2 if one cannot be made any more because the code has changed.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORE = ROOT / "contrib/neural-consensus/model/raft"
TESTS = ROOT / "test"

# Name: file, what stands there, what shall stand there.
MUTANTS = {
    "commits entries of earlier terms by counting (5.4.2)":
        ("raft-replication.cc", "if (m_log.GetTerm(reached) == m_term)", "if (reached > 0)"),
    "answers reads without a round (6.4)":
        ("raft-quorum.cc", "m_reads.push_back({context, index, m_round + 1});",
         "m_reads.push_back({context, index, 0});"),
    "answers reads before an entry of its term is committed (6.4)":
        ("raft-quorum.cc", "std::max(m_commitIndex, m_termStart)", "m_commitIndex"),
    "votes before the vote is written (figure 2)":
        ("raft-persistence.cc", "m_hardStateTicket > m_durableTicket ? m_hardStateTicket : 0", "0"),
    "acknowledges entries before they are written (figure 2)":
        ("raft-follower.cc", "Send(message.from, reply, matched);",
         "Send(message.from, reply, 0);"),
    "applies a retry twice (6.3)":
        ("raft-key-value-store.cc", "if (known != session.results.end())",
         "if (known != session.results.end() && false)"),
    "votes while it hears from a leader who holds leases (4.2.3, 6.4.1)":
        ("raft-election.cc", "request->preVote || m_config.leaderStickiness", "request->preVote"),
    "holds a lease by true time where clocks drift (6.4.1)":
        ("raft-quorum.cc", "(1 - m_config.maxClockDrift) / (1 + m_config.maxClockDrift)", "1.0"),
    "forgets after a restart that it may have promised a lease (6.4.1)":
        ("raft-core.cc",
         "m_config.readMode == ReadMode::LEASE ? m_now + m_config.electionTimeoutMin : m_now",
         "m_now"),
    "keeps its lease while it hands over (3.10, 6.4.1)":
        ("raft-reconfiguration.cc", "m_leaseRevoked = true;", ""),
    "votes for a log that is behind (5.4.1)":
        ("raft-election.cc", "if (!m_log.IsUpToDate(request.lastLogIndex, request.lastLogTerm))\n"
         "    {\n        return", "if (false)\n    {\n        return"),
    "changes the membership before the last change is committed (4.1)":
        ("raft-reconfiguration.cc",
         "if (GetMembershipIndex() > m_commitIndex)\n    {\n        return \"the last",
         "if (false)\n    {\n        return \"the last"),
    "changes the membership before an entry of its term is committed (raft-dev, 2015)":
        ("raft-reconfiguration.cc", "if (m_commitIndex < m_termStart)", "if (false)"),
    "counts a learner's answer (4.2.1)":
        ("raft-quorum.cc", "if (peer.voter)\n        {\n            m_reachedScratch",
         "if (peer.voter || true)\n        {\n            m_reachedScratch"),
    "removes entries behind an old AppendEntries (figure 2, rule 3)":
        ("raft-follower.cc", "if (m_log.GetTerm(index) == entry.term)",
         "if (m_log.GetTerm(index) == entry.term && index <= m_commitIndex)"),
    "commits what the message has not compared (figure 2, rule 5)":
        ("raft-follower.cc", "std::min(append.commitIndex, matched)",
         "std::min(append.commitIndex, m_log.GetLastIndex())"),
    "forgets the sessions in a snapshot (6.3)":
        ("raft-key-value-store.cc", "WriteNumber(out, uint64_t{m_sessions.size()});\n"
         "    for (const auto& [id, session] : m_sessions)",
         "WriteNumber(out, uint64_t{0});\n"
         "    for (const auto& [id, session] : decltype(m_sessions){})"),
    "never retransmits (5.3)":
        ("raft-replication.cc", "recent && known ? peer.matchIndex : peer.nextIndex - 1",
         "peer.matchIndex"),
}


def fail(text):
    print(f"raft-mutants.py: {text}", file=sys.stderr)
    sys.exit(2)


def compile_one(source, target, include):
    flags = ["-std=c++17", "-O2", "-w", f"-I{include}", f"-I{include / 'ns3'}", f"-I{TESTS / 'raft'}"]
    subprocess.run(["g++", *flags, "-c", str(source), "-o", str(target)], check=True)


def build_unchanged(folder):
    """Compiles a copy of the core, and the torments, as they are."""
    include = folder / "include"
    shutil.copytree(CORE, include / "ns3")
    sources = [s for pattern in ("raft-cluster*.cc", "raft-torment*.cc", "raft-virtual-clock.cc")
               for s in (TESTS / "raft").glob(pattern) if not s.name.endswith("-test.cc")]
    sources += [*(include / "ns3").glob("*.cc"), *(TESTS / "torment").glob("*.cc")]
    objects = {}
    for source in sorted(sources):
        objects[source.name] = folder / (source.stem + ".o")
        compile_one(source, objects[source.name], include)
    return objects, include


def first_failure(folder, objects, include, mutant, seeds):
    """Returns what raft-torment says of the first seed that fails, or None."""
    name, old, new = mutant
    text = (include / "ns3" / name).read_text()
    if text.count(old) != 1:
        fail(f"{name}: expected this once: {old!r}")
    source = folder / name
    source.write_text(text.replace(old, new))
    mutated = folder / "mutated.o"
    compile_one(source, mutated, include)
    program = folder / "raft-torment"
    linked = [mutated if n == name else o for n, o in objects.items()]
    subprocess.run(["g++", *map(str, linked), "-o", str(program)], check=True)
    run = subprocess.run([str(program), f"--seeds={seeds}", "--quiet", "--fail-fast"],
                         capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        return f"it ended with status {run.returncode} {run.stderr.strip()}"
    return next((line for line in run.stdout.splitlines() if "FAILED" in line), None)


def main():
    seeds = 10000
    names = []
    for argument in sys.argv[1:]:
        if argument in ("-h", "--help"):
            print(__doc__)
            return 0
        if argument.startswith("--seeds=") and argument[8:].isdigit():
            seeds = int(argument[8:])
        elif argument.startswith("-"):
            fail(f"unknown option {argument!r}, expected --seeds=N")
        else:
            names.append(argument)
    chosen = {n: m for n, m in MUTANTS.items() if not names or any(part in n for part in names)}
    if not chosen:
        fail("no mutant has that in its name")
    survived = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        objects, include = build_unchanged(folder)
        for name, mutant in chosen.items():
            failure = first_failure(folder, objects, include, mutant, seeds)
            survived += failure is None
            print(f"{name}\n    {failure or f'SURVIVED {seeds} seeds'}", flush=True)
    print(f"{len(chosen) - survived} found, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
