"""Whether a model is fair to groups it knows nothing of: observed leavers against expected ones.

Branch, area, language and kind of customer are no features. Where one of their groups leaves much
more or less than the model says (outside 0.8 to 1.25, with a hundred leavers expected) it is told.
"""

from typing import Any

import numpy as np

from churn.services.sample import Floats, Sample
from customers.models import Customer

LEAST_EXPECTED = 100  # leavers
EVEN = (0.8, 1.25)  # observed ÷ expected
_KINDS = {"branch": "branch__name", "area": "area__name", "language": "language", "kind": "kind"}


def uneven(tested: Sample, probabilities: Floats) -> list[dict[str, Any]]:
    """Return the groups whose leaving a model gets wrong, the worst first."""
    own, places = np.unique(tested.customers, return_inverse=True)
    observed = np.bincount(places, tested.weights * tested.left, len(own))
    expected = np.bincount(places, tested.weights * probabilities, len(own))
    sums: dict[tuple[str, str], list[float]] = {}
    at = {int(customer): place for place, customer in enumerate(own)}
    rows = Customer.objects.values_list("pk", *_KINDS.values())
    for pk, *values in rows.iterator(chunk_size=10_000):
        if (place := at.get(pk)) is None:
            continue
        for kind, value in zip(_KINDS, values, strict=True):
            found = sums.setdefault((kind, str(value)), [0.0, 0.0])
            found[0] += observed[place]
            found[1] += expected[place]
    wrong = [
        {"kind": kind, "name": name, "ratio": left / due, "expected": due}
        for (kind, name), (left, due) in sums.items()
        if due >= LEAST_EXPECTED and not EVEN[0] <= left / due <= EVEN[1]
    ]
    return sorted(wrong, key=lambda one: -abs(np.log(max(one["ratio"], 0.01))))
