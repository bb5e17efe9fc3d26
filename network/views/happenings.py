"""What the network tells on a customer's timeline: what routers were told, and what they said."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from customers.queries import page_sources
from customers.queries.page_sources import Part, Row, Source, Told
from network.models import Access, RouterLog
from network.queries import lines


def register() -> None:
    """Answer for lines on the page of one customer."""
    page_sources.answer_lines(lines.pictured)
    page_sources.add(
        Source(
            name="router",
            topic="line",
            needs="network.view",
            at="at",
            facts={
                "router": F("router__name"),
                "line": F("access__username"),
                "action": F("action"),
                "is_ok": F("is_ok"),
                "error": F("error"),
            },
            rows=_rows,
            tell=_told,
        )
    )


def _rows(customer_id: int) -> QuerySet[RouterLog]:
    own = Access.objects.filter(customer=customer_id)
    return RouterLog.objects.filter(access__in=own.values("pk"))


def _told(row: Row) -> Told:
    values: dict[str, Part | str] = {
        "router": Part(row.facts["router"]),
        "line": row.facts["line"] or "",
    }
    if not row.facts["is_ok"]:
        sentence = _("Router %(router)s did not take the change to line %(line)s.")
        return Told("alert-triangle", sentence, values, row.facts["error"], tone="warning")
    sentences = {
        "open": _("Router %(router)s confirmed: line %(line)s is switched on."),
        "walled": _("Router %(router)s confirmed: line %(line)s is switched off."),
        "removed": _("Router %(router)s confirmed: line %(line)s is removed."),
    }
    fallback = _("Router %(router)s was told about line %(line)s.")
    return Told("router", sentences.get(row.facts["action"], fallback), values)
