"""What the services of an outage would get back: worked out anew each time, written by nobody."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from billing.compensation.models import OutageCredit, OutageCrediting
from billing.compensation.rules import outage_credit as rules
from billing.invoices.models import Invoice, InvoiceLine
from customers.models import Suspension
from customers.queries import directory
from ispbill.accounts.models import User
from ispbill.core import clock
from network.outages.models import Outage, OutageSettings
from network.outages.queries import affecting
from network.outages.queries import outages as outage_queries
from network.outages.rules import spans
from network.outages.rules.spans import Span

CHUNK = 500
_AROUND = timedelta(days=62)  # an outage that touches another is one stretch with it


@dataclass(frozen=True)
class Piece:
    """Minutes of a service that one invoice line covers, and what they are worth before tax."""

    subscription_id: int
    customer_id: int
    line: InvoiceLine
    span: Span
    minutes: int
    net: Decimal


@dataclass(frozen=True)
class Total:
    """What an outage comes to in all; the amount is before tax."""

    services: int
    net: Decimal


def total(outage: Outage) -> Total:
    """Return what crediting an outage would come to now."""
    services: set[int] = set()
    net = Decimal("0.00")
    for chunk in chunks(outage):
        for piece in pieces(outage, chunk):
            services.add(piece.subscription_id)
            net += piece.net
    return Total(len(services), net)


def chunks(outage: Outage) -> Iterator[list[int]]:
    """Return the ids of the services in an outage, some at a time."""
    ids = affecting.services_in(outage)
    for place in range(0, len(ids), CHUNK):
        yield ids[place : place + CHUNK]


def pieces(outage: Outage, subscription_ids: Collection[int]) -> list[Piece]:
    """Return what these services get back for an outage that is over."""
    if outage.restored_at is None or not outage.is_creditable:
        return []
    settings = OutageSettings.current()
    since, until = outage.started_at - _AROUND, outage.restored_at + _AROUND
    out = affecting.creditable_spans(subscription_ids, since=since, until=until)
    off = _suspended(out)
    given = _given(out)
    lines = _lines(out, since=since, until=until)
    own: Span = (outage.started_at, outage.restored_at)
    found = []
    for pk, found_spans in sorted(out.items()):
        stretches = [
            one
            for one in spans.without(found_spans, off.get(pk, ()))
            if one[0] < own[1]
            and own[0] < one[1]
            and spans.minutes(one) >= settings.credit_min_minutes
        ]
        for stretch in stretches:
            found += _priced(stretch, given.get(pk, []), lines.get(pk, ()), settings=settings)
    return _worth_it(found, least=settings.credit_min_amount)


def _priced(
    stretch: Span, given: list[Span], lines: Sequence[InvoiceLine], *, settings: OutageSettings
) -> list[Piece]:
    """Return the pieces of a stretch, one for each line; a minute that was given is left out."""
    left = spans.without([stretch], given)
    found = []
    for line in lines:
        frame = _frame(line)
        for part in spans.within(left, frame):
            minutes = spans.minutes(part)
            if settings.credit_rule == OutageSettings.Rule.BTRC_2021:
                net = rules.btrc_2021(net=line.net_amount, minutes=minutes)
            else:
                net = rules.by_minutes(
                    net=line.net_amount, minutes=minutes, of=spans.minutes(frame)
                )
            if minutes and net and line.subscription_id is not None:
                found.append(
                    Piece(line.subscription_id, line.customer_id, line, part, minutes, net)
                )
    return found


def _worth_it(found: list[Piece], *, least: Decimal) -> list[Piece]:
    """Leave out services that would get less than it is worth to write a note for."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for piece in found:
        sums[piece.subscription_id] += piece.net
    return [piece for piece in found if sums[piece.subscription_id] >= least]


def _frame(line: InvoiceLine) -> Span:
    """Return a line's days as moments of the company."""
    span = line.held_span or line.span
    assert span is not None  # noqa: S101 - only such lines are asked for
    return clock.midnight(span.lower), clock.midnight(span.upper)


def _lines(
    ids: Collection[int], *, since: datetime, until: datetime
) -> dict[int, list[InvoiceLine]]:
    found: dict[int, list[InvoiceLine]] = defaultdict(list)
    days = (clock.local_date(since), clock.local_date(until) + timedelta(days=1))
    rows = InvoiceLine.objects.filter(
        subscription__in=ids,
        item=0,
        is_live=True,
        span__isnull=False,
        span__overlap=days,
        net_amount__gt=0,
        invoice__status=Invoice.Status.OPEN,
    )
    for line in rows.select_related("invoice__customer").order_by("span", "pk"):
        if line.subscription_id is not None:
            found[line.subscription_id].append(line)
    return found


def _suspended(ids: Collection[int]) -> dict[int, list[Span]]:
    far = datetime.max.replace(tzinfo=clock.zone()) - timedelta(days=2)
    found: dict[int, list[Span]] = defaultdict(list)
    for one in Suspension.objects.filter(subscription__in=ids):
        found[one.subscription_id].append((one.started_at, one.ended_at or far))
    return found


def _given(ids: Collection[int]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    for one in OutageCredit.objects.filter(subscription__in=ids):
        found[one.subscription_id].append((one.span.lower, one.span.upper))
    return found


def given(crediting: OutageCrediting, user: User) -> QuerySet[OutageCredit]:
    """Return what customers whom somebody may see got back for an outage."""
    return OutageCredit.objects.filter(
        outage=crediting.outage_id, customer__in=directory.visible_to(user).values("pk")
    ).select_related("note", "customer", "subscription")


def visible_to(user: User) -> QuerySet[OutageCrediting]:
    """Return the decisions about credit for outages a member of staff may see."""
    mine = outage_queries.visible_to(user).values("pk")
    return OutageCrediting.objects.filter(outage__in=mine).select_related("outage", "decided_by")
