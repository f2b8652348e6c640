"""The audits on data that is clean, and on data with a leak that they have to find."""

import json
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import numpy as np

import audit_checks as checks
from audit_windows import Run, WINDOW, summaries

checks.REPLICATES, checks.TREES = 200, 20
NS = 1_000_000_000


def random_of(seed):
    return np.random.Generator(np.random.PCG64(seed))


def by_statistic(rows):
    return {entry["statistic"]: entry for entry in rows}


def crashes(seed, shift, count=120):
    """Moments before crashes and three others for each, two observers, 40 runs."""
    random = random_of(seed)
    features, before, moments = [], [], []
    for crash in range(count):
        for number in range(4):
            for _ in range(2):
                features.append(random.normal(shift if number == 0 else 0, 1, 6))
                before.append(number == 0)
                moments.append(f"run-{crash % 40} {crash} {number}")
    return np.array(features, dtype=np.float32), np.array(before), np.array(moments)


def onset_rows(seed, leak):
    """Who of four is hit, at random or always the one with the lowest id."""
    random = random_of(seed)
    rows = []
    for number in range(200):
        hit = 1 if leak else random.integers(1, 5)
        for server in range(1, 5):
            rows.append((f"run-{number % 20} {number}", server == hit, server, server / 5, 5, False, number * 37, 5, 0.5))
    return rows


def run_with(starts, targets, servers=5, duration=600 * NS):
    """A run with host crashes at these times."""
    run = Run.__new__(Run)
    run.family, run.servers, run.duration_ns = "lan", servers, duration
    run.starts = np.array(starts, dtype=np.int64)
    run.ends = run.starts + NS
    run.targets = [str(target) for target in targets]
    run.kinds = ["host-crash"] * len(starts)
    run.details = ["node=1"] * len(starts)
    run.time_ns = np.arange(1, 6000, dtype=np.int64) * (NS // 10)
    run.weight = np.ones(5999, dtype=np.float32)
    run.plain = np.ones(5999, dtype=bool)
    return run


class Precursors(unittest.TestCase):
    def test_windows_that_do_not_differ_are_at_chance(self):
        rows = by_statistic(checks.precursor("x", *crashes(1, 0), random_of(2), True))
        self.assertTrue(rows["AUC"]["passed"], rows["AUC"])
        self.assertLess(rows["AUC"]["low"], rows["AUC"]["value"])

    def test_a_small_difference_is_found(self):
        rows = by_statistic(checks.precursor("x", *crashes(1, 0.5), random_of(2), True))
        self.assertFalse(rows["AUC"]["passed"], rows["AUC"])

    def test_too_few_crashes_do_not_pass(self):
        rows = by_statistic(checks.precursor("x", *crashes(1, 0), random_of(2), True))
        self.assertFalse(rows["crashes"]["passed"])
        self.assertFalse(rows["half-width"]["passed"], "480 moments say too little")

    def test_without_crashes_nothing_passes(self):
        empty = (np.empty((0, 6), dtype=np.float32), np.empty(0, dtype=bool), np.empty(0, dtype=str))
        self.assertFalse(checks.precursor("x", *empty, random_of(2), True)[0]["passed"])


class Onset(unittest.TestCase):
    def test_random_targets_are_at_chance(self):
        self.assertTrue(checks.onset(onset_rows(1, False), random_of(2))[0]["passed"])

    def test_a_target_that_its_id_gives_away_is_found(self):
        entry = checks.onset(onset_rows(1, True), random_of(2))[0]
        self.assertFalse(entry["passed"])
        self.assertGreater(entry["value"], 0.9)


class PermutedLabels(unittest.TestCase):
    def labelled(self, informative):
        random = random_of(3)
        labels = np.repeat(random.integers(0, 3, 300), 4)
        features = random.normal(0, 1, (1200, 4)).astype(np.float32)
        features[:, 0] += 2.0 * labels if informative else 0
        episodes = np.repeat([f"e{number}" for number in range(300)], 4)
        return features, labels, episodes, np.arange(1200) < 800

    def test_shuffled_labels_are_at_chance_and_true_ones_above(self):
        shuffled, true = checks.permuted_labels(*self.labelled(True), random_of(4))
        self.assertTrue(shuffled["passed"], shuffled)
        self.assertTrue(true["passed"], true)
        self.assertGreater(true["value"], 0.6)

    def test_features_without_information_show_in_the_true_labels(self):
        self.assertFalse(checks.permuted_labels(*self.labelled(False), random_of(4))[1]["passed"])


class Features(unittest.TestCase):
    def report(self, count, failures=()):
        cases = [{"name": f"T{i}", "status": "RUN"} | ({"failures": [{}]} if i in failures else {}) for i in range(count)]
        return json.dumps({"testsuites": [{"testsuite": cases}]})

    def test_pass_where_all_tests_do(self):
        self.assertTrue(all(entry["passed"] for entry in checks.feature_tests(self.report(checks.FEATURE_TESTS))))

    def test_fail_where_one_does_or_one_is_missing(self):
        for report in (self.report(checks.FEATURE_TESTS, {3}), self.report(checks.FEATURE_TESTS - 1)):
            self.assertFalse(all(entry["passed"] for entry in checks.feature_tests(report)))


class Families(unittest.TestCase):
    def rows(self, runs):
        return {entry["audit"]: entry for entry in checks.family_rows("lan", runs, 2)}

    def test_faults_at_random_pass(self):
        random = random_of(5)
        runs = [run_with(np.sort(random.integers(5 * NS, 599 * NS, 30)), random.integers(1, 6, 30)) for _ in range(10)]
        rows = self.rows(runs)
        for name in ("phases", "targets", "times", "faults a run", "recoveries", "healthy stretches"):
            self.assertTrue(rows[name]["passed"], rows[name])
        self.assertFalse(rows["kinds"]["passed"], "there is but one")

    def test_faults_on_the_beat_and_at_one_server_are_found(self):
        rows = self.rows([run_with(np.arange(10, 300, 10) * NS, [2] * 29) for _ in range(10)])
        for name in ("phases", "targets", "times"):
            self.assertFalse(rows[name]["passed"], rows[name])

    def test_healthy_stretches_at_the_beginning_alone_are_found(self):
        run = run_with([10 * NS, 20 * NS], [1, 2])
        run.plain = run.time_ns < 300 * NS
        self.assertFalse(self.rows([run])["healthy stretches"]["passed"])


class Windows(unittest.TestCase):
    def test_a_summary_is_of_the_window_that_ends_at_the_row(self):
        features = np.arange(60, dtype=np.float32).reshape(-1, 1)
        mean, deviation, low, high, last, change = summaries(features, np.array([WINDOW + 4]))[0]
        self.assertEqual((mean, low, high, last, change), (14.5, 5, 24, 24, 19))
        self.assertAlmostEqual(float(deviation), float(np.std(np.arange(20))), places=5)

    def test_a_crash_that_ends_a_degradation_is_not_drawn(self):
        run = SimpleNamespace(details=["node=1,cause=degrade", "node=1"])
        self.assertFalse(Run.is_drawn(run, 0))
        self.assertTrue(Run.is_drawn(run, 1))
        self.assertTrue(Run.is_announced(run, 0))
        self.assertFalse(Run.is_announced(run, 1))


if __name__ == "__main__":
    unittest.main()
