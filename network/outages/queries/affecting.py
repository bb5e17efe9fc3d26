"""Which outages touch a customer or a service, and when.

The portal asks too, under its own role: only columns it may read are named.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Subquery

from customers.models import Area
from ispbill.core import clock, statements
from network.models import Access
from network.outages.models import Outage, OutageSettings, OutageUpdate
from network.outages.queries.reach import INSIDE
from network.outages.rules import moves
from network.outages.rules.spans import Span

_PORTAL = (
    "number", "is_planned", "severity", "state", "title", "local_title", "started_at",
    "expected_at", "restored_at",
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """An outage with the last thing the public was told."""

    outage: Outage
    update: OutageUpdate | None


def of_customer(
    customer_id: int, area_id: int, *, states: Collection[str] = moves.SHOWN
) -> list[Shown]:
    """Return the outages in these states that touch a customer, the longest open first."""
    found = list(touching(customer_id, area_id).filter(state__in=states).order_by("started_at"))
    latest = {
        one.outage_id: one
        for one in OutageUpdate.objects.filter(outage__in=[one.pk for one in found])
        .only("outage_id", "state", "text", "local_text", "at")
        .order_by("pk")
    }
    return [Shown(one, latest.get(one.pk)) for one in found]


def touching(customer_id: int, area_id: int) -> QuerySet[Outage]:
    """Return the outages with a place, without an all-clear there, that a customer is in."""
    own = Area.objects.filter(pk=area_id).values("path")[:1]
    above = (
        Area.objects.annotate(below=Subquery(own))
        .filter(Q(pk=area_id) | (Q(below__startswith=F("path")) & ~Q(path="/")))
        .values("pk")
    )
    routers = (
        Access.objects.filter(customer_id=customer_id)
        .exclude(desired_state=Access.State.REMOVED)
        .values("router_id")
    )
    here = Q(scopes__area__in=above) | Q(scopes__router__in=routers)
    return Outage.objects.filter(here, scopes__ended_at__isnull=True).only(*_PORTAL).distinct()


def open_in(area_ids: Collection[int]) -> list[Outage]:
    """Return the outages open now in these areas or an area around them, the longest open first."""
    own = Area.objects.filter(pk__in=area_ids).values_list("path", flat=True)
    above = {int(pk) for path in own for pk in path.split("/") if pk.isdecimal()}
    here = Q(scopes__area__in=above | set(area_ids), scopes__ended_at__isnull=True)
    found = Outage.objects.filter(here, state__in=moves.SHOWN).distinct()
    return list(found.order_by("started_at"))


_OUT = f"""
    SELECT DISTINCT c.id
    FROM network_outage o JOIN network_outagescope p ON p.outage_id = o.id
    LEFT JOIN customers_area top ON top.id = p.area_id
    JOIN customers_customer c ON c.id = ANY(%(ids)s::bigint[])
    JOIN customers_area a ON a.id = c.area_id
    WHERE o.severity = 'DOWN' AND p.started_at < %(end)s
      AND (o.state IN ('INVESTIGATING', 'IDENTIFIED', 'MONITORING')
           OR (o.state = 'IN_PROGRESS' AND o.expected_at < %(now)s)
           OR o.state = 'RESOLVED')
      AND coalesce(p.ended_at, o.restored_at, 'infinity') >= %(since)s
      AND ({INSIDE}
           OR EXISTS (SELECT FROM network_access l WHERE l.customer_id = c.id
                      AND l.router_id = p.router_id AND l.desired_state <> 'REMOVED'))
"""  # noqa: S608 - composed from a constant


def customers_out(ids: Collection[int], *, on: date) -> set[int]:
    """Return those of the customers who are not to be cut off on a company day for an outage.

    An outage that is open, or was over less than `tail_hours` before the day began, counts: the
    whole day is spared on which the tail ends.
    """
    if not ids:
        return set()
    tail = timedelta(hours=OutageSettings.current().tail_hours)
    start = clock.midnight(on)
    values: dict[str, Any] = {
        "ids": list(ids),
        "since": start - tail,
        "now": start,
        "end": start + timedelta(days=1),
    }
    return {row[0] for row in statements.read(_OUT, values)}


_SPANS = f"""
    SELECT s.id, CASE WHEN o.is_planned THEN greatest(p.started_at, o.expected_at)
                      ELSE p.started_at END, coalesce(p.ended_at, o.restored_at)
    FROM network_outage o JOIN network_outagescope p ON p.outage_id = o.id
    LEFT JOIN customers_area top ON top.id = p.area_id
    JOIN customers_subscription s ON s.id = ANY(%(ids)s::bigint[])
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_area a ON a.id = c.area_id
    WHERE o.severity = 'DOWN' AND o.state IN ('RESOLVED', 'COMPLETED') AND o.is_creditable
      AND (NOT o.is_planned OR o.restored_at > o.expected_at)
      AND p.started_at < %(until)s AND coalesce(p.ended_at, o.restored_at) > %(since)s
      AND ({INSIDE}
           OR EXISTS (SELECT FROM network_access l WHERE l.subscription_id = s.id
                      AND l.router_id = p.router_id))
"""  # noqa: S608 - composed from a constant


def creditable_spans(
    subscription_ids: Collection[int], *, since: datetime, until: datetime
) -> dict[int, list[Span]]:
    """Return, by service, when it was without connection in outages that are given credit for."""
    found: dict[int, list[Span]] = defaultdict(list)
    values: dict[str, Any] = {"ids": list(subscription_ids), "since": since, "until": until}
    for subscription_id, start, end in statements.read(_SPANS, values):
        found[subscription_id].append((start, end))
    return dict(found)


_SERVICES = f"""
    SELECT DISTINCT s.id
    FROM network_outagescope p
    LEFT JOIN customers_area top ON top.id = p.area_id
    JOIN customers_subscription s ON s.status <> 'PENDING'
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_area a ON a.id = c.area_id
    WHERE p.outage_id = %(outage)s
      AND ({INSIDE}
           OR EXISTS (SELECT FROM network_access l WHERE l.subscription_id = s.id
                      AND l.router_id = p.router_id))
    ORDER BY 1
"""  # noqa: S608 - composed from a constant


def services_in(outage: Outage) -> list[int]:
    """Return the ids of all services an outage touched in any of its places."""
    return [row[0] for row in statements.read(_SERVICES, {"outage": outage.pk})]
