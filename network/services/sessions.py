"""Which lines have a session: what a router was last seen to say, and what follows for customers.

A line is on line only with a session. Between two looks it may have changed; while a router is
silent nothing is known of its lines. A customer is on line when one of their open lines is.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.models import AccountState
from customers.services import account_states, facts
from network.models import Access

State = Access.State


def note(*, router_id: int, names: Collection[str], at: datetime) -> None:
    """Note which lines of a router have a session (`names`: the users it says are on line)."""
    with transaction.atomic():
        lines = _locked(Access.objects.filter(router=router_id).values_list("pk", flat=True))
        seen: list[int] = []
        gone: list[int] = []
        for pk, name, has_session in lines:
            if (name in names) is not has_session:
                (seen if name in names else gone).append(pk)
        Access.objects.filter(pk__in=seen).update(has_session=True, session_noted_at=at)
        Access.objects.filter(pk__in=gone).update(has_session=False, session_noted_at=at)
    _note_customers(_of_router(router_id), at=at)


def note_line(*, line: Access, has_session: bool, at: datetime) -> None:
    """Note what was seen of one line while somebody looked."""
    changed = Access.objects.filter(pk=line.pk).exclude(has_session=has_session)
    if changed.update(has_session=has_session, session_noted_at=at):
        note_customers([line.customer_id], at=at)


def forget(*, router_id: int, at: datetime) -> None:
    """Note that nothing is known of a router's lines, for it does not answer."""
    known = Access.objects.filter(router=router_id, has_session__isnull=False)
    with transaction.atomic():
        ids = [pk for pk, _name, _seen in _locked(known.values_list("pk", flat=True))]
        Access.objects.filter(pk__in=ids).update(has_session=None, session_noted_at=at)
    if ids:
        _note_customers(_of_router(router_id), at=at)


def note_customers(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Write down whether these customers are on line, where that has changed."""
    _note_customers(list(customer_ids), at=at)


def _of_router(router_id: int) -> QuerySet[Access, int]:
    return Access.objects.filter(router=router_id).values_list("customer_id", flat=True)


def _locked(ids: Iterable[int]) -> list[tuple[int, str, bool | None]]:
    """Lock lines in the order of keys, like every bulk change of these rows."""
    return list(
        Access.objects.select_for_update(no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "username", "has_session")
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
