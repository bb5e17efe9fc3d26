"""Lines of a statement that are somebody's who is no customer: a partner's top-up, say.

Payments knows no partners. Whoever has money of another kind on the bank's account registers here
how its lines are recognised, what is written when a person says that a line is theirs, and how
that is taken back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.bank.models import StatementLine, StatementPart
from payments.bank.services import booking
from payments.bank.services.booking import LineRefused


@dataclass(frozen=True)
class Seen:
    """Money that came in, as the bank tells of it."""

    line_id: int
    text: str
    amount: Decimal


@dataclass(frozen=True)
class Owner:
    """Whose a line may be: who `key` is, how to call it, how sure that is, and why."""

    key: str
    label: str
    confidence: int
    reason: str
    """What in the line points there."""


@dataclass(frozen=True)
class Arrived:
    """Money a person says is `key`'s: what it is booked from, and the line it came by."""

    key: str
    amount: Decimal
    account_no: int
    reference: str
    line_key: str
    on: date


Find = Callable[[Sequence[Seen]], dict[int, list[Owner]]]
Take = Callable[[Arrived, Act[User]], str]
GiveBack = Callable[[str, Act[User]], None]


@dataclass(frozen=True)
class _Owners:
    find: Find
    take: Take
    give_back: GiveBack


_owners: list[_Owners] = []


def register(*, find: Find, take: Take, give_back: GiveBack) -> None:
    """Let the app that knows partners take part.

    `take` writes the money down and returns what it is called then; `give_back` undoes that.
    """
    _owners[:] = [_Owners(find, take, give_back)]


def find(lines: Sequence[StatementLine]) -> dict[int, list[Owner]]:
    """Return whose these lines may be besides customers', by the line's id."""
    seen = [
        Seen(line.pk, f"{line.description} {line.reference} {line.counterparty}", line.open_amount)
        for line in lines
    ]
    return _owners[0].find(seen) if _owners else {}


@transaction.atomic
def take(*, line: StatementLine, key: str, act: Act[User | None]) -> StatementPart:
    """Say that a line, whole, is an owner's. Raises Stale, LineRefused, and what the owner raises.

    Only a person says so.
    """
    trail.begin(act=act.because(f"bank statement line {line.pk} matched"))
    line = booking.lock(line.pk)
    booking.check_open(line)
    if not line.is_money_in or act.actor is None:
        raise LineRefused(_("Only money that came in can be a payment."))
    tries = StatementPart.objects.filter(line=line).count()
    arrived = Arrived(
        key=key,
        amount=line.open_amount,
        account_no=booking.source_of(line),
        reference=(line.reference or line.bank_id or line.description)[:80],
        line_key=f"line-{line.fingerprint[:40]}-{tries + 1}",
        on=line.booked_on,
    )
    named = _owners[0].take(arrived, Act(act.actor, act.at, on=arrived.on, reason=act.reason))
    trail.begin(act=act.because(f"bank statement line {line.pk} matched"))
    part = StatementPart(
        line=line,
        kind=StatementPart.Kind.PARTNER,
        amount=line.open_amount,
        owner_key=named,
        is_made=True,
        at=act.at,
        by=act.actor,
    )
    # What the owner has written has moved the money already.
    booking.add_part(line, part, stands_at=booking.source_of(line), act=act)
    booking.note("statement_line.matched", line, act=act, owner=named)
    return part


def give_back(part: StatementPart, *, act: Act[User | None]) -> None:
    """Take back what an owner wrote of a part; within the caller's transaction.

    Raises what the owner raises: it may be spent.
    """
    if act.actor is None:
        raise DomainError(_("Only a person takes this back."))
    _owners[0].give_back(part.owner_key, Act(act.actor, act.at, reason=act.reason))
