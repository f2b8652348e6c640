"""Works out what could have been proven in a run, from its trace of messages and without a signature,
and compares that with the proofs that were found.

Provable is what two correct servers hold together that can tell each other, and what one correct
server holds that convicts by itself. Correct is a server without a byzantine fault in the run.
"""

import csv
import json
import re
from collections import defaultdict

WITHIN = 5.0  # seconds from provable to proven
CUTS = ("partition", "flapping")
RULES = {
    "double-vote": "vote",
    "two-leaders": "vote",
    "false-certificate": "certificate",
    "two-entries": "entries",
    "false-acknowledgement": "acknowledgement",
}


def read_faults(path):
    """When each byzantine server began, who is a twin, and cuts: (start, end, servers)."""
    begins, twins, cuts = {}, set(), []
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            servers = {int(server) for server in re.findall(r"\d+", row["target"])}
            start = float(row["start_s"])
            if row["kind"].startswith("byzantine"):
                for server in servers:
                    begins[server] = min(start, begins.get(server, start))
                twins |= servers if row["kind"] == "byzantine-twin" else set()
            elif row["kind"] in CUTS:
                end = float(row["end_s"]) if row["end_s"] else float("inf")
                cuts.append((start, end, servers))
    return begins, twins, cuts


class Judge:
    """Follows a trace and keeps what each correct server holds."""

    def __init__(self, byzantine, twins):
        self.byzantine = byzantine
        self.twins = twins
        self.votes = defaultdict(lambda: defaultdict(list))  # (voter, term): {candidate: [(t, who)]}
        self.granted = defaultdict(set)  # (candidate, term): who voted, as the candidate received
        self.elected = {}  # (leader, term): who had voted when it began to lead
        self.entries = defaultdict(lambda: defaultdict(list))
        self.reaches = {}  # (follower, leader, term, what, round): last index sent
        self.charges = defaultdict(set)  # (accused, offence, term): {(since held, provable, servers)}
        self.down = defaultdict(list)  # server: [start, end] of its crashes

    def charge(self, accused, offence, term, since, time, servers):
        self.charges[accused, offence, term].add((since, time, frozenset(servers)))

    def hold(self, held, story, time, who, accused, offence, term):
        """A server now holds a story; others may hold different ones."""
        crashed = self.down[who][-1][0] if self.down[who] else -1.0
        if any(holder == who and since > crashed for since, holder in held[story]):
            return
        held[story].append((time, who))
        for other, holders in held.items():
            if other != story:
                for since, witness in holders:
                    self.charge(accused, offence, term, since, time, {who, witness})

    def hold_vote(self, voter, term, candidate, time, who):
        if voter in self.byzantine:
            held = self.votes[voter, term]
            self.hold(held, candidate, time, who, voter, "vote", term)

    def follow(self, event):
        name, time, who = event["name"], event["t"], int(event["nid"])
        if name == "Receive":
            self.receive(time, who, event["msg"])
        elif name == "Send":
            self.send(who, event["msg"])
        elif name == "BecomeLeader":
            self.elected[who, event["term"]] = self.granted[who, event["term"]] | {who}
        elif name == "Crash":
            self.down[who].append([time, float("inf")])
        elif name == "Restart" and self.down[who]:
            self.down[who][-1][1] = time

    def send(self, who, message):
        if message["type"] == "AppendEntries":
            what, last = message["prevLogIndex"], message["prevLogIndex"] + len(message["entries"])
        elif message["type"] == "InstallSnapshot":
            what, last = "snapshot", message["lastIndex"]
        else:
            return
        key = (int(message["to"]), who, message["term"], what, message["round"])
        self.reaches[key] = max(self.reaches.get(key, 0), last)

    def receive(self, time, who, message):
        sender, term, kind = int(message["from"]), message["term"], message["type"]
        vote = not message.get("preVote") and (kind == "RequestVote" or message.get("granted"))
        if vote and kind == "RequestVoteReply":
            self.granted[who, term].add(sender)
        if who in self.byzantine:
            return
        if kind in ("AppendEntries", "InstallSnapshot"):
            for voter in self.elected.get((sender, term), ()):  # as its certificate says
                self.hold_vote(voter, term, sender, time, who)
        if sender not in self.byzantine:
            return
        if vote:
            self.hold_vote(sender, term, sender if kind == "RequestVote" else who, time, who)
        elif kind in ("AppendEntries", "InstallSnapshot"):
            # The trace follows one of two twins only, and does not see the other one's elections.
            if (sender, term) not in self.elected and sender not in self.twins:
                self.charge(sender, "certificate", term, time, time, {who})
                return
            for index, entry_term, digest in message.get("entries", []):
                held = self.entries[sender, term, index]
                self.hold(held, (entry_term, digest), time, who, sender, "entries", term)
        elif kind == "AppendEntriesReply" and message["success"]:
            self.acknowledge(time, who, message, message["prevLogIndex"], message["matchIndex"])
        elif kind == "InstallSnapshotReply" and message["installed"]:
            self.acknowledge(time, who, message, "snapshot", message["lastIndex"])

    def acknowledge(self, time, who, message, what, last):
        sender, term = int(message["from"]), message["term"]
        if last > self.reaches.get((sender, who, term, what, message["round"]), -1):
            self.charge(sender, "acknowledgement", term, time, time, {who})

    def reachable(self, since, time, servers, cuts):
        """Whether none of the holders crashed before the proof was due, nor two of them were cut off."""
        due = time + WITHIN
        crashed = any(start < due and end > since for who in servers for start, end in self.down[who])
        cut = len(servers) > 1 and any(
            start < due and end > since and concerned & servers for start, end, concerned in cuts
        )
        return not crashed and not cut

    def sort_out(self, cuts, duration):
        """Since when what was provable, and what was not for a crash or cut, or for the run's end."""
        provable, apart, at_end = {}, set(), set()
        for key, charges in self.charges.items():
            times = [time for since, time, who in charges if self.reachable(since, time, who, cuts)]
            if not times:
                apart.add(key)
            elif min(times) + WITHIN > duration:
                at_end.add(key)
            else:
                provable[key] = min(times)
        return provable, apart, at_end


