"""The audits of a corpus. Each returns rows: what was measured, its 95 % interval, and the bound."""

import json

import numpy as np
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from audit_windows import HEARTBEAT_NS
from corpus_shard import CLASSES

REPLICATES = 1000
TREES = 100  # of the judge
PERMUTATIONS = 5
FOLDS = 5
LEVEL = 0.05
HALF_WIDTH = 0.03  # of the interval before crashes without precursor
CRASHES = 400
FAULTS = 100  # of a family: with fewer nothing can be said about their spread
FEATURE_TESTS = 7  # of build/bin/nc-test-neural, at least


def row(audit, subject, statistic, value, low, high, n, bound, passed):
    def number(x):
        return None if x is None or not np.isfinite(x) else round(float(x), 6)

    return {
        "audit": audit,
        "subject": subject,
        "statistic": statistic,
        "value": number(value),
        "low": number(low),
        "high": number(high),
        "n": int(n),
        "bound": bound,
        "passed": None if passed is None else bool(passed),
    }


def tree():
    """The judge of everything that is to be at chance: strong, and the same each time."""
    return HistGradientBoostingClassifier(max_iter=TREES, max_leaf_nodes=15, early_stopping=False, random_state=1)


def group_scores(features, outcome, groups):
    """Out of sample: the score of each row from a tree that saw none of its group."""
    scores = np.full(len(outcome), np.nan)
    folds = min(FOLDS, len(np.unique(groups)))
    if folds < 2:
        return scores
    for learn, judge in GroupKFold(folds).split(features, outcome, groups):
        if len(np.unique(outcome[learn])) == 2:
            scores[judge] = tree().fit(features[learn], outcome[learn]).predict_proba(features[judge])[:, 1]
    return scores


def bootstrap(statistic, groups, random):
    """The statistic's 95 % interval over draws of whole groups; it takes indices of rows."""
    members = {group: np.flatnonzero(groups == group) for group in np.unique(groups)}
    names = list(members)
    values = []
    for _ in range(REPLICATES):
        drawn = random.choice(len(names), size=len(names))
        value = statistic(np.concatenate([members[names[place]] for place in drawn]))
        if np.isfinite(value):
            values.append(value)
    return tuple(np.percentile(values, [2.5, 97.5])) if values else (np.nan, np.nan)


def balanced_accuracy(truth, guess):
    return np.mean([np.mean(guess[truth == label] == label) for label in np.unique(truth)])


def fitted_guess(features, labels, learn, judge):
    counts = np.bincount(labels[learn], minlength=len(CLASSES))
    weight = 1 / counts[labels[learn]]
    return tree().fit(features[learn], labels[learn], sample_weight=weight / weight.mean()).predict(features[judge])


def permuted_labels(features, labels, episodes, learn, random):
    """With the labels of episodes shuffled, nothing is left to learn; unshuffled, there is much.
    They are shuffled over all splits: an episode that is in two has the same label in both, so a
    judge that has learnt it by heart is above chance."""
    judge = ~learn
    chance = 1 / len(np.unique(labels[judge]))
    names, first, inverse = np.unique(episodes, return_index=True, return_inverse=True)
    results = []
    for _ in range(PERMUTATIONS):
        truth = random.permutation(labels[first])[inverse]
        results.append((truth[judge], fitted_guess(features, truth, learn, judge)))

    def mean_accuracy(chosen):
        return np.mean([balanced_accuracy(truth[chosen], guess[chosen]) for truth, guess in results])

    groups = inverse[judge]
    everything = np.arange(np.count_nonzero(judge))
    low, high = bootstrap(mean_accuracy, groups, random)
    guess = fitted_guess(features, labels, learn, judge)
    truth = labels[judge]
    true_low, true_high = bootstrap(lambda chosen: balanced_accuracy(truth[chosen], guess[chosen]), groups, random)
    n = len(np.unique(groups))
    return [
        row("permuted labels", f"{PERMUTATIONS} permutations by episode", "balanced accuracy",
            mean_accuracy(everything), low, high, n, f"contains {chance:.4f}", low <= chance <= high),
        row("permuted labels", "the true labels beside it", "balanced accuracy",
            balanced_accuracy(truth, guess), true_low, true_high, n, f"above {chance:.4f}", true_low > chance),
    ]


def splits_apart(hashes, blank):
    """No window occurs in two splits. `hashes` is per split those of its windows that are not
    blank, `blank` how many windows were."""
    values, counts = np.unique(np.concatenate([np.unique(of_split) for of_split in hashes.values()]), return_counts=True)
    shared = values[counts > 1]
    n = sum(len(of_split) for of_split in hashes.values())
    return [
        row("splits", f"without {blank} blank windows", "windows in two splits", len(shared), None, None, n,
            "at most 0", len(shared) == 0)
    ]


