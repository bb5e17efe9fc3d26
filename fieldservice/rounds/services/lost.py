"""Receipts of a phone that is lost: typed in from the paper, or handed in before it was wiped."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from billing.receivables.services.admission import check_amount
from fieldservice.rounds.models import RoundDevice, RoundReceipt
from fieldservice.rounds.services import receipts
from fieldservice.rounds.services.receipts import BY_HAND, ENDED, State, Taken
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NumberKnown(DomainError):
    """The receipt is in the books already, or waits, with something else in it."""


@transaction.atomic
def type_in(*, device: RoundDevice, taken: Taken, act: Act[User]) -> RoundReceipt:
    """Settle a receipt from its paper; a copy the phone sends later is the same payment.

    Raises ReasonMissing, AmountRefused, NumberKnown.
    """
    act = act.because(trail.required_reason(act.reason))
    check_amount(taken.amount)
    trail.begin(act=act)
    account_states.lock([taken.customer.pk])
    device = (
        RoundDevice.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=device.pk)
    )
    known = receipts.firsts().filter(number=taken.number).first()
    if known is not None:
        if (known.customer_id, known.amount) == (taken.customer.pk, taken.amount):
            return settle_held(receipt=known, act=act) if known.state == State.HELD else known
        raise NumberKnown(_("This receipt is known already, with something else in it."))
    row = receipts.new_row(device, taken, act=act)
    row.flags = [*row.flags, BY_HAND]
    receipts.settle_row(row, act=act)
    row.save(force_insert=True)
    _record(row, "typed_in", act=act)
    return row


@transaction.atomic
def hold(*, device: RoundDevice, taken: Taken, at: datetime) -> RoundReceipt | None:
    """Keep what an ended phone still had, for the office to settle; None for what is known."""
    check_amount(taken.amount)
    act = Act(device.person, at)
    trail.begin(act=act)
    device = (
        RoundDevice.objects.select_for_update(of=("self",))
        .select_related("person")
        .get(pk=device.pk)
    )
    known = receipts.firsts().filter(number=taken.number).first()
    if known is not None and receipts.is_same(known, taken):
        return None
    row = receipts.new_row(device, taken, act=act)
    row.state = State.HELD if known is None else State.DIFFERS
    row.flags = [*row.flags, ENDED] if known is None else [*row.flags, ENDED, "differs"]
    row.void_reason = taken.void_reason[:200]
    row.save(force_insert=True)
    _record(row, "held", act=act)
    return row


@transaction.atomic
def settle_held(*, receipt: RoundReceipt, act: Act[User]) -> RoundReceipt:
    """Settle what an ended phone handed in: the money was taken. Twice is once."""
    act = trail.begin_with_reason(act=act)
    account_states.lock([receipt.customer_id])
    found = RoundReceipt.objects.select_for_update(of=("self",))
    row = found.select_related("customer__account_state", "collector").get(pk=receipt.pk)
    if row.state != State.HELD:
        return row
    if row.void_reason:
        row.state = State.VOID
    else:
        receipts.settle_row(row, act=act)
    row.seen_by, row.seen_at = act.actor, act.at
    row.save(update_fields=["payment", "state", "flags", "seen_by", "seen_at"])
    _record(row, "settled", act=act)
    return row


def _record(row: RoundReceipt, what: str, *, act: Act[User]) -> None:
    trail.begin(act=act)
    events.record(
        act=act,
        action=f"round_receipt.{what}",
        target=row,
        after={"amount": row.amount, "flags": row.flags},
    )
