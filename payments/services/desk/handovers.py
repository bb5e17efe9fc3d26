"""Cash from a collector's shift to a cashier's: one says how much, the other counts and signs."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError, Stale
from payments.models import CashMove, Handover, Shift
from payments.rules import limits
from payments.services.desk import shifts, tills

State = Handover.State


class HandoverRefused(DomainError):
    """Cash cannot pass from this shift to this person like this."""


@transaction.atomic
def offer(
    *, shift: Shift, to_person: User, amount: Decimal, note: str, at: datetime, actor: User
) -> Handover:
    """Say that an own shift hands cash to somebody; it moves once they have counted it.

    Raises HandoverRefused for more than the shift holds, for oneself or somebody who takes no cash,
    and while another hand-over of it waits; Stale when the shift is not open.
    """
    trail.begin(actor=actor, at=at, reason="cash offered to somebody else")
    shift = Shift.objects.select_for_update(no_key=True, of=("self",)).get(pk=shift.pk)
    if not shift.is_open:
        raise Stale(_("This shift is not open any more."))
    if actor.pk != shift.person_id:
        raise HandoverRefused(_("Only the person themselves hands over their cash."))
    if to_person.pk == shift.person_id or not may(to_person, "payments.take"):
        raise HandoverRefused(_("Choose somebody else who takes cash."))
    if amount <= 0 or not limits.has_cents_at_most(amount) or amount > shift.held_amount:
        raise HandoverRefused(_("You hold %(held)s.") % {"held": formats.money(shift.held_amount)})
    if Handover.objects.filter(from_shift=shift, state=State.OFFERED).exists():
        raise HandoverRefused(_("Another hand-over of yours still waits to be counted."))
    handover = Handover.objects.create(
        from_shift=shift, to_person=to_person, amount=amount, note=note.strip()[:200],
        offered_at=at, offered_by=actor,
    )  # fmt: skip
    _record("handover.offered", handover, shift, at=at, actor=actor)
    return handover


@transaction.atomic
def accept(*, handover: Handover, counted: Decimal, at: datetime, actor: User) -> Handover:
    """Confirm that one has counted the cash; it is in one's own shift from now on.

    The shift is opened when there is none. Raises HandoverRefused when another sum was counted or
    one's shift is in another branch, Stale when it is decided already, NoOpenShift.
    """
    trail.begin(actor=actor, at=at, reason="cash of somebody else counted")
    # Lock.
    handover = _locked(handover)
    # Decide.
    if actor.pk != handover.to_person_id:
        raise HandoverRefused(_("Only who the cash was given to can accept it."))
    if counted != handover.amount:
        raise HandoverRefused(
            _("You counted %(counted)s, %(amount)s was said. Count together, or refuse it.")
            % {"counted": formats.money(counted), "amount": formats.money(handover.amount)}
        )
    giver = Shift.objects.get(pk=handover.from_shift_id)
    own = tills.ensure_open(person=actor, branch_id=giver.branch_id, on=clock.local_date(at), at=at,
        is_locked=False,
    )  # fmt: skip
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
    day = tills.open_day(giver.branch_id, clock.local_date(at))
    shifts.pass_on(
        kind=CashMove.Kind.HANDOVER, branch_id=giver.branch_id, giver=giver, receiver=own,
        amount=handover.amount, day=day, at=at, handover=handover,
    )  # fmt: skip
    handover.state, handover.to_shift, handover.counted_amount = State.ACCEPTED, own, counted
    handover.decided_at, handover.decided_by = at, actor
    handover.save(update_fields=["state", "to_shift", "counted_amount", "decided_at", "decided_by"])
    _record("handover.accepted", handover, giver, at=at, actor=actor)
    return handover


@transaction.atomic
def refuse(*, handover: Handover, reason: str, at: datetime, actor: User) -> Handover:
    """Send a hand-over back, by who it was for. Raises HandoverRefused, ReasonMissing, Stale."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    handover = _locked(handover)
    if actor.pk != handover.to_person_id:
        raise HandoverRefused(_("Only who the cash was given to can refuse it."))
    return _end(handover, State.REFUSED, reason=reason, at=at, actor=actor)


@transaction.atomic
def withdraw(*, handover: Handover, at: datetime, actor: User) -> Handover:
    """Take an own offer back. Raises HandoverRefused, Stale."""
    trail.begin(actor=actor, at=at, reason="offer of cash taken back")
    handover = _locked(handover)
    if actor.pk != handover.offered_by_id:
        raise HandoverRefused(_("Only who offered the cash can withdraw it."))
    return _end(handover, State.WITHDRAWN, reason="", at=at, actor=actor)


def _end(handover: Handover, state: str, *, reason: str, at: datetime, actor: User) -> Handover:
    handover.state, handover.decided_at, handover.decided_by = state, at, actor
    handover.save(update_fields=["state", "decided_at", "decided_by"])
    shift = Shift.objects.get(pk=handover.from_shift_id)
    _record(f"handover.{state.lower()}", handover, shift, at=at, actor=actor, reason=reason)
    return handover


def _locked(handover: Handover) -> Handover:
    handover = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if handover.state != State.OFFERED:
        raise Stale(
            _("This hand-over is decided already: %(state)s.")
            % {"state": handover.get_state_display()}
        )
    return handover


def _record(
    action: str, handover: Handover, shift: Shift, *, at: datetime, actor: User, reason: str = ""
) -> None:
    events.record(
        at=at, actor=actor, action=action, target=handover, label=shift.number,
        branch_id=shift.branch_id, reason=reason,
        after={"amount": handover.amount, "from": shift.number, "to": handover.to_person_id},
    )  # fmt: skip
