"""The frontier of detectors: its plan, theorem 5, pooling with intervals, and what is chosen, on
tables that are written by hand."""

import io
import math
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import numpy as np
import pandas as pd

import frontier_plan
from frontier_choice import choose, frontier, quickest, specifications, stretches_of
from frontier_quality import draws_of, per_run, pooled, ratio_interval, upper_rate
from frontier_theory import EmpiricalDelay, LogNormalDelay, detection_time, mean_of, nfd_s
from frontier_verdicts import against_closed_form, reached, settings_in

PERIOD = 0.1
SETTINGS = {
    "families": "all",
    "first_seed": 0,
    "run_s": 600,
    "runs": {"validation": 4, "test": 12},
    "options": "--nodes=5",
    "period_s": PERIOD,
    "points": 5,
    "replicates": 200,
    "targets": {"pair-hour": 1, "pair-day": 1 / 24},
    "configurations": 8,
    "catalogue": {
        "lan": {"number": 1, "network": "--topology=lan", "margins_s": [0.01, 1]},
        "wan": {"number": 2, "network": "--topology=wan", "margins_s": [0.02, 2]},
    },
    "detectors": {
        "fixed-timeout": {"knob": {"name": "timeout", "from": "timeout"}, "settings": [{}]},
        "chen-nfd-e": {"knob": {"name": "alpha", "from": "margin"}, "settings": [{"window": 1}, {"window": 9}]},
        "cassandra": {"knob": {"name": "threshold", "low": 0.5, "high": 8}, "settings": [{"window": 9}]},
    },
    "warmup": 100,
    "gossip": {"detector": "chen-nfd-e", "quorums": [2, 3]},
    "times": {
        "tuned_for": "pair-hour", "runs": 3, "rounds": 2, "first_s": 20, "gap_s": 10,
        "kinds": {"host-crash": "host-crash@{start}s+5s:node=random", "partition": "partition@{start}s+5s"},
    },
}


def changed(**changes):
    return {**SETTINGS, **changes}


class Plan(unittest.TestCase):
    def test_no_two_runs_share_a_seed(self):
        seeds = [
            seed
            for family in frontier_plan.families_of(SETTINGS)
            for split in frontier_plan.SPLITS
            for seed in frontier_plan.seeds_of(SETTINGS, family, split)
        ]
        self.assertEqual(len(seeds), 2 * (4 + 12 + 3))
        self.assertEqual(len(set(seeds)), len(seeds))

    def test_a_family_that_is_not_in_the_catalogue_is_named(self):
        with self.assertRaisesRegex(ValueError, "family moon: expected one of lan, wan"):
            frontier_plan.families_of(changed(families=["lan", "moon"]))

    def test_every_detector_may_try_equally_many_configurations(self):
        for family in ("lan", "wan"):
            for sweeps in frontier_plan.sweeps_of(SETTINGS, family).values():
                tried = sum(sweep.split(":")[1].split(",")[0].count("/") + 1 for sweep in sweeps)
                self.assertEqual(tried, 8)

    def test_settings_that_would_get_unequal_shares_are_refused(self):
        with self.assertRaisesRegex(ValueError, "chen-nfd-e: expected a number of settings that divides 7"):
            frontier_plan.sweeps_of(changed(configurations=7), "lan")

    def test_knobs_span_the_familys_margins_and_timeouts_begin_after_a_period(self):
        sweeps = frontier_plan.sweeps_of(SETTINGS, "lan")
        timeouts = [float(value) for value in sweeps["fixed-timeout"][0].split("=")[1].split("/")]
        self.assertAlmostEqual(timeouts[0], 0.11)
        self.assertAlmostEqual(timeouts[-1], 1.1)
        ratios = np.diff(np.log([timeout - PERIOD for timeout in timeouts]))
        self.assertLess(np.ptp(ratios), 1e-4)
        self.assertRegex(sweeps["chen-nfd-e"][1], r"^chen-nfd-e:alpha=0\.01/.*/1,window=9$")

    def test_faults_follow_one_another_and_fit_into_the_run(self):
        options = frontier_plan.options_of(SETTINGS, "lan", "times", 5)
        self.assertIn("--fault=host-crash@30s+5s:node=random --fault=partition@40s+5s", options)
        self.assertIn("--fault=partition@50s+5s", options)
        self.assertIn("--duration=60s --RngRun=5", options)
        self.assertNotIn("--fault", frontier_plan.options_of(SETTINGS, "lan", "test", 5))


