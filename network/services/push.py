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
from ispbill.core.crypto import Unreadable
from network.gateways.base import (
    OWNER_PREFIX,
    DesiredSecret,
    Outcome,
    RouterError,
    RouterGateway,
    RouterUnreachable,
    Status,
)
from network.models import Access, Leftover, Router
from network.queries import unsettled
from network.rules import logins, patience
from network.services import connections, health, router_profiles, sessions, settling
from network.services.lines import password_of
from network.services.settling import Refused, Settled

BATCH = 500
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
    known_profiles: set[str] = set()
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
    known_profiles: set[str],
    now: Callable[[], datetime],
) -> None:
    """Apply one batch of desired states and write down what became of each."""
    refused: list[Refused] = []
    missing = router_profiles.ensure(link, router=router, lines=lines, known=known_profiles)
    desired_states: dict[str, DesiredSecret] = {}
    ready: dict[str, Access] = {}
    for line in lines:
        profile = router_profiles.profile_on_router(line, router)
        try:
            if profile in missing and line.desired_state != Access.State.REMOVED:
                raise ValueError(f"profile {profile}: {missing[profile]}")
            desired_states[line.username] = _desired(line, router=router, profile=profile)
            ready[line.username] = line
        except ValueError as error:
            is_final = profile not in missing
            refused.append(_refusal(line, str(error), is_final=is_final))
    outcomes = _apply(link, ready, list(desired_states.values()))
    at = now()
    settled = []
    for outcome in outcomes:
        line = ready[outcome.name]
        if _is_done(outcome, is_absent=desired_states[outcome.name].is_absent):
            settled.append(
                Settled(
                    line=line,
                    generation=line.generation,
                    profile=desired_states[outcome.name].profile,
                    result=outcome.status.value,
                )
            )
        else:
            refused.append(_refusal(line, outcome.detail, is_final=_is_final(outcome)))
    settling.confirm(settled, router_id=router.pk, at=at)
    sessions.note_customers({one.line.customer_id for one in settled}, at=at)
    settling.refuse(refused, router_id=router.pk, at=at)


def _apply(
    link: RouterGateway, lines: dict[str, Access], desired_states: Sequence[DesiredSecret]
) -> list[Outcome]:
    """Send the orders; should we die or lose the answer, the lines are known to be in doubt."""
    fresh = [line for line in lines.values() if not line.is_in_doubt]
    settling.doubt([line.pk for line in fresh], is_in_doubt=True)
    try:
        return link.apply(desired_states)
    except RouterUnreachable as error:
        untouched = [line.pk for line in fresh if line.username not in error.unsure]
        settling.doubt(untouched, is_in_doubt=False)
        raise


def _clear_away(link: RouterGateway, leftovers: Sequence[Leftover]) -> None:
    """Remove users of lines that have moved away from this router."""
    for wave in _without_namesakes(leftovers):
        by_name = {leftover.username: leftover for leftover in wave}
        outcomes = link.apply(
            [
                DesiredSecret(
                    username=leftover.username,
                    owner=str(leftover.access.subscription_id),
                    profile="",
                    is_absent=True,
                    drop_session=True,
                )
                for leftover in wave
            ]
        )
        for outcome in outcomes:
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


def _desired(line: Access, *, router: Router, profile: str) -> DesiredSecret:
    """Return the desired state in the gateway's words; raises ValueError for what cannot be
    sent."""
    try:
        password = password_of(line) if line.sealed_password else ""
    except Unreadable as error:
        raise ValueError("the stored password cannot be read") from error
    if not logins.is_username(line.username) or logins.has_control_characters(password + profile):
        raise ValueError("user name, password or profile contain characters a router cannot take")
    is_walled = line.desired_state == Access.State.WALLED
    is_disabled = is_walled and router.suspend_mode == Router.SuspendMode.DISABLE
    return DesiredSecret(
        username=line.username,
        owner=str(line.subscription_id),
        profile=profile,
        is_disabled=is_disabled,
        password=password,
        is_password_new=bool(password) and line.password_generation > line.confirmed_generation,
        remote_address="" if is_walled and not is_disabled else line.static_ip or "",
        may_adopt=line.may_adopt,
        is_absent=line.desired_state == Access.State.REMOVED,
        drop_session=line.is_in_doubt,
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
