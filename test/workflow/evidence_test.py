"""What the judge of byzantine behaviour finds provable, on traces that are written by hand."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

from evidence_judge import judge
from evidence_scenarios import describe
from evidence_table import summarise, wilson


def receive(time, who, sender, term, kind, **fields):
    message = {"from": str(sender), "to": str(who), "term": term, "type": kind, **fields}
    return '{"name":"Receive",' + json.dumps({"t": time, "nid": str(who), "msg": message})[1:]


def vote(time, who, sender, term):
    return receive(time, who, sender, term, "RequestVoteReply", granted=True, preVote=False)


def append(time, who, sender, term, previous, entries, round_=1):
    return receive(
        time, who, sender, term, "AppendEntries", prevLogIndex=previous, round=round_, entries=entries
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
            (root / "raft-trace.ndjson").write_text("\n".join(lines) + "\n")
            (root / "faults.csv").write_text(
                "\n".join(["start_s,end_s,kind,target,detail", *faults]) + "\n"
            )
            header = "time_s,observer,accused,rule,term,index,witness"
            (root / "proofs.csv").write_text("\n".join([header, *proofs]) + "\n")
            return judge(folder, 5, 5, 3, 30)

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
        votes = [vote(1, 3, voter, 7) for voter in (1, 2)]
        lines = votes + [append(2, 1, 3, 7, 4, [[5, 7, "a"]]), append(2, 2, 3, 7, 4, [[5, 7, "b"]])]
        self.assertEqual(self.judged(lines)["entries_provable"], 1)
        self.assertEqual(self.judged(lines)["certificate_provable"], 0)
        self.assertEqual(self.judged(lines[2:])["certificate_provable"], 1, "nobody elected it")

    def test_an_acknowledgement_beyond_the_answered_message_is_provable(self):
        sent = append(2, 3, 1, 7, 4, [[5, 7, "a"]])
        self.assertEqual(self.judged([sent, ack(3, 1, 3, 7, 4, 5)])["acknowledgement_provable"], 0)
        self.assertEqual(self.judged([sent, ack(3, 1, 3, 7, 4, 6)])["acknowledgement_provable"], 1)
        self.assertEqual(self.judged([ack(3, 1, 3, 7, 4, 0)])["acknowledgement_provable"], 1)

    def test_what_a_cut_or_the_end_of_the_run_kept_apart_is_left_out(self):
        lines = [vote(2, 1, 3, 7), vote(3, 2, 3, 7)]
        result = self.judged(lines, faults=[*LIAR, "4,6,partition,2>1,"])
        self.assertEqual((result["vote_provable"], result["kept_apart"]), (0, 1))
        late = [vote(26, 1, 3, 7), vote(27, 2, 3, 7)]
        self.assertEqual(self.judged(late)["vote_provable"], 0)

    def test_a_proof_against_a_correct_server_is_false(self):
        self.assertEqual(self.judged([], ["4.0,1,2,two-entries,7,5,3"])["false_proofs"], 1)
        self.assertEqual(self.judged([], ["4.0,1,3,two-entries,7,5,2"])["false_proofs"], 0)

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

    def test_a_scenario_depends_on_its_number_alone(self):
        self.assertEqual(describe(5), describe(5))
        self.assertNotEqual(describe(5)["options"], describe(8)["options"])


if __name__ == "__main__":
    unittest.main()