class Theory(unittest.TestCase):
    def test_without_delay_a_lost_heartbeat_is_a_mistake_until_the_next_one(self):
        loss, delta = 0.1, 0.03
        quality = nfd_s(delta, PERIOD, loss, EmpiricalDelay([0.0]), steps=1000)
        # A mistake begins where one is lost after one that was not; the next comes eta - delta later.
        self.assertAlmostEqual(quality.t_mr_s, PERIOD / (loss * (1 - loss)))
        wrong = loss * (PERIOD - delta) + loss * loss * delta
        self.assertAlmostEqual(quality.wrong_share, wrong / PERIOD)
        self.assertAlmostEqual(quality.t_m_s, wrong / (loss * (1 - loss)))

    def test_a_margin_of_several_periods_forgives_several_losses(self):
        quality = nfd_s(0.25, PERIOD, 0.1, EmpiricalDelay([0.0]), steps=1000)
        self.assertAlmostEqual(quality.mistakes_per_hour, 36000 * 0.9 * 0.1**3)

    def test_the_closed_form_agrees_with_nfd_s_run_on_drawn_delays(self):
        random = np.random.default_rng(5)
        beats, loss, delta = 400_000, 0.02, 0.06
        delay = LogNormalDelay(0.03, 0.002)
        sigma = math.sqrt(math.log(2))
        drawn = 0.002 + random.lognormal(math.log(0.03) - sigma**2 / 2, sigma, beats)
        drawn[random.random(beats) < loss] = math.inf
        sent = np.arange(beats) * PERIOD
        # From its arrival on a heartbeat gives trust until the next freshness point.
        until = sent + PERIOD + delta
        fresh = sent + drawn < until
        starts, ends = (sent + drawn)[fresh], until[fresh]
        order = np.argsort(starts)
        starts, ends = starts[order], np.maximum.accumulate(ends[order])
        gaps = np.maximum(starts[1:] - ends[:-1], 0)
        length = sent[-1] - sent[0]
        quality = nfd_s(delta, PERIOD, loss, delay)
        mistakes = int((gaps > 0).sum())
        self.assertGreater(mistakes, 5000)
        self.assertAlmostEqual(3600 * mistakes / length / quality.mistakes_per_hour, 1, delta=4 / math.sqrt(mistakes))
        self.assertAlmostEqual(gaps.sum() / length / quality.wrong_share, 1, delta=0.05)
        self.assertAlmostEqual(quality.t_m_s, 3600 * quality.wrong_share / quality.mistakes_per_hour)

        # The last in time before a crash at a random moment leaves its freshness point standing.
        latest = np.maximum.accumulate(np.where(fresh, until, -math.inf))[1000:]
        crash = sent[1000:] + random.random(beats - 1000) * PERIOD
        self.assertAlmostEqual(np.maximum(latest - crash, 0).mean() / quality.t_d_s, 1, delta=0.005)

    def test_the_integral_meets_the_sum_that_empirical_delays_take(self):
        delay = LogNormalDelay(0.02, 0.001)
        drawn = LogNormalDelay(0.02, 0.001)
        drawn.survival = delay.survival
        exact = nfd_s(0.15, PERIOD, 0.01, delay)
        summed = nfd_s(0.15, PERIOD, 0.01, drawn, steps=2000)
        self.assertAlmostEqual(exact.wrong_share / summed.wrong_share, 1, places=4)

    def test_detection_takes_the_margin_and_half_a_period_where_nothing_is_late(self):
        self.assertAlmostEqual(detection_time(0.2, PERIOD, 1.0), 0.25)
        # Every second heartbeat missing takes away a period half of the time, two a quarter of it.
        self.assertAlmostEqual(detection_time(0.1, PERIOD, 0.5), 0.5 * 0.15 + 0.25 * 0.05)

    def test_pairs_are_averaged_by_their_rates(self):
        quick = nfd_s(0.15, PERIOD, 0.1, EmpiricalDelay([0.0]), steps=100)
        never = nfd_s(0.15, PERIOD, 0.0, EmpiricalDelay([0.0]), steps=100)
        both = mean_of([quick, never])
        self.assertAlmostEqual(both.mistakes_per_hour, quick.mistakes_per_hour / 2)
        self.assertAlmostEqual(both.t_m_s, quick.t_m_s)
        self.assertEqual(never.t_mr_s, math.inf)


HEADER = "observer,target,detector,parameters,hours,heartbeats,mistakes,mistakes_per_hour,t_mr_mean_s," \
    "t_m_mean_s,p_a,t_d_mean_s,t_d_p50_s,t_d_p99_s,t_d_max_s,detected"


def run_of(*rows):
    return pd.read_csv(io.StringIO("\n".join([HEADER, *rows])))


