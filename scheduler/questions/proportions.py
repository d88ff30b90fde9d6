"""What can be said of a rate among few people; exact where chance is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt
from statistics import NormalDist


def wilson(count: int, number: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a proportion, right for small numbers and for none or all of them.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927), 209-212. ``number`` is at least 1.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, scale = count / number, 1 + z * z / number
    middle = (rate + z * z / (2 * number)) / scale
    reach = z / scale * sqrt(rate * (1 - rate) / number + z * z / (4 * number * number))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def chance_of_so_few(here: int, size: int, served: int, number: int) -> float:
    """How likely at most ``here`` of a part of ``size`` are served, were chance all there is.

    ``served`` places are dealt to ``number`` people, each hand as likely as another: the lower
    tail of the hypergeometric distribution, which is Fisher's exact test, one-sided (R. A. Fisher,
    The logic of inductive inference, Journal of the Royal Statistical Society 98 (1935), 39-82).
    Whole numbers up to the last division.
    """
    least = max(0, size - (number - served))
    hands = comb(served, least) * comb(number - served, size - least)
    total = 0
    for k in range(least, here + 1):
        total += hands
        hands = hands * (served - k) * (size - k) // ((k + 1) * (number - served - size + k + 1))
    return total / comb(number, size)


def holm(chances: Sequence[float], level: float = 0.05) -> list[bool]:
    """Which of several tests stand, so that any of them is false with at most ``level``.

    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6 (1979), 65-70.
    """
    stand = [False] * len(chances)
    for left, i in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        if chances[i] > level / (len(chances) - left):
            break
        stand[i] = True
    return stand
