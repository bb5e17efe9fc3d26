"""Which lines have a session: what a router was last seen to say, and what follows for customers.

A line is on line only with a session: of PPP or of the hotspot, a lease that is bound, or, where
there is only a queue, with traffic. Between two looks it may have changed; while a router is
silent nothing is known of its lines. A customer is on line when one of their open lines is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.models import AccountState
from customers.services import account_states, facts
from network.models import Access, Method

State = Access.State


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
    with transaction.atomic():
        told = Access.objects.filter(router=router_id).exclude(method=Method.QUEUE)
        lines = _locked(told.values_list("pk", flat=True))
        _set(
            [
                (line.pk, seen.has(line.method, line.username, line.mac_address), line.has_session)
                for line in lines
            ],
            at=at,
        )
    _note_customers(_of_router(router_id), at=at)


def note_traffic(*, router_id: int, flows: Mapping[int, bool], at: datetime) -> None:
    """Note of lines that have only a queue whether anything flowed between two polls; `flows` is
    by service."""
    with transaction.atomic():
        told = Access.objects.filter(
            router=router_id, method=Method.QUEUE, subscription__in=list(flows)
        )
        lines = _locked(told.values_list("pk", flat=True))
        _set([(one.pk, flows[one.subscription_id], one.has_session) for one in lines], at=at)
    if lines:
        _note_customers([line.customer_id for line in lines], at=at)


def _set(found: Iterable[tuple[int, bool, bool | None]], *, at: datetime) -> None:
    """Write down what has changed of (line, seen now, seen before)."""
    changed: dict[bool, list[int]] = {True: [], False: []}
    for pk, is_seen, was_seen in found:
        if is_seen is not was_seen:
            changed[is_seen].append(pk)
    for is_seen, ids in changed.items():
        Access.objects.filter(pk__in=ids).update(has_session=is_seen, session_noted_at=at)


def note_line(*, line: Access, has_session: bool, at: datetime) -> None:
    """Note what was seen of one line while somebody looked."""
    changed = Access.objects.filter(pk=line.pk).exclude(has_session=has_session)
    if changed.update(has_session=has_session, session_noted_at=at):
        note_customers([line.customer_id], at=at)


def forget(*, router_id: int, at: datetime) -> None:
    """Note that nothing is known of a router's lines, for it does not answer."""
    known = Access.objects.filter(router=router_id, has_session__isnull=False)
    with transaction.atomic():
        ids = [line.pk for line in _locked(known.values_list("pk", flat=True))]
        Access.objects.filter(pk__in=ids).update(has_session=None, session_noted_at=at)
    if ids:
        _note_customers(_of_router(router_id), at=at)


def note_customers(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Write down whether these customers are on line, where that has changed."""
    _note_customers(list(customer_ids), at=at)


def _of_router(router_id: int) -> QuerySet[Access, int]:
    return Access.objects.filter(router=router_id).values_list("customer_id", flat=True)


def _locked(ids: Iterable[int]) -> list[Access]:
    """Lock lines in the order of keys, like every bulk change of these rows."""
    return list(
        Access.objects.select_for_update(no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .only("subscription_id", "customer_id", "method", "username", "mac_address", "has_session")
    )


@transaction.atomic
def _note_customers(customers: Iterable[int], *, at: datetime) -> None:
    """The account states are locked after the lines' rows are let go: others lock them first."""
    seen: dict[int, bool | None] = {}
    lines = Access.objects.filter(customer__in=customers).exclude(desired_state=State.REMOVED)
    for customer_id, state, has_session in lines.values_list(
        "customer_id", "desired_state", "has_session"
    ):
        now = has_session if state == State.OPEN else False
        before = seen.get(customer_id, False)
        # One line on line is enough; one that nobody knows of leaves the rest unknown.
        seen[customer_id] = (
            True if True in (now, before) else None if None in (now, before) else False
        )
    was = dict(AccountState.objects.filter(pk__in=seen).values_list("pk", "is_online"))
    changed = {pk for pk, is_online in seen.items() if was.get(pk) is not is_online}
    if not changed:
        return
    account_states.lock(changed)
    facts.note_line_states(
        online=[pk for pk in changed if seen[pk] is True],
        offline=[pk for pk in changed if seen[pk] is False],
        unknown=[pk for pk in changed if seen[pk] is None],
        at=at,
    )