def concordance(scores, outcome, strata):
    """Per stratum the chance that who was hit scores above who was not; a tie counts half."""
    values = {}
    for stratum in np.unique(strata):
        mine = strata == stratum
        hit, others = scores[mine & outcome], scores[mine & ~outcome]
        if len(hit) == 1 and len(others) and np.isfinite(hit[0]):
            values[stratum] = np.mean((others < hit[0]) + 0.5 * (others == hit[0]))
    return values


def onset(rows, random):
    """Who is hit cannot be told from what a node is, where it stands, or when it is."""
    if not rows:
        return [row("onset", "who is hit", "AUC", None, None, None, 0, "contains 0.5", False)]
    columns = list(zip(*rows))
    strata = np.array(columns[0])
    outcome = np.array(columns[1], dtype=bool)
    described = np.array(columns[2:], dtype=np.float64).T
    runs = np.array([stratum.split()[0] for stratum in strata])
    scores = group_scores(described, outcome, runs)
    values = concordance(scores, outcome, strata)
    if not values:
        return [row("onset", "who is hit", "AUC", None, None, None, 0, "contains 0.5", False)]
    each = np.array(list(values.values()))
    of_run = np.array([stratum.split()[0] for stratum in values])
    low, high = bootstrap(lambda chosen: each[chosen].mean(), of_run, random)
    return [
        row("onset", "who is hit, from id, role, tick and position", "AUC", each.mean(), low, high, len(each),
            "contains 0.5", low <= 0.5 <= high)
    ]


def moments_of(scores, before, moments):
    """One score a moment: the mean over those who watched."""
    names, first, inverse = np.unique(moments, return_index=True, return_inverse=True)
    return np.bincount(inverse, scores) / np.bincount(inverse), before[first], np.array(
        [name.split()[0] for name in names]
    )


def precursor(subject, features, before, moments, random, expects_chance):
    """Whether the windows before crashes differ from others of the same pairs."""
    if np.count_nonzero(before) == 0 or len(np.unique(before)) < 2:
        return [row("precursor", subject, "AUC", None, None, None, 0, "contains 0.5", False if expects_chance else None)]
    runs = np.array([moment.split()[0] for moment in moments])
    scores = group_scores(features, before, runs)
    if np.isnan(scores).any():
        return [row("precursor", subject, "AUC", None, None, None, 0, "contains 0.5", False if expects_chance else None)]
    score, outcome, groups = moments_of(scores, before, moments)
    crashes = int(np.count_nonzero(outcome))

    def auc(chosen):
        return roc_auc_score(outcome[chosen], score[chosen]) if len(np.unique(outcome[chosen])) == 2 else np.nan

    value = auc(np.arange(len(score)))
    low, high = bootstrap(auc, groups, random)
    if not expects_chance:
        return [row("precursor", subject, "AUC", value, low, high, crashes, "above 0.5", low > 0.5)]
    return [
        row("precursor", subject, "AUC", value, low, high, crashes, "contains 0.5", low <= 0.5 <= high),
        row("precursor", subject, "half-width", (high - low) / 2, None, None, crashes, f"at most {HALF_WIDTH}",
            (high - low) / 2 <= HALF_WIDTH),
        row("precursor", subject, "crashes", crashes, None, None, crashes, f"at least {CRASHES}", crashes >= CRASHES),
    ]


def false_alarm(rows):
    """The chance that a clean corpus fails one of the intervals that have to contain chance."""
    return 1 - (1 - LEVEL) ** sum(entry["bound"].startswith("contains") for entry in rows)


def feature_tests(report):
    """What the tests of the features found, shifted clocks and numbers and all."""
    cases = [case for suite in json.loads(report)["testsuites"] for case in suite["testsuite"]]
    rows = [
        row("features", case["name"], "test", None, None, None, 1, "passes",
            case["status"] == "RUN" and not case.get("failures"))
        for case in cases
    ]
    enough = len(cases) >= FEATURE_TESTS
    return rows + [row("features", "all", "tests", len(cases), None, None, len(cases), f"at least {FEATURE_TESTS}", enough)]


def wilson(count, n):
    interval = stats.binomtest(int(count), int(n)).proportion_ci(method="wilson")
    return interval.low, interval.high


