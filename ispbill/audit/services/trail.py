"""Who acts, why and when: told to the database for the length of a transaction.

The triggers that write row history and state-change events read it from there, so that a bulk
statement leaves the same trail as a single change, and none at all is impossible.
"""

from typing import TYPE_CHECKING, TypeVar

from django.db import connection

from ispbill import logs
from ispbill.audit.services import fence
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing

if TYPE_CHECKING:
    from ispbill.core.actors import Actor

Who = TypeVar("Who", bound="Actor | None")
MIN_REASON_CHARACTERS = 10
NAME = (
    "set_config('app.actor_id', %s, true), set_config('app.actor_name', %s, true),"
    " set_config('app.at', %s, true), set_config('app.reason', %s, true),"
    " set_config('app.request_id', %s, true)"
)
"""What names them, for a statement that does more besides; its values are `names`."""


def begin(*, act: Act["Actor | None"]) -> None:
    """Name the actor, moment (UTC) and reason of the present transaction.

    Must be called inside a transaction; the settings end with it. `actor` None is the system.
    Raises Overtaken in a job of the timetable that another worker has taken over.
    """
    told = names(act=act)
    statements.run(f"SELECT {NAME}", told)


def begin_with_reason(*, act: Act[Who]) -> Act[Who]:
    """Begin an act that has to say why; return it with its reason tidied. Raises ReasonMissing."""
    act = act.because(required_reason(act.reason))
    begin(act=act)
    return act


def names(*, act: Act["Actor | None"]) -> list[str]:
    """Return the values of `NAME`; raises as `begin` does."""
    if not connection.in_atomic_block:
        raise RuntimeError("a trail belongs to a transaction")
    fence.check()
    return [
        str(act.actor.pk) if act.actor is not None else "",
        str(act.actor.name) if act.actor is not None else "system",
        act.at.isoformat(),
        act.reason,
        logs.request_id.get(),
    ]


def required_reason(reason: str) -> str:
    """Return the reason, stripped; raise ReasonMissing when it says too little."""
    reason = reason.strip()
    if len("".join(reason.split())) < MIN_REASON_CHARACTERS:
        raise ReasonMissing("Please give a reason of at least ten characters.")
    return reason