def judge(folder, duration):
    """What became of one run, as numbers for a row of a table."""
    begins, twins, cuts = read_faults(f"{folder}/faults.csv")
    court = Judge(set(begins), twins)
    with open(f"{folder}/raft-trace.ndjson") as file:
        for line in file:
            court.follow(json.loads(line))
    provable, apart, at_end = court.sort_out(cuts, duration)
    proven, false_proofs, beyond = {}, 0, set()
    with open(f"{folder}/proofs.csv", newline="") as file:
        for row in csv.DictReader(file):
            accused, time = int(row["accused"]), float(row["time_s"])
            key = (accused, RULES[row["rule"]], int(row["term"]))
            if time < begins.get(accused, float("inf")):
                false_proofs += 1  # of a correct server, or of one that was still correct
                continue
            if key not in court.charges:
                beyond.add(key)
            if int(row["observer"]) not in begins:
                proven[key] = min(time, proven.get(key, time))
    result = {
        "byzantine": len(begins),
        "false_proofs": false_proofs,
        "proven_in_all": len(proven),
        "beyond_truth": len(beyond),
    }
    missed = {
        key: since
        for key, since in provable.items()
        if proven.get(key, float("inf")) > since + WITHIN
    }
    for offence in sorted(set(RULES.values())):
        result[f"{offence}_provable"] = sum(key[1] == offence for key in provable)
        result[f"{offence}_proven"] = sum(key[1] == offence for key in provable if key not in missed)
    result["kept_apart"] = len(apart)
    result["at_end"] = len(at_end)
    result["missed"] = " ".join(
        f"{accused}:{offence}:{term}@{since:.3f}"
        for (accused, offence, term), since in missed.items()
    )
    return result
