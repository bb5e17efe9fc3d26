"""Bring a router to what we want of it.

One worker at a time talks to a router; it reads the unsettled lines, applies them in bulk with no
transaction open, believes only what it reads back, and confirms exactly the desired state it
acted on. A desired state that changed meanwhile stays unsettled and is taken up in the next
round, so the newest wins.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import random
from typing import TypeVar

from django.db.models import Value
from django.db.models.functions import Now

from ispbill.core import locks
from network.gateways.base import OWNER_PREFIX, Outcome, RouterError, RouterUnreachable, Status
from network.gateways.operations import RouterGateway
from network.models import Access, Leftover, Router
from network.queries import unsettled
from network.rules import patience
from network.services import connections, health, orders, router_profiles, sessions, settling
from network.services.orders import Order
from network.services.settling import Refused, Settled

BATCH = 1_000
# So many batches of one router, then somebody else's turn on this worker; the sweep goes on.
MOST_BATCHES = 400
_FOR_GOOD = (
    "unknown parameter",
    "invalid value",
    "does not match any value",
    "its password is not known",
)

T = TypeVar("T", Access, Leftover)


def push_router(*, router_id: int, now: Callable[[], datetime]) -> None:
    """Settle a router's lines; return at once when another worker is at it or it is left alone.

    `now` is the business clock, for what is shown to people. After letting go of the lock we look
    again: a call that came while we held it has returned at once, trusting us with its desired
    state.
    """
    for _turn in range(MOST_BATCHES):
        if not _has_work(router_id):
            return
        with locks.only_one(health.lock_name(router_id)) as is_ours:
            if not is_ours:
                return
            router = health.enabled_and_due(router_id)
            if router is None or not _settle(router, now):
                return


def _has_work(router_id: int) -> bool:
    return unsettled.routers_with_work().filter(pk=router_id).exists()


def _settle(router: Router, now: Callable[[], datetime]) -> bool:
    """Work until nothing is due; return False when the router failed us."""
    known_profiles: set[router_profiles.Key] = set()
    try:
        with connections.open_router(router) as link:
            for _batch in range(MOST_BATCHES):
                leftovers = list(unsettled.due_leftovers(router.pk)[:BATCH])
                lines = list(unsettled.due_lines(router.pk)[:BATCH])
                if not leftovers and not lines:
                    break
                _clear_away(link, leftovers)
                for wave in _without_namesakes(lines):
                    _bring(link, router, wave, known_profiles, now)
    except RouterError as error:
        health.note_failure(router=router, error=error, at=now())
        return False
    health.note_answer(router=router, at=now())
    return True


def _bring(
    link: RouterGateway,
    router: Router,
    lines: Sequence[Access],
    known_profiles: set[router_profiles.Key],
    now: Callable[[], datetime],
) -> None:
    """Apply one batch of desired states and write down what became of each."""
    refused: list[Refused] = []
    missing = router_profiles.ensure(link, router=router, lines=lines, known=known_profiles)
    ordered: dict[str, Order] = {}
    ready: dict[str, Access] = {}
    for line in lines:
        profile = router_profiles.key_of(line, router)
        try:
            if profile in missing and line.desired_state != Access.State.REMOVED:
                raise ValueError(f"profile {profile[1]}: {missing[profile]}")
            ordered[line.username] = orders.order_for(line, router)
            ready[line.username] = line
        except ValueError as error:
            is_final = profile not in missing
            refused.append(_refusal(line, str(error), is_final=is_final))
    outcomes = _apply(link, ready, list(ordered.values()))
    at = now()
    settled = []
    for outcome in outcomes:
        line, order = ready[outcome.name], ordered[outcome.name]
        if _is_done(outcome, is_absent=order.is_absent):
            settled.append(
                Settled(
                    line=line,
                    generation=line.generation,
                    profile=order.profile,
                    result=outcome.status.value,
                )
            )
        else:
            refused.append(_refusal(line, outcome.detail, is_final=_is_final(outcome)))
    settling.confirm(settled, router_id=router.pk, at=at)
    sessions.note_customers({one.line.customer_id for one in settled}, at=at)
    settling.refuse(refused, router_id=router.pk, at=at)


def _apply(link: RouterGateway, lines: dict[str, Access], given: Sequence[Order]) -> list[Outcome]:
    """Send the orders; should we die or lose the answer, the lines are known to be in doubt."""
    fresh = [line for line in lines.values() if not line.is_in_doubt]
    settling.doubt([line.pk for line in fresh], is_in_doubt=True)
    try:
        return orders.carry_out(link, given)
    except RouterUnreachable as error:
        untouched = [line.pk for line in fresh if line.username not in error.unsure]
        settling.doubt(untouched, is_in_doubt=False)
        raise


def _clear_away(link: RouterGateway, leftovers: Sequence[Leftover]) -> None:
    """Remove what lines have left behind that moved away from this router, or to another method."""
    for wave in _without_namesakes(leftovers):
        by_name = {leftover.username: leftover for leftover in wave}
        given = [orders.order_to_leave(leftover) for leftover in wave]
        for outcome in orders.carry_out(link, given):
            leftover = by_name[outcome.name]
            row = Leftover.objects.filter(pk=leftover.pk)
            if _is_done(outcome, is_absent=True):
                row.delete()
                continue
            attempts = leftover.attempts + 1
            wait: timedelta = patience.wait(attempts, chance=random())  # noqa: S311
            row.update(
                attempts=attempts,
                last_error=outcome.detail[:300],
                next_attempt_at=Now() + Value(wait),
            )


def _is_done(outcome: Outcome, *, is_absent: bool) -> bool:
    """A user of that name who is somebody else's means that ours is gone."""
    return outcome.status.is_done or (is_absent and outcome.status is Status.NOT_OURS)


def _is_final(outcome: Outcome) -> bool:
    """Tell whether trying again is no use. Another line of ours may yet make room for this one."""
    if outcome.status is Status.NOT_OURS:
        return OWNER_PREFIX not in outcome.detail
    return any(words in outcome.detail for words in _FOR_GOOD)


def _refusal(line: Access, error: str, *, is_final: bool) -> Refused:
    return Refused(line=line, generation=line.generation, error=error, is_final=is_final)


def _without_namesakes(rows: Sequence[T]) -> Iterator[list[T]]:
    """Split rows so that no user name occurs twice in one wave, keeping their order."""
    wave: dict[str, T] = {}
    for row in rows:
        if row.username in wave:
            yield list(wave.values())
            wave = {}
        wave[row.username] = row
    if wave:
        yield list(wave.values())
