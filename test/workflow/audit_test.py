"""The audits on data that is clean, and on data with a leak that they have to find."""

import json
import os
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

os.environ["OMP_NUM_THREADS"] = "1"  # the judge's threads wait busily: on a loaded machine for minutes

import numpy as np

import audit_checks as checks
from audit_windows import CONTROLS, MESSAGE_RATE, Run, WINDOW, labelled_windows, onsets, summaries, underlying, window_hashes

checks.REPLICATES, checks.TREES = 200, 20
NS = 1_000_000_000


def random_of(seed):
    return np.random.Generator(np.random.PCG64(seed))


def by_statistic(rows):
    return {entry["statistic"]: entry for entry in rows}


def crashes(seed, shift, count=120, controls=3):
    """Moments before crashes and others for each, two observers, 40 runs."""
    random = random_of(seed)
    features, before, moments = [], [], []
    for crash in range(count):
        for number in range(1 + controls):
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
    run.name, run.family, run.servers, run.duration_ns = "lan-1", "lan", servers, duration
    run.first_ns = 5 * NS
    run.starts = np.array(starts, dtype=np.int64)
    run.ends = run.starts + NS
    run.targets = [str(target) for target in targets]
    run.kinds = ["host-crash"] * len(starts)
    run.details = ["node=1"] * len(starts)
    run._roles = {}
    for start, end, target in zip(run.starts, run.ends, targets):
        times, names = run._roles.setdefault(int(target), ([], []))
        times += [start, end]
        names += ["down", "follower"]
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

    def test_as_many_crashes_as_are_asked_for_give_the_half_width_that_is(self):
        rows = by_statistic(checks.precursor("x", *crashes(1, 0, checks.CRASHES, CONTROLS), random_of(2), True))
        self.assertTrue(rows["crashes"]["passed"])
        self.assertTrue(rows["half-width"]["passed"], rows["half-width"])

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


    def test_who_crashes_is_among_those_that_could_have(self):
        rows = onsets(run_with([30 * NS, 60 * NS], [2, 4]))
        self.assertEqual({row[0] for row in rows}, {"lan-1 0 host-crash", "lan-1 1 host-crash"})
        self.assertEqual([row[2] for row in rows if row[1]], [2, 4])
        self.assertEqual(sorted(row[2] for row in rows if row[0].startswith("lan-1 0")), [1, 2, 3, 4, 5])

    def test_the_role_is_that_before_the_crash(self):
        run = run_with([30 * NS], [2])
        for server, role in ((2, "candidate"), (3, "candidate"), (5, "leader")):
            times, names = run._roles.setdefault(server, ([], []))
            times.insert(0, 20 * NS)
            names.insert(0, role)
        run._roles[4] = ([20 * NS, 30 * NS], ["follower", "candidate"])
        self.assertEqual(sorted(row[2] for row in onsets(run)), [2, 3])

    def test_who_was_down_a_moment_ago_is_not_at_risk(self):
        rows = onsets(run_with([30 * NS, 33 * NS], [2, 4]))
        self.assertEqual(sorted(row[2] for row in rows if row[0].startswith("lan-1 1")), [1, 3, 4, 5])


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

    def test_episodes_that_are_in_two_splits_are_found(self):
        features, labels, episodes, learn = self.labelled(True)
        features += np.arange(1200, dtype=np.float32)[:, None] // 4  # so that an episode can be learnt by heart
        within = np.arange(1200) % 4 < 2  # windows of one episode on both sides
        self.assertTrue(checks.permuted_labels(features, labels, episodes, learn, random_of(4))[0]["passed"])
        self.assertFalse(checks.permuted_labels(features, labels, episodes, within, random_of(4))[0]["passed"])

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

    def test_short_runs_are_judged_from_the_first_moment_that_a_fault_can_start_at(self):
        random = random_of(6)

        def spread(first):
            runs = []
            for _ in range(40):
                run = run_with(np.sort(random.uniform(first, 60 * NS, 10)), random.integers(1, 6, 10), duration=60 * NS)
                run.first_ns = 6.5 * NS
                runs.append(run)
            return self.rows(runs)["times"]

        self.assertTrue(spread(6.5 * NS)["passed"])
        self.assertFalse(spread(15 * NS)["passed"])

    def test_too_few_faults_give_no_verdict_and_say_so(self):
        rows = checks.family_rows("lan", [run_with(np.arange(1, 100) * 5 * NS, [2] * 99)], 2)
        self.assertEqual([(entry["passed"], entry["n"]) for entry in rows], [(None, 99)])
        self.assertIn("too few", rows[0]["bound"])
        self.assertFalse(checks.family_rows("lan", [run_with([], [])], 2)[0]["passed"], "none at all")

    def test_faults_on_the_beat_and_at_one_server_are_found(self):
        rows = self.rows([run_with(np.arange(10, 300, 10) * NS, [2] * 29) for _ in range(10)])
        for name in ("phases", "targets", "times"):
            self.assertFalse(rows[name]["passed"], rows[name])

    def test_healthy_stretches_at_the_beginning_alone_are_found(self):
        run = run_with(np.arange(5, 595, 5) * NS, [1, 2] * 59)
        run.plain = run.time_ns < 300 * NS
        self.assertFalse(self.rows([run])["healthy stretches"]["passed"])


