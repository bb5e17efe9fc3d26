"""Write down what a line shall be, number the desired state, and wake the router's worker.

One statement for one line or for ten thousand; a desired state equal to the present one changes
nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F

from ispbill.audit.services import trail
from ispbill.core import live, statements
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.jobs import after_commit
from network.models import Access, Router

# Rows are locked in the order of their keys, as the push does when it confirms: two bulk
# statements over the same lines then wait for each other instead of dying in a deadlock.
_SWITCH = """
WITH concerned AS (
    SELECT id FROM network_access
    WHERE subscription_id = ANY(%(ids)s)
      AND desired_state <> %(state)s AND desired_state <> 'REMOVED'
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE network_access AS line
SET desired_state = %(state)s, generation = line.generation + 1, desired_since = %(at)s,
    desired_by_name = %(by)s, desired_reason = %(reason)s,
    attempts = 0, next_attempt_at = NULL, is_on_hold = false, last_error = '', owed_event = ''
FROM concerned WHERE line.id = concerned.id
RETURNING line.router_id
"""


def switch(*, subscription_ids: Sequence[int], state: str, act: Act) -> int:
    """Set the desired state of these services' lines; return how many were new.

    Belongs in the transaction that changes the services. Lines that are to be removed stay so.
    """
    rows = statements.read(
        _SWITCH,
        {
            "ids": list(subscription_ids),
            "state": state,
            "at": act.at,
            "by": name_of(act.actor),
            "reason": act.reason,
        },
    )
    router_ids = [row[0] for row in rows]
    enqueue(router_ids)
    return len(router_ids)


# As `_SWITCH`, for other profiles: a line already wanted so keeps its number.
_PROFILES = """
WITH concerned AS (
    SELECT line.id, wanted.profile, line.desired_profile AS before
    FROM unnest(%(ids)s::bigint[], %(profiles)s::text[]) AS wanted (subscription_id, profile)
    JOIN network_access line USING (subscription_id)
    WHERE line.desired_profile <> wanted.profile AND line.desired_state <> 'REMOVED'
    ORDER BY line.id FOR NO KEY UPDATE OF line
)
UPDATE network_access AS line
SET desired_profile = concerned.profile, generation = line.generation + 1,
    desired_since = %(at)s, desired_by_name = %(by)s, desired_reason = %(reason)s,
    attempts = 0, next_attempt_at = NULL, is_on_hold = false, last_error = ''
FROM concerned WHERE line.id = concerned.id
RETURNING line.router_id, line.subscription_id, concerned.before
"""


def set_profiles(*, profiles: Mapping[int, str], act: Act) -> dict[int, str]:
    """Ask for another profile for these services' lines; return the earlier ones of those that
    changed, by service."""
    rows = statements.read(
        _PROFILES,
        {
            "ids": list(profiles),
            "profiles": list(profiles.values()),
            "at": act.at,
            "by": name_of(act.actor),
            "reason": act.reason,
        },
    )
    enqueue(row[0] for row in rows)
    return {row[1]: row[2] for row in rows}


def enqueue(router_ids: Iterable[int]) -> None:
    """Call each router's worker once, when the transaction is saved."""
    live.changed("line")
    for router_id in sorted(set(router_ids)):
        after_commit("network.push_router", router_id=router_id)


def name_of(actor: Actor | None) -> str:
    return actor.name if actor is not None else "system"


def end_hold(*, router_id: int | None = None, line_id: int | None = None) -> int:
    """Let refused desired states be tried again at once, of a whole router or one line; return
    how many."""
    lines = Access.objects.exclude(generation=F("confirmed_generation"))
    if router_id is not None:
        lines = lines.filter(router_id=router_id)
    if line_id is not None:
        lines = lines.filter(pk=line_id)
    return lines.update(is_on_hold=False, attempts=0, next_attempt_at=None)


@transaction.atomic
def retry_line(*, line: Access, act: Act) -> None:
    """Try one line again now, and stop leaving its router alone."""
    trail.begin(act=act.because(""))
    end_hold(line_id=line.pk)
    Router.objects.filter(pk=line.router_id).update(next_attempt_at=None)
    enqueue([line.router_id])
