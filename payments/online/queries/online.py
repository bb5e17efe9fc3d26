"""What somebody who pays online may see and choose: masked names, what is owed, ways to pay."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.allocation.models import Allocation, Payment
from billing.allocation.rules.limits import SMALLEST_ONLINE
from billing.allocation.rules.masking import masked_name
from billing.dunning.queries import remaining
from billing.dunning.queries.remaining import Remaining
from billing.invoices.models import Invoice
from billing.receivables.queries import monthly, receipts
from customers.models import AccountState, Customer
from customers.queries import merges
from ispbill.core import clock, phones
from ispbill.core.money import ZERO
from ispbill.core.pay_links import PayLink, Source
from network.models import Access
from network.queries import lines
from network.queries.lines import LineWords
from payments.online.models import GatewayAccount, GatewayRefund, PaymentAttempt
from payments.online.queries import under_way
from payments.online.queries.under_way import UnderWay

AFTER_SEARCH = timedelta(days=1)  # how long a link found by number or phone works
MOST_FOUND = 5
MONTHS_AHEAD = (1, 3, 6)


@dataclass(frozen=True)
class Bill:
    """A bill as the holder of its link sees it; days are company dates, `until` is exclusive."""

    number: str
    start: date | None
    until: date | None
    due_on: date
    total: Decimal
    left: Decimal
    is_void: bool


@dataclass(frozen=True)
class PaidWith:
    """A payment with the word that opens its receipt; `amount` is what it paid in all."""

    paid_on: date
    amount: Decimal
    receipt_number: str
    token: str


@dataclass(frozen=True)
class Payable:
    """An account as its payer sees it. `owed` is zero when nothing is owed."""

    customer: Customer
    masked_name: str
    owed: Decimal
    credit: Decimal
    due_on: date | None
    invoice: Invoice | None
    choices: list[tuple[int, Decimal]]
    """Months ahead, and what is paid with them: what is owed included."""
    accounts: list[GatewayAccount]
    bill: Bill | None = None
    """The bill of the link."""
    under_way: UnderWay | None = None
    """What is being paid online just now."""
    may_see: bool = True
    """Whether the link may lead to that payment: not one anybody gets who knows a phone number."""
    paid_with: list[PaidWith] = field(default_factory=list)
    """What paid it, newest first; of a link without a bill, the last payment when all is paid."""

    @property
    def is_used(self) -> bool:
        """What the link asks for is paid, or nothing is owed for it any more."""
        if self.bill is not None:
            return self.bill.left <= 0
        return self.owed <= 0 and bool(self.paid_with)

    @property
    def chosen(self) -> list[int]:
        """The bill to pay first, while there is something left to pay of it."""
        if self.invoice is None or self.bill is None or self.bill.left <= 0:
            return []
        return [self.invoice.pk]

    @property
    def least(self) -> Decimal:
        """The least a gateway takes."""
        return SMALLEST_ONLINE

    @property
    def owed_online(self) -> Decimal:
        """All that is owed, or the least a gateway takes: the rest of that becomes credit."""
        return max(self.owed, SMALLEST_ONLINE) if self.owed > 0 else ZERO

    @property
    def suggested(self) -> Decimal:
        """What is filled in: the bill of the link, else all that is owed, else one month.

        Less than a gateway takes is rounded up to its least; the rest becomes credit.
        """
        if self.invoice is not None and self.invoice.amount_due > 0:
            return max(Decimal(self.invoice.amount_due), SMALLEST_ONLINE)
        if self.owed > 0:
            return self.owed_online
        return self.choices[0][1] if self.choices else ZERO


@dataclass(frozen=True)
class Found:
    """An account found by its number or phone: masked, with the link that pays for it."""

    masked_name: str
    area: str
    owed: Decimal
    token: str


@dataclass(frozen=True)
class Progress:
    """What became of an attempt, for the page that waits for it."""

    attempt: PaymentAttempt
    receipt_token: str
    lines: list[LineWords]
    again: str
    """The link that lets the payer try once more."""
    sent_back: str
    """How far money that was not accepted is on its way back: "", "ON_ITS_WAY" or "DONE"."""
    remaining: Remaining | None
    """What is still owed after a payment; None before it, and when that is nothing."""

    @property
    def is_waiting(self) -> bool:
        return self.attempt.state in ("STARTED", "OPEN") or any(
            line.is_changing for line in self.lines
        )


def accounts() -> list[GatewayAccount]:
    """Return the ways to pay online that are switched on, in their order."""
    return list(
        GatewayAccount.objects.filter(is_enabled=True)
        .exclude(provider=GatewayAccount.Provider.NETCASH)
        .order_by("position", "pk")
    )


def payable(link: PayLink, *, at: datetime) -> Payable | None:
    """Return the account a link is for, or None when it no longer takes payments."""
    known = _living().select_related("account_state", "area")
    customer = known.filter(pk=merges.survivor_id(link.customer_id)).first()
    if customer is None:
        return None
    account_state = getattr(customer, "account_state", None) or AccountState(customer=customer)
    owed = max(ZERO, account_state.balance_amount)
    invoice = (
        Invoice.objects.filter(pk=link.invoice_id, customer=customer)
        .exclude(status=Invoice.Status.DRAFT)
        .first()
    )
    month = monthly.price(customer)
    return Payable(
        customer=customer,
        masked_name=masked_name(customer.name),
        owed=owed,
        credit=max(ZERO, -account_state.balance_amount),
        due_on=account_state.oldest_due_date if owed else None,
        invoice=invoice,
        choices=[(months, owed + months * month) for months in MONTHS_AHEAD] if month else [],
        accounts=accounts(),
        bill=_bill(invoice) if invoice is not None else None,
        under_way=under_way.of_customer(customer.pk, at=at),
        may_see=link.source is not Source.PAY_PAGE,
        paid_with=_paid_with(customer, invoice, link),
    )


def _bill(invoice: Invoice) -> Bill:
    spans = [line.span for line in invoice.lines.exclude(span=None).order_by("pk") if line.span]
    is_void = invoice.status == Invoice.Status.VOID
    return Bill(
        number=str(invoice.number),
        start=min((span.lower for span in spans), default=None),
        until=max((span.upper for span in spans), default=None),
        due_on=invoice.due_date,
        total=invoice.total_amount,
        left=ZERO if is_void else Decimal(invoice.amount_due),
        is_void=is_void,
    )


def _paid_with(customer: Customer, invoice: Invoice | None, link: PayLink) -> list[PaidWith]:
    """Return the payments to show the holder of a link.

    A link that anybody gets who knows a phone number (`PAY_PAGE`) shows none.
    """
    if link.source is Source.PAY_PAGE:
        return []
    payments = Payment.objects.filter(customer=customer, status=Payment.Status.COMPLETED)
    if invoice is not None:
        held = Allocation.objects.filter(invoice=invoice, released_at__isnull=True)
        payments = payments.filter(pk__in=held.values("payment"))
    newest = payments.order_by("-received_at", "-pk")[: MOST_FOUND if invoice is not None else 1]
    return [
        PaidWith(
            paid_on=clock.local_date(payment.received_at),
            amount=payment.amount,
            receipt_number=str(payment.receipt_number),
            token=receipts.token_of(payment),
        )
        for payment in newest
    ]


def is_number(typed: str) -> bool:
    """Tell whether somebody typed a customer number: those are in order, and soon guessed."""
    return typed.strip().upper().startswith("CT-")


def found(typed: str, *, digits: str, on: date) -> list[Found]:
    """Return the accounts a phone number names, or a customer number with its phone's last digits.

    Nothing for anything else.
    """
    customers = _living().filter(_named(typed)).order_by("pk").distinct()
    customers = customers.select_related("account_state", "area")
    if is_number(typed):
        ends = Q(phone__endswith=digits) | Q(alternate_phone__endswith=digits)
        ends |= Q(absorbed__phone__endswith=digits)
        customers = customers.filter(ends) if digits else customers.none()
    return [
        Found(
            masked_name=masked_name(customer.name),
            area=customer.area.name,
            owed=max(ZERO, customer.account_state.balance_amount),
            token=PayLink(customer.pk, on + AFTER_SEARCH, Source.PAY_PAGE).token(),
        )
        for customer in customers[:MOST_FOUND]
    ]


def progress(order: str, *, on: date) -> Progress | None:
    """Return how far an attempt is; None for an order that is none."""
    attempt = (
        PaymentAttempt.objects.select_related("account", "customer__account_state", "payment")
        .filter(order=order)
        .first()
    )
    if attempt is None:
        return None
    link = PayLink(attempt.customer_id, on + AFTER_SEARCH, Source(attempt.source))
    return Progress(
        attempt=attempt,
        receipt_token=receipts.token_of(attempt.payment) if attempt.payment else "",
        lines=_lines(attempt.payment) if attempt.payment else [],
        again=link.token(),
        sent_back=_sent_back(attempt),
        remaining=remaining.of(attempt.customer, on=on) if attempt.payment else None,
    )


def _sent_back(attempt: PaymentAttempt) -> str:
    if attempt.state != PaymentAttempt.State.REFUSED:
        return ""
    done, refused = GatewayRefund.State.DONE, GatewayRefund.State.REFUSED
    states = list(attempt.refunds.exclude(state=refused).values_list("state", flat=True))
    return "" if not states else "DONE" if done in states else "ON_ITS_WAY"


def _lines(payment: Payment) -> list[LineWords]:
    """Return the customer's lines in words, those that are to be open."""
    rows = Access.objects.filter(
        subscription__customer=payment.customer_id, desired_state=Access.State.OPEN
    ).order_by("pk")
    return [lines.line_words(access) for access in rows[:10]]


def _living() -> QuerySet[Customer]:
    return Customer.objects.filter(archived_at__isnull=True)


def _named(typed: str) -> Q:
    text = typed.strip()[:40]
    if is_number(text):
        number = text.upper()
        return Q(number=number) | Q(absorbed__number=number) | Q(absorbed__absorbed__number=number)
    try:
        phone = phones.normalise(text)
    except ValueError:
        return Q(pk=None)
    return Q(phone=phone) | Q(alternate_phone=phone)
