"""The predicted share of split votes against elections that are played through one by one."""

import itertools
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

from split_votes import candidates_that_split, split_share, wilson_interval


def is_split(size, timeouts, latency):
    """One term, vote by vote: who has not stood when the first request comes votes for the first."""
    first = min(timeouts)
    votes = sum(1 for timeout in timeouts if timeout == first or timeout > first + latency)
    return votes < size // 2 + 1


class SplitShare(unittest.TestCase):
    def test_agrees_with_the_numbers_in_the_dissertation(self):
        self.assertAlmostEqual(split_share(5, 4, 0.01), 0.0006, places=4)
        self.assertAlmostEqual(split_share(5, 4, 0.1), 0.052, places=3)
        self.assertAlmostEqual(split_share(5, 4, 0.2), 0.181, places=3)
        # "about half", "about 15 %", "nearly 70 %", "about 35 %", "about 10 %", "40 %"
        for size, left, latency, share in (
            (5, 3, 0.2, 0.5),
            (9, 7, 0.2, 0.15),
            (9, 5, 0.2, 0.69),
            (9, 6, 0.2, 0.35),
            (7, 6, 0.2, 0.10),
            (9, 5, 0.1, 0.40),
        ):
            self.assertAlmostEqual(split_share(size, left, latency), share, delta=0.02)

    def test_agrees_with_elections_played_at_random(self):
        chance = random.Random(7)
        runs = 20000
        for size, left in ((3, 2), (5, 5), (5, 4), (5, 3), (9, 8), (9, 5)):
            for latency in (0.02, 0.1, 0.3, 0.7):
                split = sum(
                    is_split(size, [chance.random() for _ in range(left)], latency)
                    for _ in range(runs)
                )
                share = split_share(size, left, latency)
                error = max((share * (1 - share) / runs) ** 0.5, 1 / runs)
                with self.subTest(size=size, left=left, latency=latency):
                    self.assertAlmostEqual(split / runs, share, delta=4.5 * error)

    def test_agrees_with_every_election_on_a_grid(self):
        steps = 60
        middle = [(i + 0.5) / steps for i in range(steps)]
        latency = 0.25 + 1e-9
        split = sum(is_split(5, timeouts, latency) for timeouts in itertools.product(middle, repeat=3))
        self.assertAlmostEqual(split / steps**3, split_share(5, 3, 0.25), delta=0.03)

    def test_lies_between_none_and_all(self):
        self.assertEqual(split_share(5, 4, 0), 0)
        self.assertEqual(split_share(5, 4, 1), 1)
        self.assertEqual(split_share(5, 4, 7), 1)
        shares = [split_share(9, 6, i / 50) for i in range(51)]
        self.assertEqual(shares, sorted(shares))

    def test_refuses_clusters_that_cannot_elect(self):
        for size, left in ((5, 2), (4, 2), (3, 4)):
            with self.assertRaises(ValueError):
                split_share(size, left, 0.1)

    def test_counts_the_candidates_that_it_takes(self):
        self.assertEqual(candidates_that_split(5, 4), 3)
        self.assertEqual(candidates_that_split(5, 3), 2)
        self.assertEqual(candidates_that_split(9, 8), 5)


class WilsonInterval(unittest.TestCase):
    def test_agrees_with_published_values(self):
        # Newcombe (1998), table I: 81 of 263 and 0 of 20.
        low, high = wilson_interval(81, 263)
        self.assertAlmostEqual(low, 0.2553, places=4)
        self.assertAlmostEqual(high, 0.3662, places=4)
        low, high = wilson_interval(0, 20)
        self.assertEqual(low, 0)
        self.assertAlmostEqual(high, 0.1611, places=4)

    def test_knows_nothing_without_trials(self):
        self.assertEqual(wilson_interval(0, 0), (0.0, 1.0))


if __name__ == "__main__":
    unittest.main()
