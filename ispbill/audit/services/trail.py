"""Who acts, why and when: told to the database for the length of a transaction.

The triggers that write row history and state-change events read it from there, so that a bulk
statement leaves the same trail as a single change, and none at all is impossible.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection

from ispbill import logs
from ispbill.audit.services import fence
from ispbill.core.errors import ReasonMissing

if TYPE_CHECKING:
    from ispbill.core.actors import Actor

MIN_REASON_CHARACTERS = 10


def begin(*, actor: "Actor | None", at: datetime, reason: str = "") -> None:
    """Name the actor, moment (UTC) and reason of the present transaction.

    Must be called inside a transaction; the settings end with it. `actor` None is the system.
    Raises Overtaken in a job of the timetable that another worker has taken over.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a trail belongs to a transaction")
    fence.check()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor_id', %s, true), set_config('app.actor_name', %s, true),"
            " set_config('app.at', %s, true), set_config('app.reason', %s, true),"
            " set_config('app.request_id', %s, true)",
            [
                str(actor.pk) if actor is not None else "",
                str(actor.name) if actor is not None else "system",
                at.isoformat(),
                reason,
                logs.request_id.get(),
            ],
        )


def required_reason(reason: str) -> str:
    """Return the reason, stripped; raise ReasonMissing when it says too little."""
    reason = reason.strip()
    if len("".join(reason.split())) < MIN_REASON_CHARACTERS:
        raise ReasonMissing("Please give a reason of at least ten characters.")
    return reason
