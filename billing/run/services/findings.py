"""Let a finding of the revenue leak check be, until a day and for a reason."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.run.models import AcceptedFinding
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

LONGEST = timedelta(days=366)


class NotAcceptable(DomainError):
    """The day lies in the past, or so far ahead that nobody would look again."""


@transaction.atomic
def accept(
    *, check_name: str, subject_id: int, customer_id: int, until: date, act: Act[Actor]
) -> AcceptedFinding:
    """Leave a finding out up to and including the company date `until`.

    Raises NotAcceptable, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    if not act.on <= until <= act.on + LONGEST:
        raise NotAcceptable(_("Choose a day within the next year; then it is looked at again."))
    made = AcceptedFinding.objects.create(
        check_name=check_name,
        subject_id=subject_id,
        customer_id=customer_id,
        until=until,
        reason=act.reason,
        accepted_by_id=act.actor.pk,
        accepted_at=act.at,
    )
    events.record(
        act=act,
        action="finding.accepted",
        target=made,
        label=check_name,
        customer_id=customer_id,
        after={"until": until},
    )
    return made
