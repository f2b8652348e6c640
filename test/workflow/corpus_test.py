"""The packing of runs into a corpus, on runs that are written by hand."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import numpy as np
import pandas as pd

import corpus_plan
from corpus_datasheet import count_windows, folds_of
from corpus_pack import CONTEXT_TICKS, WINDOW, pack
from corpus_shard import CLASSES, NEVER, Shard

SETTINGS = {
    "version": 1,
    "scale": 1,
    "families": "all",
    "first_seed": 0,
    "run_s": 600,
    "thinning": 4,
    "parts": {
        "faults": {"options": "--random-faults", "runs": {"train": 4, "validation": 1, "test": 2}},
        "fault-free": {"options": "--heartbeat-trace", "runs": {"validation": 1, "test": 3}},
    },
    "clusters": {"faults": ["--nodes=5", "--nodes=3"], "fault-free": ["--nodes=5"]},
    "catalogue": {
        "lan": {"number": 1, "network": "--topology=lan", "faults": "--fault-gap=9s"},
        "wan": {"number": 2, "network": "--topology=wan", "faults": "--fault-gap=8s", "share": 0.5},
    },
}


def write_run(folder, ticks=3000, crash=(100.0, 104.0), missing=range(0)):
    """Two servers that watch each other, all is well but for a crash of server 2."""
    keys = [(tick, observer) for tick in range(1, ticks + 1) for observer in (1, 2)]
    down = {tick for tick in range(1, ticks + 1) if crash[0] <= tick / 10 < crash[1]}
    with (folder / "observations.csv").open("w") as file:
        file.write("time_s,observer,target,latency_mean,health_score\n")
        for tick, observer in keys:
            if (tick not in down or observer == 1) and tick not in missing:
                file.write(f"{tick / 10:.9f},{observer},{3 - observer},{0.1 * tick!r},0.5\n")
    with (folder / "labels.csv").open("w") as file:
        file.write("time_s,observer,target,label,subtype,seconds_to_crash,predictable,identifiable,grace\n")
        for tick, observer in keys:
            if observer == 1:
                gone = tick in down
                left = crash[0] - tick / 10
                to_crash = f"{left:.9f}" if left > 0 else ""
                file.write(f"{tick / 10:.9f},1,2,{'crashed,host' if gone else 'healthy,'},{to_crash},0,1,0\n")
            else:
                file.write(f"{tick / 10:.9f},2,1,{'' if tick in down else 'healthy'},,,0,1,0\n")
    (folder / "faults.csv").write_text(
        "start_s,end_s,kind,target,detail\n"
        f'{crash[0]:.9f},{crash[1]:.9f},host-crash,2,"node=2,exact=1"\n{ticks / 10 - 1:.9f},,partition,1-2,cut=1-2\n'
    )
    (folder / "roles.csv").write_text("time_s,server,role,term\n1.500000001,1,leader,1\n100.000000000,2,down,0\n")
    (folder / "suspicions.csv").write_text(
        "time_s,observer,target,detector,suspected,level\n100.600000007,1,2,phi-gaussian,1,8.25\n"
    )
    (folder / "heartbeats.csv").write_text(
        "observer,target,seq,sent_s,arrived_s\n2,1,1,0.050000000,0.050000003\n1,2,1,0.060000000,\n"
    )
    (folder / "summary.json").write_text('{"options": {"nodes": "2"}}\n')


class Packing(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)

    def packed(self, thinning=1, seed=7, name="run.h5"):
        path = self.folder / name
        pack(self.folder, path, {"family": "lan", "seed": seed}, thinning)
        return Shard(path)

    def test_keeps_every_number_exactly(self):
        write_run(self.folder)
        with self.packed() as shard:
            self.assertEqual(shard.feature_names(), ["latency_mean", "health_score"])
            features = shard.column("rows/features")
            self.assertEqual(features.dtype, np.float32)
            times = shard.column("rows/time_ns")
            np.testing.assert_array_equal(features[:, 0], (0.1 * (times // 100_000_000)).astype(np.float32))
            self.assertEqual(shard.column("suspicions/time_ns")[0], 100_600_000_007)
            self.assertEqual(shard.texts("suspicions/detector"), ["phi-gaussian"])
            self.assertEqual(shard.texts("faults/kind"), ["host-crash", "partition"])
            self.assertEqual(shard.texts("faults/detail"), ["node=2,exact=1", "cut=1-2"])
            self.assertEqual(shard.column("faults/end_ns").tolist(), [104_000_000_000, NEVER])
            self.assertEqual(shard.texts("roles/role"), ["leader", "down"])
            self.assertEqual(shard.column("heartbeats/observer").tolist(), [1, 2])
            self.assertEqual(shard.column("heartbeats/latency_ns").tolist(), [NEVER, 3])

    def test_orders_rows_by_pair_and_time_and_names_their_labels(self):
        write_run(self.folder)
        with self.packed() as shard:
            order = list(zip(*(shard.column(f"rows/{name}") for name in ("observer", "target", "time_ns"))))
            self.assertEqual(order, sorted(order))
            self.assertEqual(len(order), 6000 - 40)
            labels = np.array(shard.texts("rows/label"))
            self.assertEqual(np.count_nonzero(labels == "crashed"), 40)
            self.assertEqual(shard.names_of("rows/label"), {-1: "none", **dict(enumerate(CLASSES))})
            subtypes = np.array(shard.texts("rows/subtype"))
            self.assertEqual(set(subtypes[labels == "crashed"]), {"host"})
            self.assertEqual(set(subtypes[labels == "healthy"]), {"none"})
            left = shard.column("rows/seconds_to_crash")
            self.assertTrue(np.isnan(left[labels == "crashed"]).all())
            self.assertAlmostEqual(float(left[0]), 99.9, places=4)

    def test_the_same_run_gives_the_same_bytes(self):
        write_run(self.folder)
        self.packed(thinning=4, name="one.h5")
        self.packed(thinning=4, name="two.h5")
        self.assertEqual((self.folder / "one.h5").read_bytes(), (self.folder / "two.h5").read_bytes())

    def test_a_window_ends_where_enough_rows_came_without_a_gap(self):
        write_run(self.folder, missing=range(500, 505))
        with self.packed() as shard:
            pair = shard.column("rows/observer") == 1
            tick = shard.column("rows/time_ns")[pair] // 100_000_000
            weight = shard.column("rows/weight")[pair]
            self.assertEqual(tick[weight > 0][0], WINDOW)
            self.assertFalse((weight[(tick >= 505) & (tick < 505 + WINDOW - 1)] > 0).any())
            self.assertEqual(weight[tick == 505 + WINDOW - 1], 1)

    def test_thinning_leaves_out_whole_stretches_but_nothing_near_a_fault(self):
        write_run(self.folder)
        with self.packed(name="all.h5") as whole, self.packed(thinning=4, name="thin.h5") as shard:
            self.assertLess(len(shard.column("rows/weight")), 0.6 * len(whole.column("rows/weight")))
            target = shard.column("rows/target")
            tick = shard.column("rows/time_ns") // 100_000_000
            kept = set(tick[target == 2])
            around = range(1000 - CONTEXT_TICKS, 1040 + CONTEXT_TICKS + 1)
            self.assertTrue(kept.issuperset(around))
            self.assertTrue(kept.issuperset(range(2990 - CONTEXT_TICKS, 3001)), "a fault without end")
            for gap in np.diff(sorted(kept)):
                self.assertTrue(gap == 1 or gap >= WINDOW, "no scraps are left out")

    def test_weights_add_up_to_the_windows_of_the_whole_run(self):
        write_run(self.folder)
        with self.packed(name="all.h5") as whole:
            windows = np.count_nonzero(whole.column("rows/weight"))
        for seed in range(5):
            with self.packed(thinning=4, seed=seed, name="thin.h5") as shard:
                self.assertAlmostEqual(float(shard.column("rows/weight").sum(dtype=np.float64)), windows, delta=0.1)

    def test_counts_episodes_by_target_and_not_by_observer(self):
        write_run(self.folder)
        with self.packed() as shard:
            counts = {(row["class"], row["subtype"]): row for row in count_windows(shard)}
        self.assertEqual(counts[("crashed", "host")]["episodes"], 1)
        self.assertEqual(counts[("crashed", "host")]["windows"], 40)
        self.assertEqual(counts[("healthy", "none")]["episodes"], 2 * 6, "the last tick begins a minute")

    def test_keeps_what_the_oracle_says(self):
        write_run(self.folder)
        ticks = [f"{tick / 10:.9f},{observer},{3 - observer}" for tick in range(1, 3001) for observer in (1, 2)]
        lines = [f"{key},{'slow,0.250000' if place % 2 == 0 else ',0.000000'}\n" for place, key in enumerate(ticks)]
        (self.folder / "oracle.csv").write_text("time_s,observer,target,class,p_crash\n" + "".join(lines))
        with self.packed() as shard:
            first = shard.column("rows/observer") == 1
            self.assertEqual(set(np.array(shard.texts("rows/oracle_class"))[first]), {"slow"})
            self.assertEqual(set(np.array(shard.texts("rows/oracle_class"))[~first]), {"none"})
            self.assertEqual(set(shard.column("rows/oracle_p_crash")[first]), {np.float32(0.25)})

    def test_refuses_an_observation_without_a_label(self):
        write_run(self.folder)
        lines = (self.folder / "labels.csv").read_text().splitlines(keepends=True)
        (self.folder / "labels.csv").write_text("".join(lines[:-1]))
        with self.assertRaisesRegex(ValueError, "without a label"):
            self.packed()

    def test_refuses_a_file_of_another_version(self):
        write_run(self.folder)
        self.packed()
        import h5py

        with h5py.File(self.folder / "run.h5", "a") as file:
            file.attrs["version"] = 99
        with self.assertRaisesRegex(ValueError, "expected neural-consensus-corpus, version 1"):
            Shard(self.folder / "run.h5")


class Folds(unittest.TestCase):
    def test_families_of_one_kind_are_held_out_together(self):
        index = pd.DataFrame(
            [
                {"part": "faults", "family": family, "split": split, "shard": f"{family}-{split}"}
                for family in ("lan", "wan", "large")
                for split in ("train", "validation", "test")
            ]
        )
        folds = {fold["held_out"]: fold for fold in folds_of(index, {"lan": {}, "wan": {}, "large": {"like": "lan"}})}
        self.assertEqual(set(folds), {"lan, large", "wan"})
        self.assertEqual(folds["lan, large"]["train"], ["wan-train"])
        self.assertEqual(folds["lan, large"]["test"], ["lan-test", "large-test"])
        self.assertEqual(folds["wan"]["validation"], ["lan-validation", "large-validation"])


class Plan(unittest.TestCase):
    def test_no_seed_is_used_twice(self):
        seeds = [run["seed"] for run in corpus_plan.runs_of(SETTINGS)]
        self.assertEqual(len(set(seeds)), len(seeds))

    def test_every_run_has_one_split_and_every_split_its_share(self):
        runs = [(run["part"], run["family"], run["split"]) for run in corpus_plan.runs_of(SETTINGS)]
        self.assertEqual(runs.count(("faults", "lan", "train")), 4)
        self.assertEqual(runs.count(("faults", "wan", "train")), 2)
        self.assertEqual(runs.count(("fault-free", "lan", "test")), 3)

    def test_a_small_scale_keeps_a_run_of_each_split(self):
        runs = corpus_plan.runs_of(corpus_plan.overlaid(SETTINGS, {"scale": 0.001}))
        self.assertEqual(len(runs), 2 * 5)

    def test_a_family_keeps_its_seeds_whatever_else_is_made(self):
        alone = corpus_plan.runs_of(corpus_plan.overlaid(SETTINGS, {"families": ["wan"]}))
        seeds = [run["seed"] for run in corpus_plan.runs_of(SETTINGS) if run["family"] == "wan"]
        self.assertEqual([run["seed"] for run in alone], seeds)

    def test_the_fault_free_part_has_no_faults(self):
        for run in corpus_plan.runs_of(SETTINGS):
            self.assertEqual("fault-gap" in run["options"], run["part"] == "faults")

    def test_refuses_a_family_that_is_not_there(self):
        with self.assertRaisesRegex(ValueError, "family moon: expected one of lan, wan"):
            corpus_plan.runs_of(corpus_plan.overlaid(SETTINGS, {"families": ["moon"]}))

    def test_numbers_may_come_as_texts(self):
        given = corpus_plan.numbers_in({"scale": "0.05", "runs": {"test": "3"}, "families": ["lan"], "run_s": 60})
        self.assertEqual(given, {"scale": 0.05, "runs": {"test": 3}, "families": ["lan"], "run_s": 60})

    def test_the_digest_follows_the_configuration(self):
        changed = corpus_plan.overlaid(SETTINGS, {"catalogue": {"lan": {"faults": "--fault-gap=10s"}}})
        self.assertNotEqual(corpus_plan.digest_of(SETTINGS), corpus_plan.digest_of(changed))
        self.assertEqual(corpus_plan.digest_of(SETTINGS), corpus_plan.digest_of(corpus_plan.overlaid(SETTINGS, {})))


if __name__ == "__main__":
    unittest.main()