class Quality(unittest.TestCase):
    def test_pairs_are_weighed_by_exposure_and_crashes(self):
        sums = per_run(
            run_of(
                '1,2,chen-nfd-e,"alpha=0.1,window=9",1,200,3,3,,,0.9,0.2,0.2,0.3,0.31,100',
                '1,3,chen-nfd-e,"alpha=0.1,window=9",3,300,1,0.3,,,1,0.4,0.4,0.5,0.6,300',
                '1,4,chen-nfd-e,"alpha=0.1,window=9",0,5,0,,,,,,,,,0',
            )
        )
        self.assertEqual(len(sums), 1)
        row = sums.iloc[0]
        self.assertEqual((row.hours, row.mistakes, row.detected), (4, 4, 400))
        self.assertAlmostEqual(row.wrong_hours, 0.1)
        self.assertAlmostEqual(row.detection_s, 0.35 * 400)
        self.assertEqual(row.max_s, 0.6)

    def several(self, mistakes):
        runs = [
            per_run(run_of(f"1,2,phi-gaussian,threshold=8,2,200,{count},0,,,0.99,0.{3 + run},0.3,0.4,0.5,200")).assign(run=run)
            for run, count in enumerate(mistakes)
        ]
        return pooled(pd.concat(runs, ignore_index=True), 500).iloc[0]

    def test_rates_are_of_all_runs_together_with_an_interval_over_runs(self):
        row = self.several([0, 4, 8])
        self.assertAlmostEqual(row.mistakes_per_hour, 2)
        self.assertAlmostEqual(row.p_a, 0.99)
        self.assertAlmostEqual(row.t_mr_mean_s, 1800)
        self.assertAlmostEqual(row.t_m_mean_s, 18)
        self.assertAlmostEqual(row.t_d_mean_s, 0.4)
        self.assertEqual((row.mistakes_per_hour_low, row.mistakes_per_hour_high), (0, 4))
        self.assertAlmostEqual(row.t_d_mean_low_s, 0.3)
        self.assertAlmostEqual(row.t_d_mean_high_s, 0.5)

    def test_no_mistake_in_h_hours_is_a_bound_of_three_over_h(self):
        row = self.several([0, 0, 0])
        self.assertEqual(row.mistakes_per_hour, 0)
        self.assertAlmostEqual(row.mistakes_per_hour_high, 0.5)
        self.assertAlmostEqual(row.upper_per_hour, 0.5, places=2)
        self.assertTrue(math.isnan(row.t_mr_mean_s))

    def test_a_configuration_that_is_missing_in_a_run_is_an_error(self):
        runs = pd.concat(
            [
                per_run(run_of("1,2,bertier,phi=4,1,9,0,0,,,1,0.2,0.2,0.2,0.2,9")).assign(run=0),
                per_run(run_of("1,2,bertier,phi=8,1,9,0,0,,,1,0.2,0.2,0.2,0.2,9")).assign(run=1),
            ]
        )
        with self.assertRaisesRegex(ValueError, "bertier:phi=4: expected it once in each of 2 runs"):
            pooled(runs, 10)

    def test_the_same_draws_come_again_and_a_single_run_has_no_interval(self):
        self.assertTrue((draws_of(5, 50) == draws_of(5, 50)).all())
        self.assertTrue((draws_of(5, 50).sum(axis=1) == 5).all())
        self.assertTrue(math.isnan(ratio_interval([1], [1], draws_of(1, 50))[0]))

    def test_the_upper_rate_is_that_of_a_poisson_process(self):
        self.assertAlmostEqual(upper_rate(0, 3), 0.99858, places=4)
        self.assertAlmostEqual(upper_rate(5, 1), 10.5130, places=3)


def points(*rows):
    table = pd.DataFrame(rows, columns=["detector", "parameters", "t_d_mean_s", "mistakes", "pair_hours", "wrong_share"])
    table["mistakes_per_hour"] = table.mistakes / table.pair_hours
    table["upper_per_hour"] = [upper_rate(row.mistakes, row.pair_hours) for row in table.itertuples()]
    return table


