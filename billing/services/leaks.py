"""Let a finding of the leak check be, until a day and for a reason."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import AcceptedLeak
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError

LONGEST = timedelta(days=366)


class NotAcceptable(DomainError):
    """The day lies in the past, or so far ahead that nobody would look again."""


@transaction.atomic
def accept(
    *,
    check_name: str,
    subject_id: int,
    customer_id: int,
    until: date,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor,
) -> AcceptedLeak:
    """Leave a finding out up to and including the company date `until`.

    Raises NotAcceptable, ReasonMissing.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    if not on <= until <= on + LONGEST:
        raise NotAcceptable(_("Choose a day within the next year; then it is looked at again."))
    made = AcceptedLeak.objects.create(
        check_name=check_name,
        subject_id=subject_id,
        customer_id=customer_id,
        until=until,
        reason=reason,
        accepted_by_id=actor.pk,
        accepted_at=at,
    )
    events.record(
        at=at, actor=actor, action="leak.accepted", target=made, label=check_name,
        customer_id=customer_id, reason=reason, after={"until": until},
    )  # fmt: skip
    return made
