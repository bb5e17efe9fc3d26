"""Where a customer stands on the ladder, in words."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing.dunning.queries import ladder_place
from billing.dunning.views import dunning_words
from customers.models import Customer


def place_context(customer: Customer, *, on: date, grace: int | None = None) -> dict[str, Any]:
    """Return where a customer stands on the ladder, in words."""
    place = ladder_place.of(customer, on=on, grace_days=grace)
    sentence = (
        _("Never suspended: somebody has taken this customer out of suspension.")
        if customer.is_never_suspended
        else dunning_words.because(place.decision)
        if place.has_debt
        else _("Nothing is owed: nothing happens.")
    )
    return {
        "place": place,
        "policy_name": dunning_words.policy_name(place.policy),
        "sentence": sentence,
        "rungs": [
            {
                "name": dunning_words.step(rung.step),
                "when": dunning_words.when(rung.step.offset_days),
                "on": rung.on,
                "action": rung.step.action.value,
                "is_done": rung.is_done,
                "is_skipped": rung.is_skipped,
                "done_on": rung.event.on if rung.event else None,
                "is_past": rung.is_past,
            }
            for rung in place.rungs
        ],
        "simulated_grace": grace,
    }
