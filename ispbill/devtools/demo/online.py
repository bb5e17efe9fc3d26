"""Some payment attempts online, for the demo company to show: paid, failed, given up, to be
decided."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from customers.models import Customer
from ispbill.devtools.demo.days import moment
from payments.online.gateways.contract import Outcome, Verdict
from payments.online.models import GatewayAccount, PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import confirming

AHEAD = Decimal("1000.00")


@dataclass(frozen=True)
class _Try:
    """How an attempt ended; `paid` is what the gateway says it got, none: what was asked."""

    verdict: Verdict
    hour: int  # of yesterday
    is_risky: bool = False
    paid: Decimal | None = None
    words: str = ""


_ENDS = (
    _Try(Verdict.PAID, 9),
    _Try(Verdict.PAID, 11, is_risky=True),
    _Try(Verdict.PAID, 13, paid=Decimal("500.00")),
    _Try(Verdict.FAILED, 14, words="Insufficient balance"),
    _Try(Verdict.CANCELLED, 17, words="Cancelled by the customer"),
    _Try(Verdict.PAID, 20, is_risky=True),
)


def show(*, today: date) -> None:
    """Let those who owe most have tried to pay it by SSLCommerz.

    Written as the gateway's answers are: the queue of what needs a decision is not empty.
    """
    account = GatewayAccount.objects.filter(provider=GatewayAccount.Provider.SSLCOMMERZ).first()
    if account is None:
        return
    payers = Customer.objects.filter(status=Customer.Status.ACTIVE, archived_at__isnull=True)
    chosen = payers.select_related("account_state").order_by(
        "-account_state__balance_amount", "number"
    )
    for number, (customer, end) in enumerate(
        zip(chosen[: len(_ENDS)], _ENDS, strict=False), start=1
    ):
        _tried(customer, account, end, number, on=today - timedelta(days=1))


def _tried(
    customer: Customer, account: GatewayAccount, end: _Try, number: int, *, on: date
) -> None:
    at = moment(on, end.hour)
    asked = max(
        customer.account_state.balance_amount, AHEAD
    )  # a customer who owes little pays ahead
    attempt = PaymentAttempt.objects.create(
        order=f"DEMO{on:%y%m%d}{number:04d}",
        account=account,
        customer=customer,
        branch_id=customer.branch_id,
        amount=asked,
        currency="BDT",
        source=PaymentAttempt.Source.PORTAL,
        idempotency_key=f"demo-online-{number}",
        started_at=at,
        expires_at=at + rules.LIFE,
    )
    attempt.state, attempt.session_key = PaymentAttempt.State.OPEN, f"DEMOSESSION{number:04d}"
    attempt.redirect_url = account.base_url
    attempt.save(update_fields=["state", "session_key", "redirect_url"])
    is_paid = end.verdict is Verdict.PAID
    outcome = Outcome(
        verdict=end.verdict,
        order=attempt.order,
        currency="BDT",
        amount=(end.paid or asked) if is_paid else None,
        reference=f"DEMOVAL{on:%y%m%d}{number:04d}" if is_paid else "",
        bank_reference=f"DEMOBANK{on:%y%m%d}{number:04d}" if is_paid else "",
        method="CARD",
        instrument="VISA-Demo Bank" if is_paid else "",
        is_risky=end.is_risky,
        words=end.words,
    )
    confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=at + timedelta(minutes=4))
    # The simulated gateway knows nothing of these: nobody need ask it.
    PaymentAttempt.objects.filter(pk=attempt.pk).update(next_check_at=None)
