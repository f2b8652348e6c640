"""Random scenarios with byzantine servers, for the question what of their behaviour gets proven.

Scenario n is the same on every machine: everything in it is drawn from n alone. Byzantine kinds take
turns; faults of other kinds, crashes with recovery among them, go on beside them.
"""

import random

TOPOLOGIES = ["lan", "star", "mesh", "dumbbell", "wan"]
DURATION = 25

# What can be drawn for a fault of each kind.
KINDS = {
    "byzantine-lying": ["magnitude=2", "magnitude=8", "share=0.3"],
    "byzantine-equivocating": ["magnitude=2", "share=0.3"],
    "byzantine-selective": ["share=1"],
    "byzantine-term-inflation": ["magnitude=2", "period=1s", "share=0.3"],
    "byzantine-twin": ["seed=1", "seed=2", "seed=3"],
}


def byzantine(rng, kind, node, start):
    keys = rng.choice(KINDS[kind])
    length = rng.uniform(4, 12)
    return f"--fault={kind}@{start:.3f}s+{length:.3f}s:node={node},{keys}"


def describe(number):
    """What scenario `number` is: its byzantine kind and the options that make it."""
    rng = random.Random(f"evidence {number}")
    kind = list(KINDS)[number % len(KINDS)]
    nodes = rng.choice([3, 5, 5, 5, 7])
    options = [
        f"--topology={TOPOLOGIES[number // len(KINDS) % len(TOPOLOGIES)]}",
        f"--nodes={nodes}",
        f"--transport={rng.choice(['udp', 'udp', 'tcp'])}",
        f"--request-rate={rng.choice([20, 20, 100])}",
        f"--duration={DURATION}s",
        f"--loss={rng.choice([0, 0, 0.005, 0.02])}",
        f"--RngRun={number + 1}",
        f"--ns3::RaftApplication::PreVote={rng.choice(['true', 'false'])}",
        f"--ns3::RaftApplication::LeaderStickiness={rng.choice(['true', 'false'])}",
        f"--ns3::RaftApplication::SnapshotThreshold={rng.choice([50, 10000])}",
    ]
    liar = rng.choice(["leader", "leader", rng.randint(1, nodes)])
    options.append(byzantine(rng, kind, liar, rng.uniform(3, 7)))
    if rng.random() < 0.5:  # a lying witness beside it: who lies does so about others' words, too
        options.append(byzantine(rng, "byzantine-lying", rng.randint(1, nodes), rng.uniform(3, 7)))
    # Elections, so that there are votes to give twice.
    for _ in range(rng.randint(1, 3)):
        victim = rng.choice(["leader", rng.randint(1, nodes)])
        crash = rng.choice(["host-crash", "process-crash"])
        options.append(
            f"--fault={crash}@{rng.uniform(4, 18):.3f}s+{rng.uniform(1, 4):.3f}s:node={victim}"
        )
    if rng.random() < 0.5:
        options += ["--random-faults", "--fault-gap=6s"]
    if nodes > 3 and rng.random() < 0.2:
        options += [
            f"--voters={nodes - 1}",
            f"--operation=add@{rng.uniform(3, 9):.3f}s:node={nodes}",
            f"--operation=remove@{rng.uniform(9, 15):.3f}s:node={rng.randint(1, nodes - 1)}",
            f"--operation=transfer@{rng.uniform(5, 20):.3f}s",
        ]
    return {"number": number, "kind": kind, "nodes": nodes, "options": options}