class Choice(unittest.TestCase):
    def test_each_stretch_of_detection_time_gets_the_fewest_mistakes(self):
        table = points(
            ("a", "1", 0.15, 9, 10, 0.1),
            ("a", "2", 0.18, 4, 10, 0.1),  # fewer
            ("a", "3", 0.30, 2, 10, 0.1),
            ("a", "4", 0.35, 2, 10, 0.05),  # as many, for a shorter time
            ("a", "5", 0.36, 2, 10, 0.05),  # no better and slower
            ("b", "1", 0.15, 99, 10, 0.1),  # another detector's best is no matter
            ("a", "6", 0.01, 0, 10, 0),  # outside
            ("a", "7", 9.00, 0, 10, 0),
        )
        self.assertEqual(frontier(table, np.array([0.1, 0.2, 0.4, 0.8])), [1, 3, 5])

    def test_the_quickest_keeps_to_the_rate_by_its_bound(self):
        table = points(
            ("a", "1", 0.1, 9, 10, 0.1),  # 0.9 an hour, but up to 1.6
            ("a", "2", 0.2, 4, 10, 0.1),  # up to 0.92
            ("a", "3", 0.3, 0, 10, 0.0),
            ("b", "1", 0.1, 50, 10, 0.1),
        )
        self.assertEqual(quickest(table, 1), {"a": 1})

    def test_where_the_exposure_is_too_short_for_the_rate_no_mistake_may_be_seen(self):
        table = points(("a", "1", 0.1, 1, 10, 0.1), ("a", "2", 0.2, 0, 10, 0), ("a", "3", 0.3, 0, 10, 0))
        self.assertEqual(quickest(table, 1 / 24), {"a": 1})

    def test_roles_say_what_a_row_was_chosen_for(self):
        table = points(("a", "alpha=1", 0.2, 0, 100, 0.0), ("a", "alpha=2", 0.21, 0, 100, 0.0), ("b", "", 0.2, 900, 100, 0.1))
        chosen = choose(table, SETTINGS, "lan")
        self.assertEqual(list(chosen.role), ["point pair-hour pair-day", "", "point"])
        self.assertEqual(specifications(chosen), ["a:alpha=1", "a:alpha=2", "b"])

    def test_stretches_span_what_the_margins_of_a_family_can_do(self):
        ends = stretches_of(SETTINGS, "lan")
        self.assertEqual(len(ends), 6)
        self.assertAlmostEqual(ends[0], 0.06)
        self.assertAlmostEqual(ends[-1], 1.1)


class Verdicts(unittest.TestCase):
    def table(self, mistakes, low, high, role="pair-hour"):
        table = points(("fixed-timeout", "timeout=0.3", 0.25, mistakes, 10, 0.01)).assign(
            family="lan", role=role, mistakes_per_hour_low=low, mistakes_per_hour_high=high, p_a=0.99,
            t_d_mean_low_s=0.24, t_d_mean_high_s=0.26, t_d_p99_s=0.3, t_d_max_s=0.31,
        )
        return {(row["detector"], row["target"]): row for row in reached(table, SETTINGS)}

    def test_a_target_is_reached_by_the_bound_not_by_the_point(self):
        key = ("fixed-timeout", "pair-hour")
        self.assertEqual(self.table(2, 0.0, 0.5)[key]["reached"], "yes")
        self.assertEqual(self.table(2, 0.0, 1.1)[key]["reached"], "point")
        self.assertEqual(self.table(8, 0.5, 0.9)[key]["reached"], "point")  # Poisson up to 1.4
        self.assertEqual(self.table(20, 1.5, 2.5)[key]["reached"], "no")

    def test_a_detector_without_a_configuration_for_it_says_none(self):
        rows = self.table(2, 0.0, 0.5)
        self.assertEqual(rows[("fixed-timeout", "pair-day")]["reached"], "none")
        self.assertEqual(rows[("cassandra", "pair-hour")]["reached"], "none")

    def test_times_in_parameters_are_read_with_their_units(self):
        self.assertEqual(
            settings_in("alpha=0.1,period=100ms,window=32"), {"alpha": 0.1, "period": 0.1, "window": 32}
        )
        self.assertAlmostEqual(settings_in("alpha=250us")["alpha"], 0.00025)
        self.assertAlmostEqual(settings_in("alpha=2s")["alpha"], 2)

    def test_the_simulated_nfd_s_is_judged_by_its_interval(self):
        law = {"jitter_s": 0.02, "constant_s": 0.001, "loss": 0.01}
        truth = nfd_s(0.15, PERIOD, 0.01, LogNormalDelay(0.02, 0.001))
        rate, p_a = truth.mistakes_per_hour, 1 - truth.wrong_share
        for factor, agrees in ((1, True), (2, False)):
            table = pd.DataFrame(
                [{
                    "family": "independent", "detector": "chen-nfd-s", "parameters": "alpha=0.15",
                    "pair_hours": 9, "mistakes": 5, "mistakes_per_hour_low": 0.9 * factor * rate,
                    "mistakes_per_hour_high": 1.1 * factor * rate, "t_mr_mean_s": 1, "t_m_mean_s": 1,
                    "t_m_mean_low_s": 0.9 * truth.t_m_s, "t_m_mean_high_s": 1.1 * truth.t_m_s,
                    "p_a": p_a, "p_a_low": p_a - 1e-6, "p_a_high": p_a + 1e-6, "t_d_mean_s": 0.2,
                }]
            )
            row = against_closed_form(table, law, PERIOD)[0]
            self.assertEqual(row["t_mr_agrees"], agrees)
            self.assertTrue(row["t_m_agrees"])
            self.assertTrue(row["p_a_agrees"])
            quiet = against_closed_form(table.assign(mistakes=0), law, PERIOD)[0]
            self.assertIsNone(quiet["t_m_agrees"])
            self.assertIsNone(quiet["p_a_agrees"])


if __name__ == "__main__":
    unittest.main()
