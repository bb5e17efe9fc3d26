"""Money a provider took back in a payout (a chargeback, a refund): judged once, each line alone.

With its payout it is booked as unmatched money (2330), so that the provider's account says what is
really held. What it is the opposite of then takes it out of there: a refund of ours, or the whole
payment, which is reversed with everything it had done. What is neither waits for a person.
"""

from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.allocation.rules.accounts import CLEARING_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states, ledger
from billing.ledger.services.ledger import Line
from billing.receivables.services import reversal, settlement
from billing.receivables.services.admission import Asked
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.bank.models import SettlementImport, SettlementLine
from payments.bank.services import reversing
from payments.online.models import GatewayRefund

SOURCE_LINE, CHARGEBACK, BORNE = "payout_line", "CHARGEBACK", "BORNE"
Became = SettlementLine.Became


class NotTakeable(DomainError):
    """This cannot be taken from the customer's payment."""


def judge_all(*, act: Act, payout: SettlementImport | None = None) -> int:
    """Judge what is open, of one payout or of all; return how many are decided now.

    Asked again it decides nothing twice; what was unclear may be clear by what came meanwhile.
    """
    open_lines = SettlementLine.objects.filter(became=Became.OPEN).exclude(
        state=SettlementLine.State.UNKNOWN
    )
    if payout is not None:
        open_lines = open_lines.filter(settlement=payout)
    found = list(open_lines.order_by("pk").values_list("pk", flat=True))
    return sum(_judge(pk, act=act) for pk in found)


def take(*, line: SettlementLine, act: Act[User]) -> SettlementLine:
    """Take a part of a payment back: the whole is reversed, and the rest credited again.

    The customer owes what was taken. Raises Stale, NotTakeable, NotReversible, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    with transaction.atomic():
        line = _locked(line.pk, act=act)
        payment, taken = line.payment, -line.gross_amount
        if payment is None:
            raise NotTakeable(_("Its payment is not in our books."))
        if taken > payment.amount:
            raise NotTakeable(_("More was charged back than this payment brought."))
        reversing.reverse(payment=payment, act=act)
        if taken == payment.amount:
            return _decided(line, Became.REVERSED, act=act)
        line.rest_payment = settlement.settle(
            Asked(
                customer_id=payment.customer_id,
                amount=payment.amount - taken,
                method=payment.method,
                received_by=None,
                received_at=act.at,
                reference=payment.reference,
                note=f"rest of {payment.receipt_number}",
                is_repeat_confirmed=True,
                key=f"payout-rest-{line.pk}",
                account_no=settlement.landed_in(payment),
                act=act,
            )
        ).payment
        return _decided(line, Became.SHORTENED, act=act)


def bear(*, line: SettlementLine, act: Act[User]) -> SettlementLine:
    """Let it be the company's loss; no customer's account is touched. Raises Stale."""
    act = act.because(trail.required_reason(act.reason))
    with transaction.atomic():
        line = _locked(line.pk, act=act)
        return _decided(line, Became.BORNE, act=act)


@transaction.atomic
def _judge(pk: int, *, act: Act) -> int:
    try:
        line = _locked(pk, act=act.because(f"payout line {pk} judged"))
    except Stale:
        return 0
    payment = line.payment
    if _is_ours(line):
        _decided(line, Became.EXPLAINED, act=act)
        return 1
    if payment is None:
        return 0
    if -line.gross_amount != payment.amount:
        return 0
    if payment.is_reversed and not _claimed(line, Became.REVERSED):
        _decided(line, Became.REVERSED, act=act)
        return 1
    payout = f"{line.settlement.get_provider_display()}, payout {line.settlement.reference}"
    try:
        with transaction.atomic():
            reversing.reverse(
                payment=payment,
                act=Act(_person(act.actor), act.at, reason=f"reversed by {payout}"),
                said=gettext_lazy("the bank or wallet took it back"),
            )
    except reversal.NotReversible:
        return 0
    _decided(line, Became.REVERSED, act=act)
    return 1


def _is_ours(line: SettlementLine) -> bool:
    """Tell whether it is what we have sent back through the gateway ourselves."""
    of_it = Q(attempt=line.attempt_id) if line.payment is None else Q(attempt__payment=line.payment)
    sent = list(
        GatewayRefund.objects.filter(of_it)
        .exclude(state=GatewayRefund.State.REFUSED)
        .values_list("amount", flat=True)
    )
    left = sum(sent, Decimal(0)) + _claimed(line, Became.EXPLAINED)
    taken = -line.gross_amount
    return taken == left or (taken in sent and taken < left)


def _claimed(line: SettlementLine, became: str) -> Decimal:
    """Return what other lines of the same have explained already: not more than zero."""
    others = SettlementLine.objects.filter(
        payment=line.payment_id, attempt=line.attempt_id, became=became
    ).exclude(pk=line.pk)
    return Decimal(others.aggregate(sum=Sum("gross_amount"))["sum"] or 0)


def _locked(pk: int, *, act: Act) -> SettlementLine:
    """Return a line that is still open, locked after its customer's account state. Raises Stale."""
    trail.begin(act=act)
    owner = SettlementLine.objects.values_list(
        Coalesce("payment__customer", "attempt__customer"), flat=True
    ).get(pk=pk)
    if owner is not None:
        account_states.lock([owner])
    line = (
        SettlementLine.objects.select_for_update(of=("self",))
        .select_related("settlement__bank_account", "payment__customer", "attempt", "matched_by")
        .get(pk=pk)
    )
    if line.became != Became.OPEN:
        raise Stale(_("This is decided already."))
    return line


def _decided(line: SettlementLine, became: str, *, act: Act) -> SettlementLine:
    line.became, line.matched_at, line.matched_by_id = (
        became,
        act.at,
        act.actor.pk if act.actor else None,
    )
    line.save(update_fields=["became", "matched_at", "matched_by", "rest_payment"])
    _post(line, act=act)
    events.record(
        act=act,
        action=f"payout_line.{became.lower()}",
        target=line,
        customer_id=getattr(line.payment or line.attempt, "customer_id", None),
        branch_id=line.settlement.bank_account.branch_id,
        after={
            "amount": str(line.gross_amount),
            "receipt": line.payment.receipt_number if line.payment is not None else None,
            "rest": line.rest_payment.receipt_number if line.rest_payment is not None else None,
        },
    )
    return line


def _post(line: SettlementLine, *, act: Act) -> None:
    """Take it from where it was booked: to the provider's account, or as a loss.

    Before it was held as unmatched money in unmatched money it was booked to the provider's
    account at once.
    """
    is_loss = line.became == Became.BORNE
    held = CLEARING_OF[line.provider]
    came_from = Chart.UNMATCHED_MONEY if line.is_held_unmatched else held
    goes_to = Chart.WRITE_OFF if is_loss else held
    if came_from == goes_to:
        return
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=BORNE if is_loss else CHARGEBACK,
            source_type=SOURCE_LINE,
            source_id=line.pk,
            lines=[Line(goes_to, -line.gross_amount), Line(came_from, line.gross_amount)],
            posted_on=line.settlement.paid_on,
            branch_id=line.settlement.bank_account.branch_id,
            customer_id=None,
            memo=f"{line.provider} {line.transaction_id}",
        ),
        act=act,
    )


def _person(actor: Actor | None) -> User | None:
    return actor if isinstance(actor, User) else None
