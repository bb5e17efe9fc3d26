"""Many customers to another reseller, or back to the house: a job with progress and a file."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from customers.services import bulk_runs
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from resellers.models import Reseller
from resellers.services import moving

WHAT = "move"


def register() -> None:
    """Let jobs of changes to many customers move; `values` hold to, first_day and reason."""
    words = bulk_runs.Words(
        gettext_lazy("Moving customers"), gettext_lazy("moved"), gettext_lazy("there already")
    )
    bulk_runs.register(WHAT, _maker, words)


@transaction.atomic
def order(
    *,
    customer_ids: Sequence[int],
    to: Reseller | None,
    first_day: date,
    is_confirmed: bool,
    act: Act[User],
) -> JobRun:
    """Begin the job, and tell both resellers once. Raises as `moving.move`."""
    moving.check(customer_ids, to, first_day, is_confirmed=is_confirmed, act=act)
    values = {"to": to.pk if to else None, "first_day": first_day.isoformat(), "reason": act.reason}
    moving.tell(customer_ids, to, first_day, act=act)
    return bulk_runs.start(what=WHAT, values=values, customers=customer_ids, act=act)


def _maker(values: dict[str, Any], *, act: Act[User]) -> bulk_runs.Change:
    to = Reseller.objects.get(pk=values["to"]) if values["to"] else None
    first_day = date.fromisoformat(values["first_day"])

    def change(ids: list[int]) -> list[int]:
        return moving.carry_over(
            customer_ids=ids, to=to, first_day=first_day, act=act.because(values["reason"])
        )

    return change
