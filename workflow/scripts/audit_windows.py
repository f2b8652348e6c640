"""What the audits look at: windows of the corpus, as summaries, with who and what they are of."""

import json

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corpus_shard import CLASSES, NEVER, Shard

NS = 1_000_000_000
TICK_NS = 100_000_000
HEARTBEAT_NS = 100_000_000  # in every run: no option of the corpus changes it
WARM_UP_NS = 5 * NS  # no fault starts before
SHORTEST_GAP = 0.1  # of the mean gap: no gap between faults is drawn shorter
WINDOW = 20
STEADY_NS = 5 * NS  # a target at risk has been free of faults for so long
START_NS = 20 * NS  # until then a cluster is still finding its first leader
STRETCH_CAP_NS = 5 * NS  # of one crash or partition
PER_EPISODE = 4
MESSAGE_RATE = 4  # column of the features
CONTROLS = 10  # matched moments for each crash: with 400 crashes a half-width of 0.03


def summaries(features, last):
    """Of the windows that end at these rows: mean, deviation, extremes, last row, change."""
    if len(last) == 0:
        return np.empty((0, 6 * features.shape[1]), dtype=np.float32)
    windows = features[last[:, None] + np.arange(-WINDOW + 1, 1)]
    return np.hstack(
        [
            windows.mean(axis=1),
            windows.std(axis=1),
            windows.min(axis=1),
            windows.max(axis=1),
            windows[:, -1],
            windows[:, -1] - windows[:, 0],
        ]
    ).astype(np.float32)


def window_hashes(features, last):
    """For each row: a hash of all numbers of the window that ends there, and whether the window is
    blank: all rows are the same, or nothing arrived during it, so that little but the observer's own
    slow clockwork is left and two of them may be the same by chance. Both are 0 at rows other than
    `last`."""
    hashes, blank = np.zeros(len(features), dtype=np.uint64), np.zeros(len(features), dtype=bool)
    of_row = pd.util.hash_pandas_object(pd.DataFrame(features), index=False).to_numpy()
    windows = of_row[last[:, None] + np.arange(-WINDOW + 1, 1)]
    hashes[last] = pd.util.hash_pandas_object(pd.DataFrame(windows), index=False)
    silent = (features[:, MESSAGE_RATE] == 0)[last[:, None] + np.arange(-WINDOW + 1, 1)].all(axis=1)
    blank[last] = silent | (windows == windows[:, :1]).all(axis=1)
    return hashes, blank


def underlying(episodes, hashes, blank):
    """The number of the episode that each window is of at the bottom: those of one name, and those
    that share a window that is not blank, are one, whatever runs and splits they are in."""
    _, own = np.unique(episodes, return_inverse=True)
    _, content = np.unique(hashes[~blank], return_inverse=True)
    own_count = own.max(initial=-1) + 1
    size = own_count + content.max(initial=-1) + 1
    edges = coo_array((np.ones(len(content)), (own[~blank], own_count + content)), shape=(size, size))
    return connected_components(edges, directed=False)[1][own]


class Run:
    """A shard with faults, read for the audits."""

    def __init__(self, path):
        with Shard(path) as shard:
            attributes = shard.attributes
            self.family, self.split = str(attributes["family"]), str(attributes["split"])
            self.name = f"{self.family}-{attributes['seed']}"
            self.seed, self.servers = int(attributes["seed"]), int(attributes["servers"])
            self.duration_ns = round(float(attributes["duration_s"]) * NS)
            mean_gap = json.loads(shard.text("summary"))["options"]["fault-gap"]
            self.first_ns = WARM_UP_NS + round(SHORTEST_GAP * float(mean_gap.removesuffix("s")) * NS)
            for name in ("time_ns", "observer", "target", "features", "label", "identifiable", "grace", "weight"):
                setattr(self, name, shard.column(f"rows/{name}"))
            self.plain = (self.label == 0) & (np.array(shard.texts("rows/subtype")) == "none") & (self.grace == 0)
            self.kinds = shard.texts("faults/kind")
            self.details = shard.texts("faults/detail")
            self.targets = shard.texts("faults/target")
            self.starts = shard.column("faults/start_ns")
            ends = shard.column("faults/end_ns")
            self.ends = np.where(ends == NEVER, self.duration_ns, ends)
            self._roles = {}
            for time, server, role in zip(
                shard.column("roles/time_ns"), shard.column("roles/server"), shard.texts("roles/role")
            ):
                times, names = self._roles.setdefault(int(server), ([], []))
                times.append(int(time))
                names.append(role)

    def release(self):
        """Lets go of what is large; faults and what is needed to count stay."""
        self.features = self.observer = self.target = self.label = self.identifiable = self.grace = None

    def role_at(self, server, times):
        """What a server was at these times; a follower until it says something else."""
        changes, names = self._roles.get(server, ([], []))
        places = np.searchsorted(changes, times, side="right")
        return np.array(["follower"] + names)[places]

    def servers_of(self, fault):
        """Who is hit: a server, or all that a cut is named by."""
        return {int(part) for part in self.targets[fault].replace(">", "-").replace("/", "-").split("-")}

    def is_drawn(self, fault):
        """Whether it was drawn as a fault, and is not part of another one."""
        return "cause=" not in self.details[fault]

    def is_announced(self, fault):
        """Whether it is a crash in which a degradation ended."""
        return "cause=degrade" in self.details[fault]

    def steady_windows(self):
        """Rows whose whole window is healthy, by a target without a fault for a while."""
        runs = np.zeros(len(self.plain), dtype=np.int64)
        follows = np.zeros(len(self.plain), dtype=bool)
        follows[1:] = (
            (self.observer[1:] == self.observer[:-1])
            & (self.target[1:] == self.target[:-1])
            & (np.diff(self.time_ns) * 2 <= 3 * TICK_NS)
        )
        places = np.arange(len(runs))
        breaks = ~self.plain
        since = np.maximum.accumulate(np.where(~follows | breaks, places + breaks, 0))
        steady = self.plain & (places - since + 1 >= WINDOW) & (self.weight > 0)
        for fault in range(len(self.starts)):
            until = self.ends[fault] + STEADY_NS
            for server in self.servers_of(fault):
                steady &= ~(
                    (self.target == server) & (self.time_ns >= self.starts[fault]) & (self.time_ns <= until)
                )
        return steady & (self.time_ns >= START_NS)


