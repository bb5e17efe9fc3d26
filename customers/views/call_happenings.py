"""What calls tell on a customer's timeline."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from customers.models import Call
from customers.queries import page_sources
from customers.queries.page_sources import Part, Row, Source, Told


def register() -> None:
    """Tell of calls on the page of one customer."""
    page_sources.add(
        Source(
            name="call",
            topic="messages",
            needs="",
            at="at",
            facts={
                "direction": F("direction"),
                "outcome": F("outcome"),
                "text": F("text"),
                "by": F("by__name"),
            },
            rows=_rows,
            tell=_told,
        )
    )


def _rows(customer_id: int) -> QuerySet[Call]:
    return Call.objects.filter(customer_id=customer_id)


def _told(row: Row) -> Told:
    values: dict[str, Part | str] = {
        "who": row.facts["by"],
        "outcome": str(Call.Outcome(row.facts["outcome"]).label),
    }
    is_theirs = row.facts["direction"] == Call.Direction.IN
    sentence = (
        _("The customer called %(who)s: %(outcome)s.")
        if is_theirs
        else _("%(who)s called: %(outcome)s.")
    )
    return Told("phone", sentence, values, detail=row.facts["text"])
