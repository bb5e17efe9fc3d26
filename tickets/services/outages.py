"""Which outage a ticket is about."""

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.core import live
from ispbill.core.acts import Act
from network.outages.models import Outage
from tickets.models import Ticket
from tickets.services import desk


@transaction.atomic
def link(*, ticket: Ticket, outage: Outage | None, act: Act[User]) -> Ticket:
    """Note that a ticket is about an outage; None takes that back."""
    ticket = desk.begin(ticket, act=act)
    after = outage.pk if outage is not None else None
    if ticket.outage_id == after:
        return ticket
    numbers = Outage.objects.values_list("number", flat=True)
    before = numbers.filter(pk=ticket.outage_id).first() if ticket.outage_id else None
    ticket.outage_id = after
    ticket.save(update_fields=["outage_id"])
    live.changed("outage")
    desk.note(
        ticket,
        "linked" if outage is not None else "unlinked",
        act=act,
        before={"outage": before},
        after={"outage": outage.number if outage is not None else None},
    )
    return ticket
