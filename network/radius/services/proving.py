"""Take accounting as proof of what a router only acknowledged, or as proof that it was not done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from network.models import Access
from network.radius.models import RadiusUser
from network.radius.rules import orders
from network.radius.rules.accounting import Kind
from network.services import sessions, settling
from network.services.settling import Settled


@dataclass(frozen=True)
class Proof:
    """Accounting of a line that may prove something. `is_new`: a session began."""

    line_id: int
    kind: Kind
    at: datetime
    is_new: bool


def take(proofs: Sequence[Proof], *, at: datetime) -> list[int]:
    """Confirm the lines whose order is proven; return the routers to tell anew, in order.

    Belongs in the transaction that takes the accounting.
    """
    waiting = {
        user.line_id: user
        for user in RadiusUser.objects.filter(
            line__in={one.line_id for one in proofs},
            line__generation=F("told_generation"),
            line__confirmed_generation__lt=F("told_generation"),
        ).select_related("line__subscription")
    }
    done: dict[int, Access] = {}
    again: dict[int, Access] = {}
    for one in proofs:
        user = waiting.get(one.line_id)
        if user is None or user.told_at is None or one.at < user.told_at:
            continue
        proven = orders.is_proof(
            one.kind, is_new=one.is_new, was_disconnected=user.was_disconnected
        )
        (done if proven else again)[one.line_id] = user.line
    _confirm([done[pk] for pk in sorted(done)], at=at)
    return _told_again([line for pk, line in sorted(again.items()) if pk not in done])


def doubt(began: Mapping[int, datetime]) -> list[int]:
    """Have sessions ended that were let in by an older wish than the present; return the routers.

    Somebody may sign on a moment before a wish changes, and be heard of only after it was taken for
    done. `began`: by line, when its new session began.
    """
    found = []
    for line in Access.objects.filter(pk__in=began).order_by("pk"):
        if line.is_settled and began[line.pk] < line.desired_since:
            Access.objects.filter(pk=line.pk, generation=line.generation).update(
                generation=F("generation") + 1, is_in_doubt=True, attempts=0, next_attempt_at=None
            )
            found.append(line.router_id)
    return sorted(set(found))


def _confirm(lines: Sequence[Access], *, at: datetime) -> None:
    for router_id in sorted({line.router_id for line in lines}):
        settled = [
            Settled(
                line=line,
                generation=line.generation,
                profile=line.desired_profile,
                result="proven by accounting",
            )
            for line in lines
            if line.router_id == router_id
        ]
        settling.confirm(settled, router_id=router_id, at=at)
        sessions.note_customers({one.line.customer_id for one in settled}, at=at)


def _told_again(lines: Sequence[Access]) -> list[int]:
    """A session that was to end is still there: it is told again at once."""
    ids = [line.pk for line in lines]
    Access.objects.filter(pk__in=ids).update(next_attempt_at=None)
    return sorted({line.router_id for line in lines})
