"""Works out what could have been proven in a run, from its trace of messages and without a signature,
and compares that with the proofs that were found.

Provable is what two correct servers that can reach each other hold together, and what one correct
server holds that convicts by itself. Correct is a server without a byzantine fault in the run.
"""

import csv
import json
from collections import defaultdict

WITHIN = 5.0  # seconds from provable to proven
RULES = {
    "double-vote": "vote",
    "two-leaders": "vote",
    "false-certificate": "certificate",
    "two-entries": "entries",
    "false-acknowledgement": "acknowledgement",
}


def read_faults(path):
    """Byzantine servers, and when other faults concern which servers: (start, end, set or None)."""
    byzantine, others = set(), []
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            servers = {int(s) for s in row["target"].replace(">", " ").split() if s.isdigit()}
            if row["kind"].startswith("byzantine"):
                byzantine |= servers
            else:
                end = float(row["end_s"]) if row["end_s"] else float("inf")
                others.append((float(row["start_s"]), end, servers))
    return byzantine, others


class Judge:
    """Follows a trace and keeps what each correct server holds."""

    def __init__(self, voters, byzantine, others, duration, fewest_votes):
        self.voters = voters
        self.byzantine = byzantine
        self.others = others
        self.duration = duration
        self.fewest_votes = fewest_votes
        self.votes = defaultdict(lambda: defaultdict(list))  # (voter, term): {candidate: [(t, who)]}
        self.granted = defaultdict(set)  # (candidate, term): who voted, as the candidate received
        self.entries = defaultdict(lambda: defaultdict(list))
        self.reaches = defaultdict(int)  # (follower, leader, term, prev, round): last index sent
        self.offences = {}  # (accused, offence, term): since when provable
        self.unreachable = set()  # provable only by servers that some fault kept apart

    def undisturbed(self, servers, time):
        """Whether no fault but lies concerns these servers until a proof is due."""
        return time + WITHIN <= self.duration and not any(
            start < time + WITHIN and end > time - 0.5 and (not concerned or concerned & servers)
            for start, end, concerned in self.others
        )

    def offend(self, accused, offence, term, time, servers):
        key = (accused, offence, term)
        if key in self.offences:
            return
        if self.undisturbed(servers, time):
            self.offences[key] = time
        else:
            self.unreachable.add(key)

    def conflict(self, held, story, time, who, accused, offence, term):
        """A server now holds a story; others may hold different ones."""
        held[story].append((time, who))
        for other, holders in held.items():
            if other != story:
                for _, witness in holders:
                    self.offend(accused, offence, term, time, {who, witness})

    def receive(self, event):
        time, who, message = event["t"], int(event["nid"]), event["msg"]
        sender, term, kind = int(message["from"]), message["term"], message["type"]
        vote = not message.get("preVote") and (kind == "RequestVote" or message.get("granted"))
        if vote and kind == "RequestVoteReply":
            self.granted[who, term].add(sender)
        if kind == "AppendEntries":
            last = message["prevLogIndex"] + len(message["entries"])
            key = (who, sender, term, message["prevLogIndex"], message["round"])
            self.reaches[key] = max(self.reaches[key], last)
        if who in self.byzantine or sender not in self.byzantine:
            return
        if vote:
            candidate = sender if kind == "RequestVote" else who
            held = self.votes[sender, term]
            self.conflict(held, candidate, time, who, sender, "vote", term)
        elif kind in ("AppendEntries", "InstallSnapshot"):
            if len(self.granted[sender, term] | {sender}) < self.fewest_votes:
                self.offend(sender, "certificate", term, time, {who})
            for index, entry_term, digest in message.get("entries", []):
                held = self.entries[sender, term, index]
                story = (entry_term, digest)
                self.conflict(held, story, time, who, sender, "entries", term)
        elif kind == "AppendEntriesReply" and message["success"]:
            key = (sender, who, term, message["prevLogIndex"], message["round"])
            if message["matchIndex"] > self.reaches.get(key, -1):
                self.offend(sender, "acknowledgement", term, time, {who})


def judge(folder, nodes, voters, fewest_votes, duration):
    """What became of one run, as numbers for a row of a table."""
    byzantine, others = read_faults(f"{folder}/faults.csv")
    court = Judge(voters, byzantine, others, duration, fewest_votes)
    with open(f"{folder}/raft-trace.ndjson") as file:
        for line in file:
            if '"name":"Receive"' in line:
                court.receive(json.loads(line))
    proven, false_proofs = {}, 0
    with open(f"{folder}/proofs.csv", newline="") as file:
        for row in csv.DictReader(file):
            accused = int(row["accused"])
            false_proofs += accused not in byzantine
            if int(row["observer"]) not in byzantine:
                key = (accused, RULES[row["rule"]], int(row["term"]))
                proven.setdefault(key, float(row["time_s"]))
    result = {"byzantine": len(byzantine), "false_proofs": false_proofs, "proven_in_all": len(proven)}
    for offence in sorted(set(RULES.values())):
        known = {key: since for key, since in court.offences.items() if key[1] == offence}
        result[f"{offence}_provable"] = len(known)
        result[f"{offence}_proven"] = sum(
            proven.get(key, float("inf")) <= since + WITHIN for key, since in known.items()
        )
    result["kept_apart"] = len(court.unreachable - set(court.offences))
    result["missed"] = " ".join(
        f"{accused}:{offence}:{term}@{since:.3f}"
        for (accused, offence, term), since in court.offences.items()
        if proven.get((accused, offence, term), float("inf")) > since + WITHIN
    )
    return result
