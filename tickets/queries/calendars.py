"""When business time runs for a branch, and which agreement holds for a ticket."""

from collections import defaultdict
from datetime import date

from django.db.models import Q

from billing.dunning.models import Holiday
from ispbill.core import clock
from tickets.models import OpeningHours, SlaPolicy, Ticket
from tickets.rules import policies
from tickets.rules.policies import Policy, Targets
from tickets.rules.sla import Calendar, Spans


def of_branch(branch_id: int | None, *, since: date) -> Calendar:
    """Return a branch's calendar with its holidays from a company date on.

    A branch without rows has the company's hours; a company without rows is always open.
    """
    rows = OpeningHours.objects.filter(Q(branch_id=branch_id) | Q(branch__isnull=True))
    spans: dict[int | None, dict[int, list[tuple[int, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows.order_by("weekday", "opens_minute"):
        spans[row.branch_id][row.weekday].append((row.opens_minute, row.closes_minute))
    own = spans.get(branch_id) or spans.get(None)
    if not own:
        return around_the_clock()
    opening: dict[int, Spans] = {weekday: tuple(found) for weekday, found in own.items()}
    free = Holiday.objects.filter(Q(branch_id=branch_id) | Q(branch__isnull=True), day__gte=since)
    return Calendar(clock.zone(), opening, frozenset(free.values_list("day", flat=True)))


def around_the_clock() -> Calendar:
    """Return the calendar in which time always runs."""
    return Calendar(clock.zone())


def agreed() -> list[Policy]:
    """Return the company's agreements, for the rule that chooses among them."""
    return [
        Policy(
            row.pk,
            row.position,
            Targets(row.first_minutes, row.next_minutes, row.resolution_minutes),
            row.category_id,
            row.priority,
            row.customer_class,
            row.is_around_the_clock,
        )
        for row in SlaPolicy.objects.order_by("position", "pk")
    ]


def policy_of(ticket: Ticket) -> Policy:
    """Return the agreement that holds for a ticket as it is now."""
    return policies.match(
        agreed(),
        category=ticket.category_id,
        priority=ticket.priority,
        customer_class=ticket.customer_class,
    )
