"""Which lines have a session: what a router was last seen to say, and what follows for customers.

A line is on line only with a session: of PPP or of the hotspot, a lease that is bound, or, where
there is only a queue, with traffic. Between two looks it may have changed; while a router is
silent nothing is known of its lines. A customer is on line when one of their open lines is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.services import account_states, facts
from ispbill.core import statements
from network.models import Access, Method


@dataclass(frozen=True, kw_only=True)
class OnLine:
    """Who a router says is on line: users of PPP and of its hotspot, and devices with a lease."""

    logins: Collection[str] = ()
    hotspot: Collection[str] = ()
    macs: Collection[str] = ()

    def has(self, method: str, name: str, mac: str) -> bool:
        """Tell whether a line is among them."""
        if method == Method.DHCP:
            return mac.upper() in self.macs
        return name in (self.hotspot if method == Method.HOTSPOT else self.logins)


def note(*, router_id: int, seen: OnLine, at: datetime) -> None:
    """Note which lines of a router have a session.

    A line with nothing but a queue has none: its traffic tells (`note_traffic`).
    """
    lines = Access.objects.filter(router=router_id).values_list(
        "pk", "customer_id", "has_session", "method", "username", "mac_address"
    )
    customers, changed = set(), {}
    for pk, customer_id, was_seen, *line in lines:
        customers.add(customer_id)
        is_seen = was_seen if line[0] == Method.QUEUE else seen.has(*line)
        if is_seen is not was_seen:
            changed[pk] = is_seen
    _set(changed, at=at)
    note_customers(customers, at=at)


def note_traffic(*, router_id: int, flows: Mapping[int, bool], at: datetime) -> None:
    """Note of lines that have only a queue whether anything flowed between two polls; `flows` is
    by service."""
    lines = Access.objects.filter(router=router_id, method=Method.QUEUE).values_list(
        "pk", "customer_id", "has_session", "subscription_id"
    )
    told = [line for line in lines if line[3] in flows]
    _set({pk: flows[one] for pk, _of, was, one in told if flows[one] is not was}, at=at)
    note_customers({customer_id for _pk, customer_id, *_line in told}, at=at)


@transaction.atomic
def _set(changed: Mapping[int, bool | None], *, at: datetime) -> None:
    """Write down what has changed, by line."""
    if not changed:
        return
    _lock(changed)
    for has_session in {*changed.values()}:
        ids = [pk for pk, now in changed.items() if now is has_session]
        Access.objects.filter(pk__in=ids).update(has_session=has_session, session_noted_at=at)


def note_line(*, line: Access, has_session: bool, at: datetime) -> None:
    """Note what was seen of one line while somebody looked."""
    changed = Access.objects.filter(pk=line.pk).exclude(has_session=has_session)
    if changed.update(has_session=has_session, session_noted_at=at):
        note_customers([line.customer_id], at=at)


def forget(*, router_id: int, at: datetime) -> None:
    """Note that nothing is known of a router's lines, for it does not answer."""
    lines = Access.objects.filter(router=router_id)
    known = list(lines.filter(has_session__isnull=False).values_list("pk", flat=True))
    if known:
        _set(dict.fromkeys(known), at=at)
        note_customers(lines.values_list("customer_id", flat=True), at=at)


def _lock(ids: Collection[int]) -> None:
    """Lock lines in the order of keys, like every bulk change of these rows."""
    lines = Access.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    list(lines.values_list("pk", flat=True))


# One line on line is enough; one that nobody knows of leaves the rest unknown.
_CHANGED = """
    WITH line AS (
        SELECT customer_id, CASE desired_state WHEN 'OPEN' THEN has_session ELSE false END AS is_on
        FROM network_access WHERE customer_id = ANY(%s) AND desired_state <> 'REMOVED'
    ), customer AS (
        SELECT customer_id,
               CASE WHEN bool_or(is_on) THEN true WHEN count(is_on) = count(*) THEN false END
                   AS is_on
        FROM line GROUP BY 1
    )
    SELECT customer_id, customer.is_on FROM customer
    JOIN customers_accountstate USING (customer_id) WHERE is_online IS DISTINCT FROM customer.is_on
"""


@transaction.atomic
def note_customers(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Write down whether these customers are on line, where that has changed.

    The account states are locked after the lines' rows are let go: others lock them first.
    """
    changed: dict[int, bool | None] = dict(statements.read(_CHANGED, [list(customer_ids)]))
    if not changed:
        return
    account_states.lock(set(changed))
    facts.note_line_states(
        online=[pk for pk, is_on in changed.items() if is_on],
        offline=[pk for pk, is_on in changed.items() if is_on is False],
        unknown=[pk for pk, is_on in changed.items() if is_on is None],
        at=at,
    )
