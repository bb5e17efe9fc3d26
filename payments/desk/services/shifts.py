"""A person's cash: opened with a float, counted at the end, signed by somebody else."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.rules import limits
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.tills.models import CashCount, CashMove, Handover, Shift
from billing.tills.services import tills
from ispbill.accounts.access import may
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from ispbill.core.money import ZERO
from payments.desk.queries import tills as facts
from payments.desk.rules import denominations

State = Shift.State


class ShiftRefused(DomainError):
    """The shift cannot be opened, counted or given cash like this."""


class NotYourOwn(DomainError):
    """A count is signed by somebody who neither held the cash nor counted it."""


@transaction.atomic
def open_shift(
    *, person: User, kind: str, branch: Branch, float_amount: Decimal, at: datetime
) -> Shift:
    """Open a person's shift with a float out of the branch's safe (zero: none).

    Raises ShiftRefused when one is open, the safe holds less, or the float is too large.
    """
    trail.begin(act=Act(person, at, reason="shift opened with a float"))
    if Shift.objects.filter(person=person, state=State.OPEN).exists():
        raise ShiftRefused(_("Your shift is open already."))
    shift = tills.ensure_open(
        person=person, branch_id=branch.pk, on=clock.local_date(at), at=at, kind=kind, by_hand=True
    )
    if float_amount:
        _give_float(shift, float_amount, act=Act(person, at))
    return shift


@transaction.atomic
def add_float(*, shift: Shift, amount: Decimal, act: Act[User]) -> Shift:
    """Put cash from the safe into an open shift. Raises ShiftRefused, Stale."""
    trail.begin(act=act.because("float added to a shift"))
    shift = _locked(shift)
    if not shift.is_open:
        raise Stale(_("This shift is not open any more."))
    _give_float(shift, amount, act=act)
    return shift


@transaction.atomic
def count(*, shift: Shift, pieces: Mapping[str, int], loose: Decimal, act: Act[User]) -> Shift:
    """Write down what lies in the drawer; the shift takes no more cash. Again replaces the count.

    `pieces` says how many of each note or coin (`rules.denominations`), `loose` is other change, in
    the company's currency. A difference needs a reason; it is booked when the count is signed.
    Raises ReasonMissing, ShiftRefused, Stale.
    """
    reason = act.reason
    trail.begin(act=act.because(reason.strip()))
    # Lock.
    shift = _locked(shift)
    # Decide.
    _refuse_count(shift, act=act)
    kept = _checked(pieces, loose)
    counted = denominations.total(kept, loose)
    expected = shift.held_amount
    if counted != expected:
        reason = trail.required_reason(reason)
    # Change.
    CashCount.objects.create(
        shift=shift,
        pieces=kept,
        loose_amount=loose,
        counted_amount=counted,
        expected_amount=expected,
        currency=Company.current().currency,
        reason=reason.strip(),
        counted_at=act.at,
        counted_by=act.actor,
    )
    before = shift.state
    shift.counted_amount, shift.expected_amount = counted, expected
    shift.difference_reason = reason.strip() if counted != expected else ""
    _mark_counted(shift, act=act)
    # Trail.
    events.record(
        act=act.because(shift.difference_reason),
        action="shift.counted",
        target=shift,
        before={"state": before, "expected": expected},
        after={"state": State.COUNTED, "counted": counted, "difference": counted - expected},
    )
    return shift


def _refuse_count(shift: Shift, *, act: Act[User]) -> None:
    if shift.state == State.CLOSED:
        raise Stale(_("This shift is closed already."))
    if act.actor.pk != shift.person_id and not may(act.actor, "cash.supervise"):
        raise ShiftRefused(_("Only the person themselves or a supervisor counts a shift."))
    if Handover.objects.filter(from_shift=shift, state=Handover.State.OFFERED).exists():
        raise ShiftRefused(_("A hand-over waits to be counted. Have it accepted, or withdraw it."))


def _mark_counted(shift: Shift, *, act: Act[User]) -> None:
    shift.state, shift.counted_on = State.COUNTED, clock.local_date(act.at)
    shift.counted_at, shift.counted_by = act.at, act.actor
    shift.save(
        update_fields=[
            "state",
            "counted_on",
            "counted_at",
            "counted_by",
            "counted_amount",
            "expected_amount",
            "difference_reason",
        ]
    )


@transaction.atomic
def sign_off(*, shift: Shift, seen_amount: Decimal, act: Act[User]) -> Shift:
    """Confirm a count: book its difference, put the cash into the safe, close the shift.

    `seen_amount` is the count the supervisor saw; another one raises Stale. Raises NotYourOwn for
    who held or counted the cash, ShiftRefused without the right.
    """
    trail.begin(act=act.because("count of a shift signed"))
    # Lock.
    shift = _locked(shift)
    # Decide.
    _refuse_signature(shift, seen_amount, act=act)
    # Change.
    day = tills.open_day(shift.branch_id, shift.counted_on or clock.local_date(act.at))
    _book_difference(shift, day=day, act=act)
    if shift.counted_amount:
        pass_on(
            kind=CashMove.Kind.RETURNED,
            branch_id=shift.branch_id,
            giver=shift,
            receiver=None,
            amount=shift.counted_amount,
            day=day,
            at=act.at,
        )
    shift.state, shift.signed_at, shift.signed_by = State.CLOSED, act.at, act.actor
    shift.save(update_fields=["state", "signed_at", "signed_by"])
    shift.refresh_from_db()
    # Trail.
    events.record(
        act=act.because(shift.difference_reason),
        action="shift.closed",
        target=shift,
        before={"state": State.COUNTED},
        after={
            "state": State.CLOSED,
            "counted": shift.counted_amount,
            "difference": shift.difference_amount,
        },
    )
    return shift


def _refuse_signature(shift: Shift, seen_amount: Decimal, *, act: Act[User]) -> None:
    if shift.state == State.OPEN:
        raise ShiftRefused(_("This shift is not counted yet."))
    if shift.state == State.CLOSED:
        raise Stale(_("%(who)s has signed this count already.") % {"who": shift.signed_by})
    if shift.counted_amount != seen_amount:
        raise Stale(_("It was counted again meanwhile. Look at the new count."))
    if not may(act.actor, "cash.supervise"):
        raise ShiftRefused(_("Only a supervisor signs a count."))
    if act.actor.pk in {shift.person_id, shift.counted_by_id}:
        raise NotYourOwn(
            _(
                "Somebody else has to sign: not the person who held the cash, nor the one who "
                "counted it."
            )
        )


def pass_on(
    *,
    kind: str,
    branch_id: int,
    giver: Shift | None,
    receiver: Shift | None,
    amount: Decimal,
    day: date,
    at: datetime,
    handover: Handover | None = None,
) -> None:
    """Move cash between two tills of a branch; None is its safe."""
    CashMove.objects.bulk_create(
        CashMove(
            kind=kind,
            branch_id=branch_id,
            shift=till,
            amount=change,
            moved_on=day,
            moved_at=at,
            handover=handover,
        )
        for till, change in ((giver, -amount), (receiver, amount))
    )


def _give_float(shift: Shift, amount: Decimal, *, act: Act[User]) -> None:
    if amount <= 0 or not limits.has_cents_at_most(amount):
        raise ShiftRefused(_("The float is an amount above zero."))
    largest = Company.current().largest_float_amount
    if largest is not None and shift.float_amount + amount > largest:
        raise ShiftRefused(
            _("A float may be at most %(largest)s.") % {"largest": formats.money(largest)}
        )
    tills.lock_safe(shift.branch_id)
    in_safe = facts.safe_amount(shift.branch_id)
    if amount > in_safe:
        raise ShiftRefused(
            _("The safe holds %(amount)s by the books. Open without a float, or fetch cash first.")
            % {"amount": formats.money(max(in_safe, ZERO))}
        )
    day = tills.open_day(shift.branch_id, clock.local_date(act.at))
    pass_on(
        kind=CashMove.Kind.FLOAT,
        branch_id=shift.branch_id,
        giver=None,
        receiver=shift,
        amount=amount,
        day=day,
        at=act.at,
    )
    shift.refresh_from_db()
    events.record(
        act=act,
        action="shift.float",
        target=shift,
        after={"float": amount, "holds": shift.held_amount},
    )


def _book_difference(shift: Shift, *, day: date, act: Act[User]) -> None:
    difference = shift.found_difference
    if not difference:
        return
    counted = CashCount.objects.filter(shift=shift).order_by("-pk")[0]
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="CASH_DIFFERENCE",
            source_type="cash_count",
            source_id=counted.pk,
            lines=[Line(Chart.CASH, difference), Line(Chart.CASH_DIFFERENCES, -difference)],
            posted_on=day,
            branch_id=shift.branch_id,
            customer_id=None,
            memo=f"{shift.number}: {shift.difference_reason}",
        ),
        act=act,
    )


def _checked(pieces: Mapping[str, int], loose: Decimal) -> dict[str, int]:
    known = denominations.of(Company.current().currency)
    if any(piece not in known or number < 0 for piece, number in pieces.items()):
        raise ShiftRefused(_("There is no such note or coin."))
    if loose < 0 or not limits.has_cents_at_most(loose):
        raise ShiftRefused(_("Loose change is an amount of zero or more."))
    return {piece: number for piece, number in pieces.items() if number}


def _locked(shift: Shift) -> Shift:
    return Shift.objects.select_for_update(no_key=True, of=("self",)).get(pk=shift.pk)
