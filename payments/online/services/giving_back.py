"""Give back money a gateway took and we did not accept (docs/adr/0034-money-that-goes-back.md).

It was never the customer's credit, so no voucher and no payment is made of it. From the refusal on
the books say that the gateway holds it and that it is owed (2340); once sent back, neither. It goes
back whole, and once: through the gateway, or by hand at the gateway's own pages.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Outcome, Payload
from billing.ledger.models import JournalEntry
from billing.ledger.services import account_states, ledger
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock, jobs
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import AmountRefused, parse_number
from payments.online.models import GatewayRefund, PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import accounts, announcing, owed_back, payment_attempts

State = PaymentAttempt.State
REFUSED, SENT_BACK = "REFUSED", "SENT_BACK"
SOURCE, SOURCE_REFUND = "attempt", "gateway_refund"


class NotReturnable(DomainError):
    """There is nothing to send back, or not that way."""


def owed(attempt: PaymentAttempt) -> Decimal:
    """Return what the gateway holds of an attempt, in the company's currency.

    What was paid in another currency it holds, and sends back, in ours (SSLCommerz: ``amount``
    beside ``currency_amount``).
    """
    if attempt.paid_amount is None:
        raise ValueError("nothing was paid")
    answer: Mapping[str, object] = attempt.answer
    if answer.get("currency_type", attempt.currency) != attempt.currency:
        try:
            held = parse_number(str(answer.get("amount", "")))
        except AmountRefused:
            held = Decimal(0)
        if held > 0:
            return held.quantize(Decimal("0.01"))
    return attempt.paid_amount


def may_go(attempt: PaymentAttempt) -> bool:
    """Tell whether money of an attempt that was not accepted is still here."""
    return attempt.state == State.REFUSED and not _sent(attempt).exists()


def can_send(attempt: PaymentAttempt) -> bool:
    """Tell whether its gateway takes money back through its interface."""
    return accounts.gateway_of(attempt.account).can_refund


def book_refusal(attempt: PaymentAttempt, *, act: Act) -> None:
    """Book that the gateway holds it and that it is owed; the attempt is locked."""
    if attempt.owed_amount is None:
        raise ValueError("what is owed is not known")
    _post(attempt, REFUSED, SOURCE, attempt.pk, attempt.owed_amount, act=act)


def unbook_refusal(attempt: PaymentAttempt, *, act: Act[Actor]) -> None:
    """Take the refusal out of the books, for it is credited after all; the attempt is locked."""
    entry = JournalEntry.objects.get(kind=REFUSED, source_type=SOURCE, source_id=attempt.pk)
    ledger.reverse(entry=entry, posted_on=clock.local_date(act.at), act=act, memo=act.reason)


def send(*, attempt: PaymentAttempt, act: Act[User], by_hand: str | None = None) -> Outcome:
    """Send it back, at once or after approval; the gateway is asked after the commit.

    `by_hand` is the gateway's number of a refund made at its own pages. Raises NotReturnable,
    ReasonMissing, AlreadyRequested.
    """
    _check(attempt, by_hand=by_hand)
    payload = {
        "customer": attempt.customer_id,
        "amount": f"{attempt.owed_amount:f}",
        "refused": attempt.pk,
        "by_hand": by_hand,
    }
    return approvals.submit(
        kind=Approval.Kind.REFUND,
        customer=attempt.customer,
        amount=attempt.owed_amount or Decimal(0),
        payload=payload,
        act=act,
    )


def facts(payload: Payload) -> str:
    """Return what a request to send back rests on."""
    attempt = PaymentAttempt.objects.get(pk=payload["refused"])
    return f"{attempt.state} {may_go(attempt)}"


@transaction.atomic
def perform(payload: Payload, *, act: Act[User]) -> GatewayRefund:
    """Send it back as it was asked for (and approved)."""
    act = trail.begin_with_reason(act=act)
    # Lock.
    account_states.lock([payload["customer"]])
    attempt = payment_attempts.locked(payload["refused"])
    # Decide.
    by_hand: str | None = payload["by_hand"]
    _check(attempt, by_hand=by_hand)
    # Change.
    is_done = by_hand is not None
    row = GatewayRefund.objects.create(
        order=rules.new_order(30),
        attempt=attempt,
        customer_id=attempt.customer_id,
        amount=Decimal(payload["amount"]),
        requested_at=act.at,
        next_check_at=None if is_done else act.at,
        ended_at=act.at if is_done else None,
        state=GatewayRefund.State.DONE if is_done else GatewayRefund.State.REQUESTED,
        is_sent=is_done,
        gateway_reference=(by_hand or "")[:80],
        words="sent back by hand" if is_done else "",
    )
    _post(attempt, SENT_BACK, SOURCE_REFUND, row.pk, -row.amount, act=act)
    # Trail.
    payment_attempts.record(attempt, "attempt.sent_back", act=act)
    # After commit.
    if is_done:
        announcing.sent_back(attempt, amount=row.amount, at=act.at)
    else:
        jobs.after_commit("payments.send_gateway_refund", refund_id=row.pk)
    return row


def ended(row: GatewayRefund, *, at: datetime) -> None:
    """Tell the customer that it is done, or take it back into the books when it was refused."""
    if row.state == GatewayRefund.State.DONE:
        announcing.sent_back(row.attempt, amount=row.amount, at=at)
        return
    entry = JournalEntry.objects.get(kind=SENT_BACK, source_type=SOURCE_REFUND, source_id=row.pk)
    ledger.reverse(
        entry=entry,
        posted_on=clock.local_date(at),
        act=Act(None, at),
        memo="refund refused by the gateway",
    )


def _check(attempt: PaymentAttempt, *, by_hand: str | None) -> None:
    if not may_go(attempt):
        raise NotReturnable(_("There is nothing of this payment to send back."))
    if by_hand is None and not can_send(attempt):
        raise NotReturnable(
            _("%(gateway)s sends money back only at its own pages. Do it there, then say so here.")
            % {"gateway": attempt.account.name}
        )


def _sent(attempt: PaymentAttempt) -> QuerySet[GatewayRefund]:
    return attempt.refunds.exclude(state=GatewayRefund.State.REFUSED)


def _post(
    attempt: PaymentAttempt, kind: str, source: str, source_id: int, amount: Decimal, *, act: Act
) -> None:
    fact = owed_back.Fact(kind, source, source_id, attempt.branch_id, attempt.customer_id)
    provider = attempt.account.provider
    owed_back.book(fact, amount, provider=provider, order=attempt.order, act=act)
