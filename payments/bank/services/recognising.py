"""Say whose payment a line of a payout is that nobody had recorded."""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import CLEARING_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states, ledger
from billing.ledger.services.ledger import Line
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from payments.bank.models import SettlementLine
from payments.bank.services import chargebacks, payout_matching
from payments.bank.services.payout_reading import PayoutRefused
from payments.bank.services.payouts import State
from payments.online.models import PaymentAttempt

RECOGNISED = "RECOGNISED"
_METHOD_OF = {"SSLCOMMERZ": "CARD", "BKASH": "BKASH", "NAGAD": "NAGAD"}


def recognise(*, act: Act[User | None]) -> int:
    """Match transactions that were unknown when they were paid out; return how many are now.

    Each is a transaction of its own: its money leaves 2330 for the provider's account, where its
    payment has put it meanwhile. What was charged back of one that is known now is judged.
    """
    waiting = SettlementLine.objects.filter(
        state=SettlementLine.State.UNKNOWN, settlement__state=State.BOOKED
    )
    found = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        found += _recognise(pk, act=act)
    chargebacks.judge_all(act=act)
    return found


@transaction.atomic
def _recognise(pk: int, *, act: Act[User | None]) -> int:
    line = (
        SettlementLine.objects.select_for_update(of=("self",))
        .select_related("settlement__bank_account")
        .get(pk=pk)
    )
    if line.state != SettlementLine.State.UNKNOWN:
        return 0
    trail.begin(act=act.because(f"payout line {pk} recognised"))
    payout_matching.match_again(line.provider, [line])
    found = line.payment or line.attempt
    if found is None:
        return 0
    line.matched_at, line.matched_by = act.at, act.actor
    line.save(update_fields=["state", "payment", "attempt", "matched_at", "matched_by"])
    if line.is_held_unmatched and not line.is_chargeback:
        payout = line.settlement
        ledger.post(
            ledger.Fact(
                kind=RECOGNISED,
                source_type=chargebacks.SOURCE_LINE,
                source_id=line.pk,
                lines=[
                    Line(Chart.UNMATCHED_MONEY, line.gross_amount),
                    Line(CLEARING_OF[line.provider], -line.gross_amount),
                ],
                posted_on=payout.paid_on,
                branch_id=payout.bank_account.branch_id,
                customer_id=None,
                memo=f"{line.provider} {line.transaction_id}",
            ),
            act=act,
        )
    events.record(
        act=act,
        action="payout_line.recognised",
        target=line,
        customer_id=found.customer_id,
        after={"amount": str(line.gross_amount), "of": str(found)},
    )
    return 1


def claim(*, line: SettlementLine, customer: Customer, act: Act[User]) -> Payment:
    """Say which customer an unknown transaction came from: it becomes a payment of theirs.

    Raises PayoutRefused for one that is known, was reversed, or belongs to a payment attempt online
    (that is settled by asking the gateway, or the money would be there twice).
    """
    with transaction.atomic():
        trail.begin(act=act.because(f"payout line {line.pk} claimed"))
        account_states.lock([customer.pk])
        line = (
            SettlementLine.objects.select_for_update(of=("self",))
            .select_related("settlement__bank_account")
            .get(pk=line.pk)
        )
        if line.state != SettlementLine.State.UNKNOWN or line.is_chargeback:
            raise PayoutRefused(_("This transaction is known already."))
        own = Q(gateway_reference=line.transaction_id) | Q(bank_reference=line.transaction_id)
        if PaymentAttempt.objects.filter(own | Q(order=line.transaction_id)).exists():
            raise PayoutRefused(_("This was a payment online. Ask the gateway about it first."))
        day = line.happened_on or line.settlement.paid_on
        noon = datetime.combine(day, time(12), tzinfo=clock.zone())
        settled = settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=line.gross_amount,
                method=_METHOD_OF[line.provider],
                received_by=None,
                received_at=min(noon, act.at),
                reference=line.transaction_id,
                note=str(line.settlement),
                is_repeat_confirmed=True,
                key=f"payout-{line.provider}-{line.pk}",
                account_no=CLEARING_OF[line.provider],
                act=act,
            )
        )
        _recognise(line.pk, act=act)
    return settled.payment