def labelled_windows(run, hashes, blank):
    """A few windows of every episode, of those that are learnt from: summaries, class, episode,
    hash, whether blank. Their hashes choose them, so that a copy gives the same ones."""
    usable = (run.weight > 0) & (run.identifiable == 1) & (run.grace == 0)
    found, classes, episodes = [], [], []
    for label in range(len(CLASSES)):
        for target in np.unique(run.target):
            mine = np.flatnonzero((run.label == label) & (run.target == target))
            mine = mine[np.argsort(run.time_ns[mine], kind="stable")]
            if len(mine) == 0:
                continue
            time = run.time_ns[mine]
            if CLASSES[label] == "healthy":
                stretch = time // (60 * NS)
            else:
                stretch = np.cumsum(np.diff(time, prepend=time[0]) > 5 * NS)
            for number in np.unique(stretch):
                rows = mine[stretch == number]
                if CLASSES[label] in ("crashed", "partitioned"):
                    rows = rows[run.time_ns[rows] < run.time_ns[rows[0]] + STRETCH_CAP_NS]
                rows = rows[usable[rows]]
                if len(rows):
                    chosen = rows[np.argsort(hashes[rows], kind="stable")[:PER_EPISODE]]
                    found.append(np.sort(chosen))
                    classes += [label] * len(chosen)
                    episodes += [f"{run.name} {target} {label} {number}"] * len(chosen)
    rows = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return (
        summaries(run.features, rows),
        np.array(classes, dtype=int),
        np.array(episodes, dtype=str),
        hashes[rows],
        blank[rows],
    )


def onsets(run):
    """Every drawn fault of one server with those that it could have hit as well: same time, same
    role just before, no fault of their own. Per candidate: onset, whether it was hit, id, role,
    tick, position. An onset is named by run, fault and kind."""
    rows = []
    for fault in range(len(run.starts)):
        hit = run.servers_of(fault)
        start = run.starts[fault]
        if len(hit) != 1 or not run.is_drawn(fault) or start < START_NS:
            continue
        hit = next(iter(hit))
        role = run.role_at(hit, [start - 1])[0]  # at the start a crash has made it "down"
        busy = {
            server
            for other in range(len(run.starts))
            if run.starts[other] < start <= run.ends[other] + STEADY_NS
            for server in run.servers_of(other)
        }
        others = [
            server
            for server in range(1, run.servers + 1)
            if server not in busy and server != hit and run.role_at(server, [start - 1])[0] == role
        ]
        if others and hit not in busy:
            for server in [hit] + others:
                rows.append(
                    (
                        f"{run.name} {fault} {run.kinds[fault]}",
                        server == hit,
                        server,
                        server / run.servers,
                        run.servers,
                        role == "leader",
                        start // TICK_NS,
                        start % TICK_NS,
                        start / run.duration_ns,
                    )
                )
    return rows


def precursors(run, random, with_precursor):
    """Windows just before crashes, and windows of the same pairs at times at which the target had
    the same role and nothing happened to it. Returns summaries, whether before a crash, and the
    moment that a window belongs to.

    With precursor: crashes in which a degradation ends, where an observer has something to see."""
    features, before, moments = [], [], []
    steady = run.steady_windows()
    for fault in range(len(run.starts)):
        if run.kinds[fault] not in ("host-crash", "process-crash") or run.is_announced(fault) != with_precursor:
            continue
        hit = next(iter(run.servers_of(fault)))
        start = run.starts[fault]
        role = run.role_at(hit, [start - 1])[0]
        last_tick = (start - 1) // TICK_NS * TICK_NS
        allowed = run.weight > 0 if with_precursor else steady
        cases = np.flatnonzero(allowed & (run.target == hit) & (run.time_ns == last_tick))
        if len(cases) == 0 or start < START_NS:
            continue
        choice = steady & (run.target == hit) & np.isin(run.observer, run.observer[cases])
        choice &= np.abs(run.time_ns - start) > 10 * NS
        choice[choice] = run.role_at(hit, run.time_ns[choice]) == role
        # A moment that few observers share is as good as any other; its weight is the row's.
        times, places = np.unique(run.time_ns[choice], return_index=True)
        if len(times) == 0:
            continue
        chance = run.weight[choice][places].astype(np.float64)
        chosen = random.choice(times, size=min(CONTROLS, len(times)), replace=False, p=chance / chance.sum())
        features.append(summaries(run.features, cases))
        before += [True] * len(cases)
        moments += [f"{run.name} {fault} 0"] * len(cases)
        for number, time in enumerate(np.sort(chosen), 1):
            rows = np.flatnonzero(choice & (run.time_ns == time))
            features.append(summaries(run.features, rows))
            before += [False] * len(rows)
            moments += [f"{run.name} {fault} {number}"] * len(rows)
    width = 6 * run.features.shape[1]
    stacked = np.vstack(features) if features else np.empty((0, width), dtype=np.float32)
    return stacked, np.array(before, dtype=bool), np.array(moments, dtype=str)
