"""What the judge of byzantine behaviour finds provable, on traces that are written by hand."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

from evidence_judge import judge
from evidence_scenarios import describe
from evidence_table import complaint, summarise, wilson


def receive(time, who, sender, term, kind, name="Receive", **fields):
    message = {"from": str(sender), "to": str(who), "term": term, "type": kind, **fields}
    event = {"t": time, "nid": str(who if name == "Receive" else sender), "name": name, "msg": message}
    return json.dumps(event)


def happens(time, who, name, term=0):
    return json.dumps({"t": time, "nid": str(who), "name": name, "term": term})


def vote(time, who, sender, term):
    return receive(time, who, sender, term, "RequestVoteReply", granted=True, preVote=False)


def append(time, who, sender, term, previous, entries, name="Receive"):
    return receive(
        time, who, sender, term, "AppendEntries", name, prevLogIndex=previous, round=1, entries=entries
    )


def ack(time, who, sender, term, previous, match, round_=1):
    return receive(
        time, who, sender, term, "AppendEntriesReply", success=True,
        prevLogIndex=previous, matchIndex=match, round=round_,
    )


LIAR = ["1,,byzantine-lying,3,"]  # server 3 lies from second 1 on


class Judging(unittest.TestCase):
    def judged(self, lines, proofs=(), faults=LIAR):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "raft-trace.ndjson").write_text("".join(f"{line}\n" for line in lines))
            (root / "faults.csv").write_text(
                "\n".join(["start_s,end_s,kind,target,detail", *faults]) + "\n"
            )
            header = "time_s,observer,accused,rule,term,index,witness"
            (root / "proofs.csv").write_text("\n".join([header, *proofs]) + "\n")
            return judge(folder, 30)

    def test_two_votes_are_provable_once_both_reached_somebody_correct(self):
        lines = [vote(2, 1, 3, 7), vote(3, 2, 3, 7)]
        result = self.judged(lines, ["4.0,1,3,double-vote,7,0,2"])
        self.assertEqual((result["vote_provable"], result["vote_proven"]), (1, 1))
        self.assertEqual(self.judged(lines[:1])["vote_provable"], 0)
        self.assertEqual(self.judged([lines[0], vote(3, 2, 3, 8)])["vote_provable"], 0)

    def test_a_proof_that_comes_too_late_or_to_the_liar_alone_does_not_count(self):
        lines = [vote(2, 1, 3, 7), vote(3, 2, 3, 7)]
        for proof in ["8.1,1,3,double-vote,7,0,2", "4.0,3,3,double-vote,7,0,2"]:
            result = self.judged(lines, [proof])
            self.assertEqual((result["vote_provable"], result["vote_proven"]), (1, 0))
            self.assertIn("3:vote:7", result["missed"])

    def test_two_entries_at_one_index_of_a_term_are_provable(self):
        election = [vote(1, 3, 1, 7), happens(1, 3, "BecomeLeader", 7)]
        lines = election + [append(2, 1, 3, 7, 4, [[5, 7, "a"]]), append(2, 2, 3, 7, 4, [[5, 7, "b"]])]
        self.assertEqual(self.judged(lines)["entries_provable"], 1)
        self.assertEqual(self.judged(lines)["certificate_provable"], 0)
        self.assertEqual(self.judged(lines[2:])["certificate_provable"], 1, "nobody elected it")

    def test_an_acknowledgement_beyond_the_answered_message_is_provable(self):
        sent = append(2, 3, 1, 7, 4, [[5, 7, "a"]], "Send")
        self.assertEqual(self.judged([sent, ack(3, 1, 3, 7, 4, 5)])["acknowledgement_provable"], 0)
        self.assertEqual(self.judged([sent, ack(3, 1, 3, 7, 4, 6)])["acknowledgement_provable"], 1)
        self.assertEqual(self.judged([ack(3, 1, 3, 7, 4, 0)])["acknowledgement_provable"], 1)

    def test_an_acknowledgement_beyond_the_snapshot_is_provable(self):
        sent = receive(2, 3, 1, 7, "InstallSnapshot", "Send", lastIndex=40, round=1)
        for last, provable in ((40, 0), (41, 1)):
            answer = receive(3, 1, 3, 7, "InstallSnapshotReply", installed=True, lastIndex=last, round=1)
            self.assertEqual(self.judged([sent, answer])["acknowledgement_provable"], provable)

    def test_a_vote_that_only_a_certificate_shows_conflicts_with_another(self):
        lines = [vote(1, 4, 3, 7), happens(1.5, 4, "BecomeLeader", 7), vote(2, 2, 3, 7)]
        told = append(3, 1, 4, 7, 0, [])
        liars = [*LIAR, "1,,byzantine-lying,4,"]
        self.assertEqual(self.judged(lines, faults=liars)["vote_provable"], 0, "server 4 says nothing")
        self.assertEqual(self.judged([*lines, told], faults=liars)["vote_provable"], 1)
        late = [lines[1], lines[0], lines[2], told]
        self.assertEqual(self.judged(late, faults=liars)["vote_provable"], 0, "not in the certificate")

    def test_what_a_cut_or_the_end_of_the_run_kept_apart_is_counted_apart(self):
        lines = [vote(2, 1, 3, 7), vote(3, 2, 3, 7)]
        for cut in ("4,6,partition,2>1/1>2,", "2.5,2.7,flapping,1-4,", "1,,partition,2-5,"):
            result = self.judged(lines, faults=[*LIAR, cut])
            self.assertEqual((result["vote_provable"], result["kept_apart"]), (0, 1), cut)
            self.assertEqual(result["at_end"], 0)
        for harmless in ("4,6,partition,4-5,", "4,6,slow-link,1-2,", "4,6,degrade,1,", "9,,partition,1-2,"):
            result = self.judged(lines, faults=[*LIAR, harmless])
            self.assertEqual((result["vote_provable"], result["kept_apart"]), (1, 0), harmless)
        result = self.judged([vote(26, 1, 3, 7), vote(27, 2, 3, 7)])
        self.assertEqual((result["vote_provable"], result["kept_apart"], result["at_end"]), (0, 0, 1))

    def test_what_a_holder_forgot_in_a_crash_is_left_out(self):
        down = [happens(2.5, 1, "Crash"), happens(2.6, 1, "Restart")]
        lines = [vote(2, 1, 3, 7), *down, vote(3, 2, 3, 7)]
        self.assertEqual(self.judged(lines)["kept_apart"], 1)
        self.assertEqual(self.judged([*down, vote(3, 1, 3, 7), vote(4, 2, 3, 7)])["vote_provable"], 1)
        again = [*lines, vote(4, 1, 3, 7)]
        self.assertEqual(self.judged(again)["vote_provable"], 1, "it heard of the vote once more")

    def test_a_cut_does_not_matter_to_who_can_judge_alone(self):
        lines = [ack(3, 1, 3, 7, 4, 0)]
        result = self.judged(lines, faults=[*LIAR, "2,9,partition,1-2,"])
        self.assertEqual(result["acknowledgement_provable"], 1)
        result = self.judged([*lines, happens(3.1, 1, "Crash")])
        self.assertEqual((result["acknowledgement_provable"], result["kept_apart"]), (0, 1))

    def test_a_proof_against_a_correct_server_is_false(self):
        self.assertEqual(self.judged([], ["4.0,1,2,two-entries,7,5,3"])["false_proofs"], 1)
        self.assertEqual(self.judged([], ["4.0,1,3,two-entries,7,5,2"])["false_proofs"], 0)

    def test_so_is_one_from_before_the_accused_began_to_lie(self):
        self.assertEqual(self.judged([], ["0.9,1,3,two-entries,7,5,2"])["false_proofs"], 1)

    def test_a_proof_that_the_trace_does_not_show_is_counted(self):
        self.assertEqual(self.judged([], ["4.0,1,3,two-entries,7,5,2"])["beyond_truth"], 1)
        lines = [vote(2, 1, 3, 7), vote(3, 2, 3, 7)]
        self.assertEqual(self.judged(lines, ["4.0,1,3,double-vote,7,0,2"])["beyond_truth"], 0)

    def test_a_twin_is_not_judged_by_elections_that_the_trace_does_not_follow(self):
        lines = [append(2, 1, 3, 7, 4, [[5, 7, "a"]]), append(2, 2, 3, 7, 4, [[5, 7, "b"]])]
        result = self.judged(lines, faults=["1,,byzantine-twin,3,"])
        self.assertEqual((result["certificate_provable"], result["entries_provable"]), (0, 1))

    def test_correct_servers_offend_nobody(self):
        lines = [vote(2, 1, 4, 7), vote(3, 2, 4, 7)]
        self.assertEqual(self.judged(lines)["vote_provable"], 0, "server 4 is no liar by the plan")


class Counting(unittest.TestCase):
    def test_the_interval_holds_the_share_and_narrows(self):
        low, high = wilson(99, 100)
        self.assertTrue(low < 0.99 < high)
        self.assertGreater(wilson(990, 1000)[0], low)
        self.assertEqual(wilson(0, 0), (0.0, 1.0))

    def test_the_total_is_over_all_offences(self):
        row = {f"{kind}_{what}": "2" for kind in ("vote", "certificate", "entries", "acknowledgement")
               for what in ("provable", "proven")}
        self.assertEqual(summarise([row, row])[-1][:4], ("all", 16, 16, 1.0))

    def test_low_recall_and_false_proofs_are_complained_of(self):
        def row(provable, proven, false=0):
            others = {f"{kind}_{what}": "0" for kind in ("vote", "certificate", "entries")
                      for what in ("provable", "proven")}
            return {**others, "acknowledgement_provable": str(provable),
                    "acknowledgement_proven": str(proven), "false_proofs": str(false)}

        self.assertIsNone(complaint([row(100, 99)]))
        self.assertIn("0.9800", complaint([row(100, 98)]))
        self.assertIn("1 proofs", complaint([row(100, 100), row(100, 100, 1)]))
        self.assertIn("nothing", complaint([row(0, 0)]))

    def test_a_scenario_depends_on_its_number_alone(self):
        self.assertEqual(describe(5), describe(5))
        self.assertNotEqual(describe(5)["options"], describe(8)["options"])


if __name__ == "__main__":
    unittest.main()