def family_rows(family, runs, tests):
    """How the faults of a family are spread. `tests` is how many p-values there are in all."""
    rows = []
    drawn = [[fault for fault in range(len(run.starts)) if run.is_drawn(fault)] for run in runs]
    starts = np.concatenate([run.starts[chosen] for run, chosen in zip(runs, drawn)])
    n = len(starts)
    if n == 0:
        return [row("faults", family, "faults", 0, None, None, 0, "at least 1", False)]
    if n < FAULTS:
        return [row("faults", family, "faults", n, None, None, n, f"too few: spread is judged from {FAULTS}", None)]
    phases = (starts % HEARTBEAT_NS) / HEARTBEAT_NS
    test = stats.kstest(phases, "uniform")
    alpha = LEVEL / tests
    rows.append(row("phases", family, "Kolmogorov-Smirnov p", test.pvalue, None, None, n,
                    f"at least {alpha:.4f}", test.pvalue >= alpha))
    hit = {}
    for run, chosen in zip(runs, drawn):
        for fault in chosen:
            servers = run.servers_of(fault)
            if len(servers) == 1:
                counts = hit.setdefault(run.servers, np.zeros(run.servers))
                counts[next(iter(servers)) - 1] += 1
    size, counts = max(hit.items(), key=lambda item: item[1].sum())
    test = stats.chisquare(counts)
    rows.append(row("targets", f"{family}, {size} servers", "chi-square p", test.pvalue, None, None, counts.sum(),
                    f"at least {alpha:.4f}", test.pvalue >= alpha))
    position = np.concatenate(
        [(run.starts[chosen] - run.first_ns) / (run.duration_ns - run.first_ns) for run, chosen in zip(runs, drawn)]
    )
    tenths = np.histogram(position, bins=10, range=(0, 1))[0] / n
    rows.append(row("times", family, "smallest share of a tenth of the time for faults", tenths.min(), None, None, n,
                    "above 0", tenths.min() > 0))
    several = np.mean([len(chosen) >= 2 for chosen in drawn])
    rows.append(row("faults a run", family, "share of runs with several", several, None, None, len(runs),
                    "at least 0.95", several >= 0.95))
    ended = np.concatenate([[end < run.duration_ns for end in run.ends[chosen]] for run, chosen in zip(runs, drawn)])
    rows.append(row("recoveries", family, "share of faults that end", ended.mean(), *wilson(ended.sum(), n), n,
                    "above 0.5", ended.mean() > 0.5))
    healthy = np.zeros(10)
    for run in runs:
        ends = (run.weight > 0) & run.plain
        tenth = np.minimum(run.time_ns[ends] * 10 // run.duration_ns, 9)
        healthy += np.bincount(tenth, run.weight[ends], minlength=10)
    share = healthy.min() / healthy.mean() if healthy.any() else 0
    rows.append(row("healthy stretches", family, "least healthy tenth of the run, share of the mean", share, None,
                    None, int(healthy.sum()), "at least 0.5", share >= 0.5))
    kinds = {kind for run, chosen in zip(runs, drawn) for kind in (run.kinds[fault] for fault in chosen)}
    rows.append(row("kinds", family, "kinds of faults", len(kinds), None, None, n, "at least 5", len(kinds) >= 5))
    severities = [
        float(part.split("=")[1])
        for run, chosen in zip(runs, drawn)
        for fault in chosen
        for part in run.details[fault].split(",")
        if part.startswith("severity=")
    ]
    distinct = len(set(severities)) / max(1, len(severities))
    rows.append(row("severities", family, "share of degradations with one of their own", distinct, None, None,
                    len(severities), "at least 0.95", distinct >= 0.95))
    return rows


def world(runs):
    """What holds over all families: half of the crashes come without a precursor, half of the
    degradations recover, and families differ in what goes wrong."""
    crashes = [
        not run.is_announced(fault)
        for run in runs
        for fault in range(len(run.starts))
        if run.kinds[fault] in ("host-crash", "process-crash")
    ]
    rows = []
    if crashes:
        low, high = wilson(sum(crashes), len(crashes))
        rows.append(row("priors", "crashes without precursor", "share", np.mean(crashes), low, high, len(crashes),
                        "interval reaches 0.5", high >= 0.5))
    endings = [
        part.split("=")[1]
        for run in runs
        for fault in range(len(run.starts))
        if run.kinds[fault] == "degrade"
        for part in run.details[fault].split(",")
        if part.startswith("ended=")
    ]
    recovered = [ending == "recovery" for ending in endings if ending != "other-crash"]
    if recovered:
        low, high = wilson(sum(recovered), len(recovered))
        rows.append(row("priors", "degradations that recover", "share", np.mean(recovered), low, high, len(recovered),
                        "interval reaches 0.5", high >= 0.5))
    families = sorted({run.family for run in runs})
    kinds = sorted({kind for run in runs for kind in run.kinds})
    counts = np.array([[sum(run.kinds.count(kind) for run in runs if run.family == family) for kind in kinds] for family in families])
    if len(families) > 1 and len(kinds) > 1:
        test = stats.chi2_contingency(counts)
        rows.append(row("families differ", "kinds of faults", "chi-square p", test[1], None, None, counts.sum(),
                        f"below {LEVEL}", test[1] < LEVEL))
    return rows