class Splits(unittest.TestCase):
    def run_of(self, name, seed):
        """Twenty stretches of a target seen by two observers, healthy and slow in turn."""
        random = random_of(seed)
        run = Run.__new__(Run)
        run.name = name
        count = 2 * 20 * 100
        run.time_ns = np.tile(np.concatenate([stretch * 60 * NS + np.arange(100) * NS // 10 for stretch in range(20)]), 2)
        run.observer, run.target = np.repeat([1, 3], count // 2), np.full(count, 2)
        run.label = np.where(run.time_ns // (60 * NS) % 2, 5, 0)
        run.features = random.normal(0, 1, (count, 16)).astype(np.float32)
        # Something of its own in each stretch, and nothing that its class has in common.
        run.features += np.tile(np.repeat(random.normal(0, 5, (20, 16)), 100, axis=0), (2, 1)).astype(np.float32)
        run.weight = (np.arange(count) % 100 >= WINDOW - 1).astype(np.float32)
        run.identifiable, run.grace = np.ones(count, dtype=int), np.zeros(count, dtype=int)
        return run

    def audited(self, learnt, judged):
        """The permuted labels and the windows in two splits."""
        parts, hashes = [], {}
        for split, runs in (("train", learnt), ("test", judged)):
            for run in runs:
                contents, blank = window_hashes(run.features, np.flatnonzero(run.weight))
                hashes[split] = np.append(hashes.get(split, np.uint64([])), contents[(run.weight > 0) & ~blank])
                parts.append((*labelled_windows(run, contents, blank), np.full(40 * 2, split == "train")))
        features, labels, *identity, learn = (np.concatenate(part) for part in zip(*parts))
        return (
            checks.permuted_labels(features, labels, underlying(*identity), learn, random_of(4))[0],
            checks.splits_apart(hashes, 0)[0],
        )

    def test_runs_of_their_own_pass(self):
        permuted, apart = self.audited([self.run_of(f"a-{n}", n) for n in range(4)], [self.run_of("b-9", 9)])
        self.assertTrue(permuted["passed"], permuted)
        self.assertTrue(apart["passed"], apart)

    def test_a_run_copied_into_another_split_is_found_under_whatever_name(self):
        learnt = [self.run_of(f"a-{n}", n) for n in range(4)]
        for name in ("a-0", "b-9"):
            permuted, apart = self.audited(learnt, [self.run_of(name, 0)])
            self.assertFalse(permuted["passed"], permuted)
            self.assertFalse(apart["passed"], apart)

    def test_one_window_in_two_splits_is_found_unless_it_is_blank(self):
        one, other = self.run_of("a-1", 1).features, self.run_of("b-2", 2).features
        one[:WINDOW], other[100 : 100 + WINDOW] = 0, 0
        last = np.arange(WINDOW - 1, 200)

        def apart():
            hashed = {"train": window_hashes(one, last), "test": window_hashes(other, last)}
            blanks = [np.count_nonzero(blank) for _, blank in hashed.values()]
            own = {split: hashes[last][~blank[last]] for split, (hashes, blank) in hashed.items()}
            return blanks, checks.splits_apart(own, sum(blanks))[0]

        blanks, entry = apart()
        self.assertEqual(blanks, [1, 1])
        self.assertTrue(entry["passed"], entry)
        self.assertIn("2 blank", entry["subject"])
        one[3, 5] = other[103, 5] = 1  # silence, in which something else changed
        blanks, entry = apart()
        self.assertEqual((blanks, entry["value"]), ([1, 1], 0))
        one[3, MESSAGE_RATE] = other[103, MESSAGE_RATE] = 1
        blanks, entry = apart()
        self.assertEqual((blanks, entry["value"]), ([0, 0], 1))
        self.assertFalse(entry["passed"])

    def test_a_window_differs_by_the_place_of_its_rows(self):
        features = np.arange(2 * WINDOW * 16, dtype=np.float32).reshape(-1, 16)
        turned = features.copy()
        turned[[0, 1]] = turned[[1, 0]]
        last = np.array([WINDOW - 1])
        self.assertNotEqual(window_hashes(features, last)[0][last], window_hashes(turned, last)[0][last])


class FalseAlarm(unittest.TestCase):
    def test_three_intervals_of_95_percent_miss_chance_once_in_seven(self):
        entries = [{"bound": bound} for bound in ("contains 0.5", "contains 0.2", "contains 0.5", "at least 400")]
        self.assertAlmostEqual(checks.false_alarm(entries), 0.142625)


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
