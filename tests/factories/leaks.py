"""Features that know the future: what learning must refuse by name."""

import numpy as np

from churn.rules.features import NAMES

EVENTS, SURVEY, COUNTER = "silent_days", "nps", "tickets"  # what each planted leak is put into


def leaking(histories, into):
    """Plant a figure recorded only after the customer left into one of the features.

    EVENTS: days to the next thing that happens; nothing ever happens again to who has left.
    SURVEY: the answers given on leaving, dated back. COUNTER: the tickets of today, among them
    those about the ending.
    """
    draws = np.random.default_rng(1)
    vectors, at = histories.vectors.copy(), NAMES.index(into)
    count, left = len(vectors), histories.left
    planted = {
        EVENTS: np.where(left, 60.0 + draws.integers(0, 30, count), draws.exponential(15, count)),
        SURVEY: np.where(left, draws.integers(0, 4, count), vectors[:, at]),
        COUNTER: vectors[:, at] + left * (2.0 + draws.poisson(2, count)),
    }[into]
    vectors[:, at] = planted
    return histories._replace(vectors=vectors)
