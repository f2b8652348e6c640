"""What the frontier takes from live runs: points of detectors that no replay can show, and times to
suspicion and to trust, on files that are written by hand."""

import json
import math
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import pandas as pd

from detection_times import tabulate
from frontier_choice import live_specifications
from frontier_live import kind_of, labels_of, live_points, mistakes_of, shown_of
from frontier_test import SETTINGS, points


class Live(unittest.TestCase):
    def test_what_runs_live_are_the_tuned_detectors_and_the_points_of_one_with_gossip(self):
        table = points(
            ("fixed-timeout", "timeout=0.4", 0.4, 0, 9, 0),
            ("chen-nfd-e", "alpha=0.1", 0.2, 0, 9, 0),
            ("chen-nfd-e", "alpha=0.2", 0.3, 0, 9, 0),
            ("cassandra", "threshold=2", 0.3, 0, 9, 0),
        ).assign(role=["pair-hour", "point", "point pair-hour", "point"])
        self.assertEqual(
            live_specifications(table, SETTINGS),
            [
                "fixed-timeout:timeout=0.4", "chen-nfd-e:alpha=0.2",
                "chen-nfd-e:alpha=0.1,gossip=2", "chen-nfd-e:alpha=0.2,gossip=2",
                "chen-nfd-e:alpha=0.1,gossip=3", "chen-nfd-e:alpha=0.2,gossip=3",
            ],
        )
        without = {key: value for key, value in SETTINGS.items() if key != "gossip"}
        self.assertEqual(live_specifications(table, {**without, "live": ["swim"]})[2:], ["swim"])

    def test_the_first_of_a_name_goes_by_it_and_the_others_by_all_of_their_text(self):
        texts = ["chen-nfd-e:alpha=0.2", "chen-nfd-e:alpha=0.2,gossip=2", "swim"]
        self.assertEqual(labels_of(texts), {"chen-nfd-e": texts[0], texts[1]: texts[1], "swim": "swim"})
        self.assertIsNone(kind_of(texts[0]))
        self.assertEqual(kind_of(texts[1]), ("chen-nfd-e gossip=2", "alpha=0.2"))
        self.assertEqual(kind_of("swim"), ("swim", ""))

    def test_times_are_shown_of_what_is_tuned_alone_and_with_gossip(self):
        texts = [
            "fixed-timeout:timeout=0.4", "chen-nfd-e:alpha=0.2", "chen-nfd-e:alpha=0.1,gossip=2",
            "chen-nfd-e:alpha=0.2,gossip=2",
        ]
        self.assertEqual(
            shown_of(texts),
            {"fixed-timeout": "fixed-timeout", "chen-nfd-e": "chen-nfd-e", texts[3]: "chen-nfd-e gossip=2"},
        )

    def test_suspicions_count_as_far_as_they_lie_behind_the_warm_up(self):
        rows = [(3, 1, 1), (5, 1, 0), (8, 1, 1), (11, 1, 1), (12, 1, 0), (20, 1, 1), (21, 2, 1), (22, 2, 0)]
        changes = pd.DataFrame(
            [{"time_s": t, "observer": o, "target": 3, "detector": "a", "suspected": s} for t, o, s in rows]
        )
        # 10..12, whatever is repeated in it, and 20..30 of observer 1, 21..22 of observer 2.
        self.assertEqual(mistakes_of(changes, 10, 30), {"a": (3, 13.0)})
        self.assertEqual(mistakes_of(changes, 10, 20.5), {"a": (2, 2.5)})

    def test_a_point_takes_mistakes_from_fault_free_runs_and_detection_from_crashes(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            label = "chen-nfd-e:alpha=0.2,gossip=2"
            for run in (0, 1):
                quiet, broken = folder / f"quiet{run}", folder / f"broken{run}"
                quiet.mkdir()
                broken.mkdir()
                rows = [f'{100 + run},1,2,"{label}",1,2', f'{136 + run},1,2,"{label}",0,1', "200,1,2,chen-nfd-e,1,1"]
                (quiet / "suspicions.csv").write_text(
                    "\n".join(["time_s,observer,target,detector,suspected,level", *rows]) + "\n"
                )
                (quiet / "summary.json").write_text(json.dumps({"options": {"nodes": "5"}}))
                notices = {"chen-nfd-e": {"median_s": 9}, label: {"median_s": 0.3 + run / 5}}
                faults = [{"kind": kind, "suspected": notices} for kind in ("host-crash", "partition")]
                (broken / "summary.json").write_text(json.dumps({"faults": faults}))
            table = live_points(
                ["chen-nfd-e:alpha=0.2", label], [folder / "quiet0", folder / "quiet1"],
                [folder / "broken0", folder / "broken1"], SETTINGS,
            )
        self.assertEqual(list(table.detector), ["chen-nfd-e gossip=2"])
        row = table.iloc[0]
        self.assertEqual((row.mistakes, row.runs), (2, 2))
        self.assertAlmostEqual(row.pair_hours, 2 * 20 * 590 / 3600)
        self.assertAlmostEqual(row.wrong_share, 72 / (2 * 20 * 590))
        self.assertAlmostEqual(row.t_d_mean_s, 0.4)
        self.assertAlmostEqual(row.t_d_mean_low_s, 0.3)


def summary_of(*faults):
    """(kind, noticed of 4 observers, time to suspicion, time to trust); None where there is none."""
    result = {"faults": []}
    for kind, noticed, time, trust in faults:
        notice = {"observers": 4, "noticed": noticed, "first_s": time and time / 2, "median_s": time}
        again = {"observers": noticed, "noticed": noticed if trust is not None else 0, "first_s": trust, "median_s": trust}
        result["faults"].append({"kind": kind, "suspected": {"a": notice}, "trusted_again": {"a": again}})
    return result


class Times(unittest.TestCase):
    def test_a_fault_is_an_episode_with_the_time_of_its_median_observer(self):
        table = tabulate(
            [
                summary_of(("host-crash", 4, 0.2, 0.1), ("slow-cpu", 0, None, None)),
                summary_of(("host-crash", 2, 0.4, 0.3)),
            ],
            {"a": "a"},
            200,
        ).set_index("kind")
        crash = table.loc["host-crash"]
        self.assertEqual((crash.runs, crash.episodes), (2, 2))
        self.assertAlmostEqual(crash.noticed_share, 0.75)
        self.assertAlmostEqual(crash.t_d_s_mean, 0.3)
        self.assertAlmostEqual(crash.t_d_s_mean_low, 0.2)
        self.assertAlmostEqual(crash.t_d_s_mean_high, 0.4)
        self.assertAlmostEqual(crash.t_d_s_max, 0.4)
        self.assertAlmostEqual(crash.first_s_mean, 0.15)
        self.assertAlmostEqual(crash.trust_s_mean, 0.2)
        self.assertAlmostEqual(crash.trusting_share, 1)

    def test_quantiles_are_of_values_that_were_seen(self):
        summaries = [summary_of(*[("host-crash", 4, (20 * run + i) / 100, 0.1) for i in range(20)]) for run in range(5)]
        row = tabulate(summaries, {"a": "a"}, 300).iloc[0]
        self.assertAlmostEqual(row.t_d_s_p50, 0.49)
        self.assertAlmostEqual(row.t_d_s_p99, 0.98)
        self.assertAlmostEqual(row.t_d_s_max, 0.99)
        self.assertLess(row.t_d_s_p50_low, 0.3)
        self.assertGreater(row.t_d_s_p50_high, 0.7)
        self.assertLess(row.t_d_s_mean_low, row.t_d_s_mean)

    def test_what_was_never_noticed_has_no_times(self):
        table = tabulate([summary_of(("slow-cpu", 0, None, None))], {"a": "a"}, 50)
        row = table.iloc[0]
        self.assertEqual(row.noticed_share, 0)
        self.assertTrue(math.isnan(row.t_d_s_mean))
        self.assertTrue(math.isnan(row.trust_s_p99))
        self.assertTrue(math.isnan(row.trusting_share))

    def test_a_fault_that_lasts_asks_nobody_for_trust(self):
        summary = summary_of(("partition", 4, 0.5, None))
        summary["faults"][0]["trusted_again"] = None
        row = tabulate([summary], {"a": "b"}, 50).iloc[0]
        self.assertEqual(row.detector, "b")
        self.assertAlmostEqual(row.t_d_s_mean, 0.5)
        self.assertTrue(math.isnan(row.trusting_share))


if __name__ == "__main__":
    unittest.main()
