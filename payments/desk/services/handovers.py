"""Cash from a collector's shift to a cashier's: one says how much, the other counts and signs."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.rules import limits
from billing.tills.models import CashMove, Handover, Shift
from billing.tills.services import tills
from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.desk.services import shifts

State = Handover.State


class HandoverRefused(DomainError):
    """Cash cannot pass from this shift to this person like this."""


@transaction.atomic
def offer(*, shift: Shift, to_person: User, amount: Decimal, note: str, act: Act[User]) -> Handover:
    """Say that an own shift hands cash to somebody; it moves once they have counted it.

    Raises HandoverRefused for more than the shift holds, for oneself or somebody who takes no cash,
    and while another hand-over of it waits; Stale when the shift is not open.
    """
    trail.begin(act=act.because("cash offered to somebody else"))
    shift = Shift.objects.select_for_update(no_key=True, of=("self",)).get(pk=shift.pk)
    if not shift.is_open:
        raise Stale(_("This shift is not open any more."))
    if act.actor.pk != shift.person_id:
        raise HandoverRefused(_("Only the person themselves hands over their cash."))
    if to_person.pk == shift.person_id or not may(to_person, "payments.take"):
        raise HandoverRefused(_("Choose somebody else who takes cash."))
    if amount <= 0 or not limits.has_cents_at_most(amount) or amount > shift.held_amount:
        raise HandoverRefused(_("You hold %(held)s.") % {"held": formats.money(shift.held_amount)})
    if Handover.objects.filter(from_shift=shift, state=State.OFFERED).exists():
        raise HandoverRefused(_("Another hand-over of yours still waits to be counted."))
    handover = Handover.objects.create(
        from_shift=shift,
        to_person=to_person,
        amount=amount,
        note=note.strip()[:200],
        offered_at=act.at,
        offered_by=act.actor,
    )
    _record("handover.offered", handover, shift, act=act)
    return handover


@transaction.atomic
def accept(*, handover: Handover, counted: Decimal, act: Act[User]) -> Handover:
    """Confirm that one has counted the cash; it is in one's own shift from now on.

    The shift is opened when there is none. Raises HandoverRefused when another sum was counted or
    one's shift is in another branch, Stale when it is decided already, NoOpenShift.
    """
    trail.begin(act=act.because("cash of somebody else counted"))
    # Lock.
    handover = _locked(handover)
    # Decide.
    _refuse_other(handover, counted, act=act)
    giver = Shift.objects.get(pk=handover.from_shift_id)
    own = tills.ensure_open(
        person=act.actor,
        branch_id=giver.branch_id,
        on=clock.local_date(act.at),
        at=act.at,
        is_locked=False,
    )
    if own.branch_id != giver.branch_id:
        raise HandoverRefused(_("Your shift is in another branch. Cash stays in its branch."))
    locked = {
        shift.pk: shift
        for shift in Shift.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=[giver.pk, own.pk])
        .order_by("pk")
    }
    giver, own = locked[giver.pk], locked[own.pk]
    if not giver.is_open or not own.is_open or giver.held_amount < handover.amount:
        raise HandoverRefused(_("The shift it comes from does not hold that much any more."))
    # Change.
    day = tills.open_day(giver.branch_id, clock.local_date(act.at))
    shifts.pass_on(
        kind=CashMove.Kind.HANDOVER,
        branch_id=giver.branch_id,
        giver=giver,
        receiver=own,
        amount=handover.amount,
        day=day,
        at=act.at,
        handover=handover,
    )
    handover.state, handover.to_shift, handover.counted_amount = State.ACCEPTED, own, counted
    handover.decided_at, handover.decided_by = act.at, act.actor
    handover.save(update_fields=["state", "to_shift", "counted_amount", "decided_at", "decided_by"])
    _record("handover.accepted", handover, giver, act=act)
    return handover


def _refuse_other(handover: Handover, counted: Decimal, *, act: Act[User]) -> None:
    """Refuse another person than it is for, and another sum."""
    if act.actor.pk != handover.to_person_id:
        raise HandoverRefused(_("Only who the cash was given to can accept it."))
    if counted != handover.amount:
        raise HandoverRefused(
            _("You counted %(counted)s, %(amount)s was said. Count together, or refuse it.")
            % {"counted": formats.money(counted), "amount": formats.money(handover.amount)}
        )


@transaction.atomic
def refuse(*, handover: Handover, act: Act[User]) -> Handover:
    """Send a hand-over back, by who it was for. Raises HandoverRefused, ReasonMissing, Stale."""
    act = trail.begin_with_reason(act=act)
    handover = _locked(handover)
    if act.actor.pk != handover.to_person_id:
        raise HandoverRefused(_("Only who the cash was given to can refuse it."))
    return _end(handover, State.REFUSED, act=act)


@transaction.atomic
def withdraw(*, handover: Handover, act: Act[User]) -> Handover:
    """Take an own offer back. Raises HandoverRefused, Stale."""
    trail.begin(act=act.because("offer of cash withdrawn"))
    handover = _locked(handover)
    if act.actor.pk != handover.offered_by_id:
        raise HandoverRefused(_("Only the person who offered the cash can withdraw it."))
    return _end(handover, State.WITHDRAWN, act=act.because(""))


def _end(handover: Handover, state: str, *, act: Act[User]) -> Handover:
    handover.state, handover.decided_at, handover.decided_by = state, act.at, act.actor
    handover.save(update_fields=["state", "decided_at", "decided_by"])
    shift = Shift.objects.get(pk=handover.from_shift_id)
    _record(f"handover.{state.lower()}", handover, shift, act=act)
    return handover


def _locked(handover: Handover) -> Handover:
    handover = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if handover.state != State.OFFERED:
        raise Stale(
            _("This hand-over is decided already: %(state)s.")
            % {"state": handover.get_state_display()}
        )
    return handover


def _record(action: str, handover: Handover, shift: Shift, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=handover,
        label=shift.number,
        branch_id=shift.branch_id,
        after={"amount": handover.amount, "from": shift.number, "to": handover.to_person_id},
    )
