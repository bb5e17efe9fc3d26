"""Write down what a line shall be, number the wish, and ring the router's worker.

One statement for one line or for ten thousand; a wish equal to the present one changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from ispbill.audit.services import trail
from ispbill.core.actors import Actor
from ispbill.core.jobs import after_commit
from network import tasks
from network.models import Access, Router

# Rows are locked in the order of their keys, as the push does when it confirms: two bulk
# statements over the same lines then wait for each other instead of dying in a deadlock.
_SWITCH = """
WITH concerned AS (
    SELECT id FROM network_access
    WHERE subscription_id = ANY(%(ids)s)
      AND wanted_state <> %(state)s AND wanted_state <> 'REMOVED'
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE network_access AS line
SET wanted_state = %(state)s, generation = line.generation + 1, wanted_since = %(at)s,
    wanted_by_name = %(by)s, wanted_reason = %(reason)s,
    attempts = 0, next_attempt_at = NULL, is_parked = false, last_error = '', owed_event = ''
FROM concerned WHERE line.id = concerned.id
RETURNING line.router_id
"""


def switch(
    *,
    subscription_ids: Sequence[int],
    state: str,
    reason: str,
    actor: Actor | None,
    at: datetime,
) -> int:
    """Wish a state for the lines of these services; return how many wishes were new.

    Belongs in the transaction that changes the services. Lines that are to be removed stay so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SWITCH,
            {
                "ids": list(subscription_ids),
                "state": state,
                "at": at,
                "by": name_of(actor),
                "reason": reason,
            },
        )
        router_ids = [row[0] for row in cursor.fetchall()]
    ring(router_ids)
    return len(router_ids)


def ring(router_ids: Iterable[int]) -> None:
    """Call each router's worker once, when the transaction is saved."""
    for router_id in sorted(set(router_ids)):
        after_commit(tasks.push_router, router_id=router_id)


def name_of(actor: Actor | None) -> str:
    return actor.name if actor is not None else "system"


def unpark(*, router_id: int | None = None, line_id: int | None = None) -> int:
    """Let refused wishes be tried again at once, of a whole router or one line; return how many."""
    lines = Access.objects.exclude(generation=F("confirmed_generation"))
    if router_id is not None:
        lines = lines.filter(router_id=router_id)
    if line_id is not None:
        lines = lines.filter(pk=line_id)
    return lines.update(is_parked=False, attempts=0, next_attempt_at=None)


@transaction.atomic
def retry_line(*, line: Access, actor: Actor | None, at: datetime) -> None:
    """Try one line again now, and stop leaving its router alone."""
    trail.begin(actor=actor, at=at)
    unpark(line_id=line.pk)
    Router.objects.filter(pk=line.router_id).update(next_attempt_at=None)
    ring([line.router_id])
