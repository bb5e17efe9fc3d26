"""Writing down what became of desired states: confirmations, refusals, doubts, and the router's
log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ispbill.core import live, statements
from network.models import Access, RouterLog
from network.rules.patience import ATTEMPTS_BEFORE_HOLD, FIRST_SECONDS, LONGEST_SECONDS
from network.services import line_notices


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A desired state that the router was seen to fulfil. `generation` is the desired state that
    was acted on."""

    line: Access
    generation: int
    profile: str
    result: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A desired state the router, or we ourselves, would not fulfil. `is_final`: trying again is
    no use."""

    line: Access
    generation: int
    error: str
    is_final: bool = False


# Locked in the order of keys, like every bulk change of these rows (see services.desired_states).
_CONFIRM = """
WITH done AS (
    SELECT line.id, v.generation, v.state, v.profile
    FROM unnest(%(ids)s::bigint[], %(generations)s::bigint[], %(states)s::text[],
                %(profiles)s::text[]) AS v (id, generation, state, profile)
    JOIN network_access line ON line.id = v.id AND line.generation = v.generation
    ORDER BY line.id FOR NO KEY UPDATE OF line
)
UPDATE network_access AS line
SET confirmed_generation = done.generation, confirmed_state = done.state,
    confirmed_profile = done.profile, confirmed_at = %(at)s,
    attempts = 0, next_attempt_at = NULL, is_in_doubt = false, may_adopt = false, last_error = '',
    -- A session seen in another state, or on another router, says nothing of this one.
    has_session = CASE WHEN line.confirmed_state = done.state THEN line.has_session END
FROM done WHERE line.id = done.id AND line.generation = done.generation
"""

# The wait by the database's clock (network.rules.patience tells why these numbers).
_REFUSE = """
WITH refused AS (
    SELECT line.id, v.generation, v.error, v.is_final
    FROM unnest(%(ids)s::bigint[], %(generations)s::bigint[], %(errors)s::text[],
                %(finals)s::boolean[]) AS v (id, generation, error, is_final)
    JOIN network_access line ON line.id = v.id AND line.generation = v.generation
    ORDER BY line.id FOR NO KEY UPDATE OF line
)
UPDATE network_access AS line
SET attempts = attempts + 1, last_error = refused.error,
    is_on_hold = refused.is_final OR attempts + 1 >= %(most)s,
    next_attempt_at = clock_timestamp() + make_interval(
        secs => least(%(first)s * 2 ^ least(attempts, 10), %(longest)s) * (1 - 0.2 * random()))
FROM refused WHERE line.id = refused.id AND line.generation = refused.generation
"""

_DOUBT = """
WITH concerned AS (
    SELECT id FROM network_access WHERE id = ANY(%s) AND is_in_doubt <> %s
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE network_access AS line SET is_in_doubt = %s FROM concerned WHERE line.id = concerned.id
"""


@transaction.atomic
def confirm(settled: Sequence[Settled], *, router_id: int, at: datetime) -> None:
    """Record what the router now has; a line that is wanted otherwise meanwhile stays unsettled."""
    if not settled:
        return
    statements.run(
        _CONFIRM,
        {
            "ids": [one.line.pk for one in settled],
            "generations": [one.generation for one in settled],
            "states": [one.line.desired_state for one in settled],
            "profiles": [one.profile for one in settled],
            "at": at,
        },
    )
    RouterLog.objects.bulk_create(
        _entry(one.line, router_id=router_id, at=at, detail=f"{one.result}: {one.profile}")
        for one in settled
    )
    line_notices.opened(line_ids=[one.line.pk for one in settled], at=at)
    live.changed("line", accounts=[one.line.customer_id for one in settled])


@transaction.atomic
def refuse(refused: Sequence[Refused], *, router_id: int, at: datetime) -> None:
    """Record the router's words and try again later, or never for what only a person can mend."""
    if not refused:
        return
    statements.run(
        _REFUSE,
        {
            "ids": [one.line.pk for one in refused],
            "generations": [one.generation for one in refused],
            "errors": [one.error[:300] for one in refused],
            "finals": [one.is_final for one in refused],
            "most": ATTEMPTS_BEFORE_HOLD,
            "first": FIRST_SECONDS,
            "longest": LONGEST_SECONDS,
        },
    )
    RouterLog.objects.bulk_create(
        _entry(one.line, router_id=router_id, at=at, error=one.error) for one in refused
    )
    live.changed("line", accounts=[one.line.customer_id for one in refused])


def doubt(line_ids: Sequence[int], *, is_in_doubt: bool) -> None:
    """Note that orders for these lines go out now, or that they surely had no effect."""
    if line_ids:
        statements.run(_DOUBT, [list(line_ids), is_in_doubt, is_in_doubt])


def _entry(
    line: Access, *, router_id: int, at: datetime, detail: str = "", error: str = ""
) -> RouterLog:
    """Return a log row: what, for whom, at whose request and why; the reason gives way when
    long."""
    why = f"{line.username} · {line.desired_by_name}: {line.desired_reason}".rstrip(": ")
    return RouterLog(
        router_id=router_id,
        access=line,
        at=at,
        action=line.desired_state.lower(),
        detail=f"{detail} · {why}"[:300] if detail else why[:300],
        is_ok=not error,
        error=error[:300],
    )
