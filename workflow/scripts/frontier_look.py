"""How detectors and families look in the pictures of the frontier (colours: Okabe & Ito, 2008)."""

LOOK = {
    "fixed-timeout": {"colour": "#999999", "marker": "s"},
    "chen-nfd-s": {"colour": "#000000", "marker": "o"},
    "chen-nfd-e": {"colour": "#0072b2", "marker": "o"},
    "bertier": {"colour": "#e69f00", "marker": "^"},
    "phi-gaussian": {"colour": "#009e73", "marker": "D"},
    "phi-logistic": {"colour": "#56b4e9", "marker": "D"},
    "cassandra": {"colour": "#cc79a7", "marker": "v"},
    "two-window": {"colour": "#d55e00", "marker": "P"},
    "dynatune": {"colour": "#b8a800", "marker": "X"},
    "chen-nfd-e gossip=2": {"colour": "#9467bd", "marker": "<"},
    "chen-nfd-e gossip=3": {"colour": "#4b0082", "marker": ">"},
    "swim": {"colour": "#e31a1c", "marker": "*"},
}


NAMES = {
    "chen-nfd-s": "NFD-S",
    "chen-nfd-e": "NFD-E",
    "chen-nfd-e gossip=2": "NFD-E, 2 observers agree",
    "chen-nfd-e gossip=3": "NFD-E, 3 observers agree",
    "two-window": "2W-FD",
    "swim": "SWIM",
}


def name_of(detector):
    return NAMES.get(detector, detector)
