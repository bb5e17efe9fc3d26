"""Give back money a gateway took and we did not accept (docs/adr/0034-money-that-goes-back.md).

It was never the customer's credit, so no voucher and no payment is made of it. From the refusal on
the books say that the gateway holds it and that it is owed (2340); once sent back, neither. It goes
back whole, and once: through the gateway, or by hand at the gateway's own pages.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.models import Approval, JournalEntry
from billing.rules.chart import Chart
from billing.services import approvals, ledger, standings
from billing.services.approvals import Outcome, Payload
from billing.services.ledger import Line
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock, jobs
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError
from ispbill.core.money import AmountRefused, parse_number
from payments import tasks
from payments.models import GatewayRefund, PaymentAttempt
from payments.rules import attempts as rules
from payments.rules.accounts import CLEARING_OF
from payments.services import announcing
from payments.services.gateways import accounts, tries

State = PaymentAttempt.State
REFUSED, SENT_BACK = "REFUSED", "SENT_BACK"
SOURCE, SOURCE_REFUND = "attempt", "gateway_refund"


class NotReturnable(DomainError):
    """There is nothing to send back, or not that way."""


def owed(attempt: PaymentAttempt) -> Decimal:
    """Return what the gateway holds of a try, in the company's currency.

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
    """Tell whether money of a try that was not accepted is still here."""
    return attempt.state == State.REFUSED and not _sent(attempt).exists()


def can_send(attempt: PaymentAttempt) -> bool:
    """Tell whether its gateway takes money back through its interface."""
    return accounts.gateway_of(attempt.account).can_refund


def book_refusal(attempt: PaymentAttempt, *, at: datetime, actor: Actor | None) -> None:
    """Book that the gateway holds it and that it is owed; the try is locked."""
    if attempt.owed_amount is None:
        raise ValueError("what is owed is not known")
    _post(
        attempt, REFUSED, SOURCE, attempt.pk, attempt.owed_amount, on=clock.local_date(at),
        at=at, actor=actor,
    )  # fmt: skip


def unbook_refusal(attempt: PaymentAttempt, *, at: datetime, actor: Actor, reason: str) -> None:
    """Take the refusal out of the books, for it is credited after all; the try is locked."""
    entry = JournalEntry.objects.get(kind=REFUSED, source_type=SOURCE, source_id=attempt.pk)
    ledger.reverse(
        entry=entry, posted_on=clock.local_date(at), at=at, actor=actor, memo=reason
    )  # fmt: skip


def send(
    *, attempt: PaymentAttempt, reason: str, on: date, at: datetime, actor: User,
    by_hand: str | None = None,
) -> Outcome:  # fmt: skip
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
        kind=Approval.Kind.REFUND, customer=attempt.customer,
        amount=attempt.owed_amount or Decimal(0), payload=payload, reason=reason, on=on, at=at,
        actor=actor,
    )  # fmt: skip


def facts(payload: Payload) -> str:
    """Return what a request to send back rests on."""
    attempt = PaymentAttempt.objects.get(pk=payload["refused"])
    return f"{attempt.state} {may_go(attempt)}"


@transaction.atomic
def perform(payload: Payload, *, reason: str, on: date, at: datetime, actor: User) -> GatewayRefund:
    """Send it back as it was asked for (and approved)."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    # Lock.
    standings.lock([payload["customer"]])
    attempt = tries.locked(payload["refused"])
    # Decide.
    by_hand: str | None = payload["by_hand"]
    _check(attempt, by_hand=by_hand)
    # Change.
    is_done = by_hand is not None
    row = GatewayRefund.objects.create(
        order=rules.new_order(30), attempt=attempt, customer_id=attempt.customer_id,
        amount=Decimal(payload["amount"]), requested_at=at,
        next_check_at=None if is_done else at, ended_at=at if is_done else None,
        state=GatewayRefund.State.DONE if is_done else GatewayRefund.State.REQUESTED,
        is_sent=is_done, gateway_reference=(by_hand or "")[:80],
        words="sent back by hand" if is_done else "",
    )  # fmt: skip
    _post(
        attempt, SENT_BACK, SOURCE_REFUND, row.pk, -row.amount, on=on, at=at, actor=actor
    )  # fmt: skip
    # Trail.
    tries.record(attempt, "attempt.sent_back", at=at, reason=reason, actor=actor)
    # After commit.
    if is_done:
        announcing.sent_back(attempt, amount=row.amount, at=at)
    else:
        jobs.after_commit(tasks.send_gateway_refund, refund_id=row.pk)
    return row


def ended(row: GatewayRefund, *, at: datetime) -> None:
    """Tell the customer that it is done, or take it back into the books when it was refused."""
    if row.state == GatewayRefund.State.DONE:
        announcing.sent_back(row.attempt, amount=row.amount, at=at)
        return
    entry = JournalEntry.objects.get(
        kind=SENT_BACK, source_type=SOURCE_REFUND, source_id=row.pk
    )  # fmt: skip
    ledger.reverse(
        entry=entry, posted_on=clock.local_date(at), at=at, actor=None,
        memo="refund refused by the gateway",
    )  # fmt: skip


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
    attempt: PaymentAttempt, kind: str, source: str, source_id: int, amount: Decimal, *,
    on: date, at: datetime, actor: Actor | None,
) -> None:  # fmt: skip
    ledger.open_chart()
    ledger.post(
        kind=kind, source_type=source, source_id=source_id,
        lines=[
            Line(CLEARING_OF[attempt.account.provider], amount),
            Line(Chart.OWED_BACK, -amount),
        ],
        posted_on=on, at=at, branch_id=attempt.branch_id, customer_id=attempt.customer_id,
        actor=actor, memo=f"{attempt.account.provider} {attempt.order}",
    )  # fmt: skip
