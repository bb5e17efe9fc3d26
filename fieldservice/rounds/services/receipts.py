"""What collectors' phones send: cash taken at the door, settled once, whatever happened meanwhile.

The money is in the collector's pocket: no limit, no repeated amount and no closed shift refuses it.
What is odd about it is settled all the same, and somebody in the office is told.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from billing.allocation.models import Payment
from billing.ledger.services import account_states
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked, check_amount
from billing.tills.models import Shift
from billing.tills.services import tills
from customers.models import Customer
from fieldservice.rounds.models import RoundDevice, RoundReceipt
from fieldservice.rounds.rules import numbers
from fieldservice.rules import moments
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company

State = RoundReceipt.State
REPEAT = timedelta(hours=24)
BY_HAND, ENDED = "by_hand", "phone_ended"


@dataclass(frozen=True)
class Taken:
    """Cash as the phone sent it; a `void_reason` says that it was given back at the door."""

    number: str
    customer: Customer
    amount: Decimal
    client_at: datetime
    sent_at: datetime
    void_reason: str = ""

    @property
    def digest(self) -> str:
        """Tell one content from another sent under the same number."""
        said = [self.customer.number, f"{self.amount:.2f}", self.client_at.isoformat()]
        return hashlib.sha256("|".join([*said, self.void_reason]).encode()).hexdigest()


@transaction.atomic
def register_device(*, act: Act[User]) -> RoundDevice:
    """Give a phone a code of its own, for a person who collects."""
    trail.begin(act=act)
    code = "".join(secrets.choice(numbers.LETTERS) for _place in range(4))
    device = RoundDevice.objects.create(code=code, person=act.actor, registered_at=act.at)
    events.record(act=act, action="round_device.registered", target=device)
    return device


@transaction.atomic
def take_in(*, device: RoundDevice, taken: Taken, act: Act[User]) -> RoundReceipt:
    """Settle what a phone sent, with the moment it was taken; the same number again is the same.

    Raises AmountRefused for an amount no payment can have, ReasonMissing for a void without one.
    """
    check_amount(taken.amount)
    trail.begin(act=act)
    found = RoundDevice.objects.select_for_update(of=("self",)).select_related("person")
    device = found.get(pk=device.pk)
    known = firsts().filter(number=taken.number).first()
    if known is not None and is_same(known, taken):
        return known
    row = new_row(device, taken, act=act)
    if known is not None:
        row.state, row.flags = State.DIFFERS, ["differs"]
    elif taken.void_reason:
        row.void_reason = trail.required_reason(taken.void_reason)[:200]
        row.state, row.flags = State.VOID, ["void"]
    else:
        settle_row(row, act=act)
    row.save(force_insert=True)
    trail.begin(act=act)
    events.record(
        act=act,
        action=f"round_receipt.{row.state.lower()}",
        target=row,
        after={"amount": row.amount, "flags": row.flags},
    )
    return row


def firsts() -> QuerySet[RoundReceipt]:
    """Return the receipts that came first under their numbers."""
    found = RoundReceipt.objects.select_related("payment", "customer__account_state", "collector")
    return found.exclude(state=State.DIFFERS)


def is_same(known: RoundReceipt, taken: Taken) -> bool:
    """Tell whether a number was sent before with the same in it; one typed in knows no seconds."""
    if known.digest == taken.digest:
        return True
    by_hand = BY_HAND in known.flags and not taken.void_reason
    return by_hand and (known.customer_id, known.amount) == (taken.customer.pk, taken.amount)


@transaction.atomic
def look_into(*, receipt: RoundReceipt, act: Act[User]) -> RoundReceipt:
    """Note that somebody has looked into what was odd. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    row = RoundReceipt.objects.select_for_update().get(pk=receipt.pk)
    if row.seen_at is not None:
        return row
    row.seen_by, row.seen_at = act.actor, act.at
    row.save(update_fields=["seen_by", "seen_at"])
    events.record(act=act, action="round_receipt.followed_up", target=row)
    return row


def new_row(device: RoundDevice, taken: Taken, *, act: Act[User]) -> RoundReceipt:
    """Return an unsaved receipt of what a device sent or had, with its corrected moment."""
    earlier = RoundReceipt.objects.filter(device=device, client_at__lte=taken.client_at)
    previous = earlier.order_by("-taken_at").values_list("taken_at", flat=True).first()
    corrected = moments.corrected(
        client_at=taken.client_at, sent_at=taken.sent_at, received_at=act.at, previous=previous
    )
    return RoundReceipt(
        number=taken.number,
        device=device,
        collector=device.person,
        customer=taken.customer,
        amount=taken.amount,
        client_at=taken.client_at,
        taken_at=corrected.moment,
        received_at=act.at,
        digest=taken.digest,
        flags=["clock"] if corrected.is_flagged else [],
    )


def settle_row(row: RoundReceipt, *, act: Act[User]) -> None:
    """Make the payment through the one door, and note what is odd about it. Not saved here."""
    _lock_account_then_shift(row, act=act)
    repeat = Payment.objects.filter(
        customer=row.customer,
        amount=row.amount,
        status=Payment.Status.COMPLETED,
        received_at__range=(row.taken_at - REPEAT, row.taken_at + REPEAT),
    ).exists()
    settled = settlement.settle(
        Asked(
            customer_id=row.customer_id,
            amount=row.amount,
            method=Payment.Method.CASH,
            received_by=row.collector,
            received_at=row.taken_at,
            key=f"pr:{row.number}",
            note=row.number,
            is_repeat_confirmed=True,
            is_in_hand=True,
            act=act,
        )
    )
    row.payment, row.state = settled.payment, State.SETTLED
    row.customer.account_state.refresh_from_db()
    odd = {
        "repeat": repeat,
        "credit": row.customer.account_state.balance_amount < 0,
        "limit": _is_over_limit(row.collector),
        "ended": row.customer.archived_at is not None,
        "late": clock.local_date(row.taken_at) < clock.local_date(row.received_at),
    }
    row.flags = [*row.flags, *[flag for flag, is_so in odd.items() if is_so]]


def _lock_account_then_shift(row: RoundReceipt, *, act: Act[User]) -> None:
    """Open a round where the collector has none; the account is locked first, as everywhere."""
    account_states.lock([row.customer_id])
    tills.ensure_open(
        person=row.collector,
        branch_id=row.customer.branch_id,
        on=clock.local_date(row.taken_at),
        at=act.at,
        kind=Shift.Kind.ROUND,
        by_hand=True,
    )


def _is_over_limit(person: User) -> bool:
    limit = Company.current().largest_cash_held_amount
    held = Shift.objects.filter(person=person, state=Shift.State.OPEN)
    return limit is not None and held.filter(held_amount__gt=limit).exists()
