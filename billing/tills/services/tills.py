"""Where cash goes and which day it counts for: asked before anything about it is booked.

The database places each posting to the cash account in a till (`billing_till`, migration
`cash_desk_guards`); here the same question is asked first, under the same locks, so that a shift
is opened where one is missing, limits are kept and a closed day is left alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.ledger.models import JournalEntry, Posting
from billing.ledger.rules.chart import Chart
from billing.tills.models import Shift
from ispbill.accounts.access import may
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events
from ispbill.core import formats, statements
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import ZERO
from ispbill.core.services import numbering

# The till that cash goes into or comes from, locked, with the first open day of it.
TILL = """(
    SELECT t.shift AS shift_id, billing_open_cash_day(t.branch, {on}) AS day
    FROM billing_till({whose}, {undone}, {home}, {change}) t)"""
_TILL = TILL.format(
    on="%(on)s::date",
    whose="%(whose)s::bigint",
    undone="%(undone)s::bigint",
    home="%(home)s::bigint",
    change="%(change)s::numeric",
)
_FIND = f"SELECT day FROM {_TILL} till"  # noqa: S608 - composed from the constants above


class NoOpenShift(DomainError):
    """The company wants a shift to be opened by hand before cash is taken."""


class TooMuchCash(DomainError):
    """More cash at once, or in one drawer, than the company allows."""


@dataclass(frozen=True)
class Till:
    """Where cash of a person goes: their open shift (None: the safe), and the day it counts for."""

    shift_id: int | None
    day: date


def day_in(
    till: Till,
    *,
    amount: Decimal,
    person: Actor | None,
    branch_id: int,
    on: date,
    at: datetime,
    is_in_hand: bool = False,
) -> date:
    """Return the day cash received is booked on, like `day_of`; its till is locked already.

    Cash that somebody has in hand already (`is_in_hand`, with their shift open) meets no limit.
    """
    if till.shift_id is None:  # a shift is opened, if the person may take cash at all
        return day_of(
            method=Payment.Method.CASH,
            amount=amount,
            person=person,
            branch_id=branch_id,
            on=on,
            at=at,
        )
    taker = _taker(person)
    if not is_in_hand and taker is not None and may(taker, "payments.take"):
        _check_limits(taker, amount)
    return till.day


def day_of(
    *, method: str, amount: Decimal, person: Actor | None, branch_id: int, on: date, at: datetime
) -> date:
    """Return the day a payment (positive) or paying out (negative) of `on` is booked on.

    Anything but cash is of its own day. Cash counts for the first day that is not closed where it
    lies: in the shift of `person`, opened now when there is none, or in the safe of `branch_id`.
    The answer holds until the transaction ends. Raises NoOpenShift, TooMuchCash.
    """
    if method != Payment.Method.CASH:
        return on
    taker = _taker(person)
    if amount > 0 and taker is not None and may(taker, "payments.take"):
        _check_limits(taker, amount)
        ensure_open(person=taker, branch_id=branch_id, on=on, at=at)
    return _till_day(person, undone=None, branch_id=branch_id, change=amount, on=on)


def day_of_reversal(*, entry: JournalEntry, actor: Actor | None, on: date) -> date:
    """Return the day the opposite of an entry is booked on, like `day_of`."""
    cash = Posting.objects.filter(entry=entry, account=Chart.CASH).aggregate(sum=Sum("amount"))
    if not cash["sum"]:
        return on
    return _till_day(actor, undone=entry.pk, branch_id=entry.branch_id, change=-cash["sum"], on=on)


def open_day(branch_id: int, wanted: date) -> date:
    """Return the day cash of `wanted` counts for in a branch; its gate is held shared."""
    row: tuple[date] = statements.first("SELECT billing_open_cash_day(%s, %s)", [branch_id, wanted])
    return row[0]


def ensure_open(
    *,
    person: User,
    branch_id: int,
    on: date,
    at: datetime,
    kind: str = Shift.Kind.DESK,
    by_hand: bool = False,
    is_locked: bool = True,
) -> Shift:
    """Return the open shift of a person; open one when there is none.

    It is locked, unless the caller locks it together with others in the order of their ids.

    Opened in the person's own branch, or in `branch_id` for somebody of no branch. Raises
    NoOpenShift when the company wants shifts opened by hand and this is not (`by_hand`).
    """
    open_ones = Shift.objects.filter(person=person, state=Shift.State.OPEN)
    if is_locked:
        open_ones = open_ones.select_for_update(no_key=True, of=("self",))
    shift = open_ones.first()
    if shift is None:
        _one_at_a_time(person)
        shift = open_ones.first()  # another window may have opened it meanwhile
    if shift is not None:
        return shift
    if Company.current().needs_open_shift and not by_hand:
        raise NoOpenShift(_("Open your shift first: cash is only taken into an open one."))
    branch = person.branch_id or branch_id
    day = open_day(branch, on)
    number = numbering.take(series="SH", year=day.year)
    shift = Shift.objects.create(
        number=numbering.written(series="SH", year=day.year, number=number),
        person=person,
        branch_id=branch,
        kind=kind,
        opened_on=day,
        opened_at=at,
        opened_itself=not by_hand,
    )
    events.record(
        act=Act(person, at),
        action="shift.opened",
        target=shift,
        branch_id=branch,
        after={"kind": kind, "by_hand": by_hand},
    )
    return shift


def _taker(person: Actor | None) -> User | None:
    return person if isinstance(person, User) or person is None else User.objects.get(pk=person.pk)


def lock_safe(branch_id: int) -> None:
    """Let nobody else take from a branch's safe until the transaction ends."""
    Branch.objects.select_for_update(no_key=True, of=("self",)).get(pk=branch_id)


def _one_at_a_time(person: User) -> None:
    """Keep two windows of one person from opening two shifts."""
    statements.run("SELECT pg_advisory_xact_lock(482016, %s)", [person.pk])


def _till_day(
    person: Actor | None, *, undone: int | None, branch_id: int, change: Decimal, on: date
) -> date:
    """Return the first open day of the till that cash goes into or comes from."""
    values = {
        "on": on,
        "whose": person.pk if person is not None else None,
        "undone": undone,
        "home": branch_id,
        "change": change,
    }
    day: date = statements.fetch(_FIND, values)[0][0]
    return day


def _check_limits(taker: User, amount: Decimal) -> None:
    company = Company.current()
    by_role = {
        User.Role.CASHIER: company.largest_cashier_cash_amount,
        User.Role.BILLING: company.largest_office_cash_amount,
        User.Role.BRANCH_MANAGER: company.largest_office_cash_amount,
    }
    most = by_role.get(User.Role(taker.role))
    if most is not None and amount > most:
        raise TooMuchCash(
            _("You may take at most %(most)s in cash at once. Ask for another way to pay.")
            % {"most": formats.money(most)}
        )
    limit = company.largest_cash_held_amount
    if limit is None:
        return
    held = (
        Shift.objects.filter(person=taker, state=Shift.State.OPEN)
        .values_list("held_amount", flat=True)
        .first()
    ) or ZERO
    if held + amount > limit:
        raise TooMuchCash(
            _("You hold %(held)s and may hold at most %(limit)s. Hand cash over first.")
            % {"held": formats.money(held), "limit": formats.money(limit)}
        )
