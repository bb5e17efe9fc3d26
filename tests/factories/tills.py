"""Shifts and safes with cash in them, made by the product's own verbs."""

from decimal import Decimal
from itertools import count

from ispbill.core.acts import Act
from payments.desk.services import banking, handovers, shifts
from tests.factories.accounts import BranchFactory, UserFactory

_slips = count(1)


def cashier(branch=None, **values):
    """Somebody who takes cash in a branch."""
    return UserFactory(
        role=values.pop("role", "CASHIER"), branch=branch or BranchFactory(), **values
    )


def safe_with(branch, amount, *, at, actor=None):
    """Put cash from the bank into a branch's safe."""
    return banking.move(
        branch=branch,
        way="FROM_BANK",
        amount=Decimal(amount),
        slip_number=f"SLIP-{next(_slips)}",
        idempotency_key=f"slip-{next(_slips)}",
        act=Act(actor or UserFactory(), at),
    )


def shift_of(person, *, at, float_amount="0.00", kind="DESK"):
    """An open shift, with a float when there is one in the safe."""
    return shifts.open_shift(
        person=person, kind=kind, branch=person.branch, float_amount=Decimal(float_amount), at=at
    )


def counted(shift, amount, *, at, actor=None, reason="counted twice, it is what is there"):
    """A shift whose drawer was counted at so much, as loose change."""
    return shifts.count(
        shift=shift,
        pieces={},
        loose=Decimal(amount),
        act=Act(actor or shift.person, at, reason=reason),
    )


def signed(shift, *, at, actor=None):
    """A counted shift, signed by a supervisor."""
    return shifts.sign_off(
        shift=shift, seen_amount=shift.counted_amount, act=Act(actor or UserFactory(), at)
    )


def handed_over(giver, taker, *, at, amount="10.00"):
    """Cash offered by somebody with a float to somebody else, who has not counted it yet."""
    safe_with(giver.branch, "100.00", at=at)
    shift = shift_of(giver, at=at, float_amount="100.00")
    return handovers.offer(
        shift=shift, to_person=taker, amount=Decimal(amount), note="", act=Act(giver, at)
    )
