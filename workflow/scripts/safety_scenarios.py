"""Random scenarios for the question whether clients always see one copy of the data.

Scenario n is the same on every machine: everything in it is drawn from n alone. Topologies and kinds
of fault take turns, so that each pair of them comes up equally often.
"""

import random

TOPOLOGIES = ["lan", "star", "mesh", "dumbbell", "wan", "wifi", "csma"]

# What can be drawn for a fault of each kind; byzantine servers are not Raft's promise.
KINDS = {
    "host-crash": ["node={node}"],
    "process-crash": ["node={node}"],
    "slow-cpu": ["node={node},delay=20ms", "node={node},delay=300ms"],
    "slow-disk": ["node={node},factor=50", "node={node},factor=2000", "node={node},bout=1s,gap=1s"],
    "disk-stall": ["node={node}"],
    "slow-link": ["node={node},delay=50ms,jitter=30ms", "node={node},delay=800ms,jitter=200ms"],
    "omission": ["node={node},loss=0.2", "node={node},loss=0.6"],
    "partition": [
        "node={node}",
        "node={node},direction=in",
        "node={node},direction=out",
        "cut=1>2",
        "cut=2-3",
        "groups=1.2|3",
    ],
    "flapping": ["node={node},period=1s", "cut=1-2,period=3s"],
    "degrade": ["node={node},outcome=crash,down=4s", "node={node},resource=heap,outcome=recover"],
    "clock-skew": ["node={node},offset=3s", "node={node},offset=-3s", "node={node},drift=50000"],
}


def fault(rng, kind):
    """One fault of a kind, over before the last quarter of the run."""
    details = rng.choice(KINDS[kind]).format(node=rng.choice(["leader", "leader", "random"]))
    start = rng.uniform(4, 24)
    return f"--fault={kind}@{start:.3f}s+{rng.uniform(2, 9):.3f}s:{details}"


def server_settings(rng, leases):
    """Attributes of the servers, drawn from all that is promised to be safe."""
    check_quorum = rng.random() < 0.7
    sticky = rng.random() < 0.7
    modes = ["log", "index", "index"] + (["lease"] * 2 if leases and check_quorum and sticky else [])
    values = {
        "PreVote": rng.random() < 0.6,
        "CheckQuorum": check_quorum,
        "LeaderStickiness": sticky,
        "ReadMode": rng.choice(modes),
        "SnapshotThreshold": rng.choice([30, 200, 10000]),
        "MaxInFlightMessages": rng.choice([1, 4, 64]),
        "MaxBatchEntries": rng.choice([2, 64]),
        "LeaderWritesFirst": rng.random() < 0.3,
        "MaxWriteSilence": rng.choice(["0s", "0s", "1s"]),
    }
    return [f"--ns3::RaftApplication::{name}={str(value).lower()}" for name, value in values.items()]


def operations(rng, nodes):
    """Some operator's work: a server joins, another one leaves, leadership is handed over."""
    leaving = rng.randint(1, nodes - 1)
    return [
        f"--voters={nodes - 1}",
        f"--operation=add@{rng.uniform(3, 15):.3f}s:node={nodes}",
        f"--operation=remove@{rng.uniform(15, 25):.3f}s:node={leaving}",
        f"--operation=transfer@{rng.uniform(5, 30):.3f}s",
    ]


def describe(number):
    """What scenario `number` is: its topology, its kind of fault and the options that make it."""
    rng = random.Random(number)
    topology = TOPOLOGIES[number % len(TOPOLOGIES)]
    kind = list(KINDS)[number // len(TOPOLOGIES) % len(KINDS)]
    nodes = rng.choice([3, 5, 5, 5, 7])
    kinds = [kind] * rng.randint(2, 3) + rng.choices(list(KINDS), k=rng.choice([0, 1, 1, 2]))
    options = [
        f"--topology={topology}",
        f"--nodes={nodes}",
        f"--transport={rng.choice(['udp', 'udp', 'tcp'])}",
        "--clients=4",
        f"--request-rate={rng.choice([40, 80])}",
        "--duration=40s",
        "--watch=1",  # heartbeats of the detectors have no part in this
        f"--loss={rng.choice([0, 0, 0.005, 0.02])}",
        f"--duplicate={rng.choice([0, 0, 0.02])}",
        f"--reorder={rng.choice([0, 0, 0.05])}",
        f"--RngRun={number + 1}",
    ]
    options += [fault(rng, each) for each in kinds]
    options += server_settings(rng, leases="clock-skew" not in kinds)
    if nodes > 3 and rng.random() < 0.4:
        options += operations(rng, nodes)
    return {"number": number, "topology": topology, "fault": kind, "options": options}
