"""NFD-S of Chen, Toueg & Aguilera (IEEE Trans. Computers 51(5), 2002) in closed form, for delays and
losses that are independent from heartbeat to heartbeat.

Heartbeats leave every eta; the peer is suspected from delta after heartbeat i was due on until i or
a later one is there. With p_L the share lost and D the delay (theorem 5),

    k = ceil(delta / eta),  u(x) = prod_{j=0..k} [p_L + (1 - p_L) P(D > delta + x - j eta)],
    q_0 = (1 - p_L) P(D < delta + eta),  p_s = q_0 u(0),
    E[T_MR] = eta / p_s,  E[T_M] = int_0^eta u(x) dx / p_s,  P_A = 1 - int_0^eta u(x) dx / eta.

A crash at a random moment of the period is detected at the freshness point that the latest
heartbeat to arrive in time leaves standing: with a, uniform in (0, eta), the age of the last
heartbeat, and m heartbeats before it that did not make it, each by itself,

    T_D = max(0, delta + eta - m eta - a) with probability q_0 (1 - q_0)^m.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import integrate, stats


@dataclass
class Quality:
    mistakes_per_hour: float
    wrong_share: float  # 1 - P_A
    t_mr_s: float
    t_m_s: float
    t_d_s: float


@dataclass
class LogNormalDelay:
    """A constant, and a log-normal part whose mean and standard deviation are both `jitter_s`."""

    jitter_s: float
    constant_s: float

    def survival(self, y):
        sigma = math.sqrt(math.log(2))
        scale = self.jitter_s * math.exp(-sigma * sigma / 2)
        return stats.lognorm.sf(np.asarray(y, float) - self.constant_s, s=sigma, scale=scale)

    def kinks(self):
        return [self.constant_s]


class EmpiricalDelay:
    """As often as was seen."""

    def __init__(self, delays):
        self.sorted = np.sort(np.asarray(delays, float))

    def survival(self, y):
        return 1 - np.searchsorted(self.sorted, y, side="right") / len(self.sorted)


def missing(x, delta, eta, loss, delay):
    """u(x): the chance that at x after a freshness point no heartbeat is fresh."""
    x = np.asarray(x, float)
    result = np.ones_like(x)
    for j in range(math.ceil(delta / eta) + 1):
        result = result * (loss + (1 - loss) * delay.survival(delta + x - j * eta))
    return result


def detection_time(delta, eta, in_time):
    """E[T_D] of a crash at a random moment, where a heartbeat arrives in time with this chance."""
    mean = 0.0
    chance = in_time
    reach = delta + eta
    while reach > 0 and chance > 0:
        # max(0, reach - a) over a in (0, eta).
        mean += chance * (reach - eta / 2 if reach >= eta else reach * reach / (2 * eta))
        chance *= 1 - in_time
        reach -= eta
    return mean


def nfd_s(delta, eta, loss, delay, steps=None):
    """@param steps of a sum in place of the integral, for delays that are empirical"""
    in_time = (1 - loss) * (1 - float(delay.survival(delta + eta)))
    begins = in_time * float(missing(0.0, delta, eta, loss, delay))
    if steps:
        middles = (np.arange(steps) + 0.5) * eta / steps
        wrong = float(missing(middles, delta, eta, loss, delay).mean()) * eta
    else:
        kinks = [(kink - delta) % eta for kink in delay.kinks()]
        wrong, _ = integrate.quad(
            lambda x: float(missing(x, delta, eta, loss, delay)), 0, eta,
            points=[kink for kink in kinks if 0 < kink < eta], limit=200, epsabs=0, epsrel=1e-9,
        )
    return Quality(
        mistakes_per_hour=3600 * begins / eta,
        wrong_share=wrong / eta,
        t_mr_s=eta / begins if begins > 0 else math.inf,
        t_m_s=wrong / begins if begins > 0 else math.nan,
        t_d_s=detection_time(delta, eta, in_time),
    )


def mean_of(qualities):
    """Of several pairs that are watched alike; the times between and of mistakes follow from the
    rates."""
    rate = float(np.mean([quality.mistakes_per_hour for quality in qualities]))
    wrong = float(np.mean([quality.wrong_share for quality in qualities]))
    return Quality(
        mistakes_per_hour=rate,
        wrong_share=wrong,
        t_mr_s=3600 / rate if rate > 0 else math.inf,
        t_m_s=3600 * wrong / rate if rate > 0 else math.nan,
        t_d_s=float(np.mean([quality.t_d_s for quality in qualities])),
    )
