"""What is behind the transactions of a payout: payments, and money of attempts not accepted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import CLEARING_OF
from billing.receivables.services import settlement
from payments.bank.models import SettlementLine
from payments.online.models import PaymentAttempt

Held = Payment | PaymentAttempt


def paid_out(found: Mapping[str, Held]) -> set[Held]:
    """Return which of these are on a line already."""
    lines = SettlementLine.objects.filter(is_chargeback=False)
    paid = {one.pk for one in found.values() if isinstance(one, Payment)}
    owed = {one.pk for one in found.values() if isinstance(one, PaymentAttempt)}
    paid &= set(lines.filter(payment__in=paid).values_list("payment", flat=True))
    owed &= set(lines.filter(attempt__in=owed).values_list("attempt", flat=True))
    return {one for one in found.values() if one.pk in (paid if isinstance(one, Payment) else owed)}


def give(line: SettlementLine, held: Held | None, taken: set[Held]) -> None:
    """Give a line what it pays out; what another line has paid out is not paid out once more."""
    line.payment = line.attempt = None
    if held is None or (held in taken and not line.is_chargeback):
        line.state = SettlementLine.State.UNKNOWN
        return
    if not line.is_chargeback:
        taken.add(held)
    if isinstance(held, Payment):
        line.payment, amount = held, held.amount
    else:
        line.attempt, amount = held, held.owed_amount or Decimal(0)
    same = line.gross_amount == amount or line.is_chargeback
    line.state = SettlementLine.State.KNOWN if same else SettlementLine.State.DIFFERENT


def match_again(provider: str, lines: Sequence[SettlementLine]) -> None:
    """Look once more for what is behind the lines nobody knew; they are not saved here."""
    unknown = [line for line in lines if line.state == SettlementLine.State.UNKNOWN]
    held = known(provider, [line.transaction_id for line in unknown])
    taken = paid_out(held)
    for line in unknown:
        give(line, held.get(line.transaction_id), taken)


def known(provider: str, ids: Sequence[str]) -> dict[str, Held]:
    """Return what is behind transaction ids that the provider holds for us.

    A provider's file may give its own reference, the bank's, or our order number. Money that was
    not accepted is its attempt's, for it has no payment.
    """
    clearing = int(CLEARING_OF[provider])
    attempts = PaymentAttempt.objects.filter(
        Q(payment__isnull=False) | Q(state=PaymentAttempt.State.REFUSED), account__provider=provider
    ).filter(Q(gateway_reference__in=ids) | Q(bank_reference__in=ids) | Q(order__in=ids))
    found: dict[str, Held] = {}
    for attempt in attempts.select_related("payment").order_by("pk"):
        for name in (attempt.gateway_reference, attempt.bank_reference, attempt.order):
            if name:
                found.setdefault(name, attempt.payment or attempt)
    direct = Payment.objects.filter(reference__in=ids, account_no=clearing).exclude(
        status__in=[Payment.Status.PENDING, Payment.Status.FAILED]
    )
    for payment in direct.order_by("pk"):
        found.setdefault(payment.reference, payment)
    return {
        name: held
        for name, held in found.items()
        if name in set(ids)
        and (isinstance(held, PaymentAttempt) or settlement.landed_in(held) == clearing)
    }
