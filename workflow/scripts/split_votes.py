"""What the analysis of Raft's elections predicts, and how sure a measured share is.

Ongaro, "Consensus: Bridging Theory and Practice" (2014), section 9.3. Needs but the standard
library.
"""

import math


def candidates_that_split(size, left):
    """How many servers have to time out within the latency of the first for it to lose.

    The first candidate gets its own vote and those of the `left - c` servers that time out later;
    it needs a majority of `size`.
    """
    return left - size // 2 + 1


def split_share(size, left, latency):
    """The probability of a split vote in one election term.

    `size` servers, of which `left` are available; all draw their timeouts uniformly from a range,
    at the same moment. `latency` is the one-way latency, the same for all, as a share of the range.
    The votes split if the c-th server times out within the latency of the first:
    Pr(D_{c,s} <= l) = sum over k = c-1 .. s of C(s, k) l^k (1-l)^(s-k).
    """
    if not left <= size or left < size // 2 + 1:
        raise ValueError(f"{left} available of {size} servers: expected a majority, at most all")
    latency = min(max(latency, 0.0), 1.0)
    first = candidates_that_split(size, left) - 1
    return sum(
        math.comb(left, k) * latency**k * (1 - latency) ** (left - k)
        for k in range(first, left + 1)
    )


def wilson_interval(hits, total, z=1.959963984540054):
    """The 95 % interval of a share that was measured as `hits` of `total` (Wilson, 1927)."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    return max(0.0, middle - half), min(1.0, middle + half)
