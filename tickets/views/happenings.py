"""What tickets tell on a customer's timeline: opened, and what was said last."""

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.queries import page_sources
from customers.queries.page_sources import Part, Row, Source, Told
from tickets.models import Ticket


def register() -> None:
    """Tell of tickets on the page of one customer."""
    page_sources.add(
        Source(
            name="ticket",
            topic="tickets",
            needs="tickets.view",
            at="opened_at",
            facts={"number": F("number"), "subject": F("subject"), "state": F("state")},
            rows=_rows,
            tell=_told,
        )
    )


def _rows(customer_id: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(customer_id=customer_id)


def _told(row: Row) -> Told:
    state = Ticket.State(row.facts["state"])
    number = row.facts["number"]
    values: dict[str, Part | str] = {
        "number": Part(number, reverse("staff_tickets:ticket", args=[number])),
        "subject": row.facts["subject"],
        "state": str(state.label),
    }
    sentence = _("Ticket %(number)s: %(subject)s. %(state)s.")
    return Told("messages", sentence, values)
