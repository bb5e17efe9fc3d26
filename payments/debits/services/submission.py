"""Send mandates to NetCash for the customer to sign; a lost answer never sends one twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from customers.models import Customer, Subscription
from ispbill.audit.services import trail
from ispbill.core import clock, faults, phones
from ispbill.core.acts import Act
from payments.debits.models import Mandate
from payments.debits.services import mandates, methods, notices
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import (
    AccountKind,
    BankDetails,
    Frequency,
    MandateOrder,
    NetcashDown,
    NetcashRefused,
    WrongKey,
)
from payments.online.models import PaymentMethod

State = Mandate.State
REGION = "ZA"  # numbers are dialled as in South Africa, wherever the company is
AGAIN_AFTER = timedelta(minutes=15)
FREQUENCIES = {
    Mandate.Frequency.MONTHLY: Frequency.MONTHLY,
    Mandate.Frequency.QUARTERLY: Frequency.THREE_MONTHLY,
    Mandate.Frequency.ANNUALLY: Frequency.ANNUALLY,
}


@dataclass
class Asked:
    """What a round of asking came to."""

    sent: int = 0
    failed: int = 0
    later: int = 0


def send_waiting(*, netcash: Netcash, at: datetime) -> Asked:
    """Send every mandate that waits for it; each in its own transactions."""
    asked = Asked()
    waiting = Mandate.objects.filter(
        state=State.PENDING, unsure_since__isnull=True, next_attempt_at__lte=at
    ).order_by("pk")
    for mandate in waiting.select_related("customer", "method"):
        result = _send(mandate, netcash=netcash, at=at)
        if result == State.SENT:
            asked.sent += 1
        elif result == State.FAILED:
            asked.failed += 1
        else:
            asked.later += 1
    return asked


def bank_details(method: PaymentMethod) -> BankDetails:
    """Return a bank account in clear, for NetCash's eyes."""
    given = methods.details_of(method)
    return BankDetails(
        holder=method.holder,
        number=given["number"],
        branch_code=given["branch_code"],
        kind=AccountKind[given["kind"]],
    )


def _send(mandate: Mandate, *, netcash: Netcash, at: datetime) -> str:
    bank = bank_details(mandate.method)
    try:
        doubt = _doubt(bank, netcash)
    except (WrongKey, NetcashDown) as error:
        return _later(mandate, str(error), at=at)
    except NetcashRefused as error:
        return _fail(mandate, str(error), at=at)
    if doubt:
        return _fail(mandate, doubt, at=at)
    if not _claim(mandate, at=at):
        return ""
    faults.point("payments.debits.mandate_claimed")
    try:
        asked = netcash.add_mandate(_order(mandate, bank, at=at))
    except NetcashDown as error:
        if error.was_sent:
            return ""  # unsure_since stays: the mandate list will tell
        return _later(mandate, str(error), at=at)
    except WrongKey as error:
        return _later(mandate, str(error), at=at)
    except NetcashRefused as error:
        return _fail(mandate, str(error), at=at)
    faults.point("payments.debits.mandate_asked")
    return _sent(mandate, url=asked.url, tracking=asked.tracking, at=at)


def _doubt(bank: BankDetails, netcash: Netcash) -> str:
    """Return what is wrong with an account number; "" when nothing is, or nobody can tell."""
    try:
        verdict = netcash.validate_account(bank.number, bank.branch_code, bank.kind)
    except WrongKey as error:
        if error.code:
            raise
        return ""  # no key for this service: NetCash itself judges the mandate
    return "" if verdict.is_valid else verdict.words


@transaction.atomic
def _claim(mandate: Mandate, *, at: datetime) -> bool:
    """Note that it is about to be sent; from now on only the list may say it never arrived."""
    trail.begin(act=Act(None, at, reason="mandate being sent"))
    now = mandates.locked(mandate)
    if now.state != State.PENDING or now.unsure_since is not None:
        return False
    now.unsure_since, now.attempts = at, now.attempts + 1
    now.save(update_fields=["unsure_since", "attempts"])
    return True


@transaction.atomic
def _sent(mandate: Mandate, *, url: str, tracking: str, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="mandate sent for signature"))
    now = mandates.locked(mandate)
    if now.state != State.PENDING:
        return now.state
    note_sent(now, url=url, tracking=tracking, at=at)
    return State.SENT


def note_sent(mandate: Mandate, *, url: str, tracking: str, at: datetime) -> None:
    """Write that a locked mandate is with the customer now, and tell them."""
    mandate.state, mandate.unsure_since, mandate.next_attempt_at = State.SENT, None, None
    mandate.state_reason = ""
    mandate.url, mandate.tracking = url[:300], tracking[:80]
    mandate.save(
        update_fields=[
            "state",
            "state_reason",
            "unsure_since",
            "next_attempt_at",
            "url",
            "tracking",
        ]
    )
    mandates.record("mandate.sent", mandate, act=Act(None, at))
    notices.to_sign(mandate, at=at)


@transaction.atomic
def _later(mandate: Mandate, words: str, *, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="NetCash could not be asked"))
    now = mandates.locked(mandate)
    if now.state != State.PENDING:
        return now.state
    now.unsure_since, now.attempts = None, now.attempts + 1
    now.next_attempt_at, now.state_reason = at + AGAIN_AFTER * min(now.attempts, 8), words[:200]
    now.save(update_fields=["unsure_since", "attempts", "next_attempt_at", "state_reason"])
    return ""


@transaction.atomic
def _fail(mandate: Mandate, words: str, *, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="mandate refused by NetCash"))
    now = mandates.locked(mandate)
    if now.state != State.PENDING:
        return now.state
    mandates.end(now, state=State.FAILED, act=Act(None, at, reason=words))
    notices.not_possible(now, at=at)
    return State.FAILED


def _order(mandate: Mandate, bank: BankDetails, *, at: datetime) -> MandateOrder:
    customer, on = mandate.customer, clock.local_date(at)
    is_consumer = customer.kind == Customer.Kind.RESIDENTIAL
    first, _space, last = customer.name.rpartition(" ")
    return MandateOrder(
        account_reference=mandate.account_reference,
        name=customer.name,
        amount=_usual(mandate),
        agreement_date=on,
        agreement_reference=mandate.account_reference,
        commencement_month=on.month,
        debit_day=f"{mandate.debit_day:02d}",
        mobile=_mobile(customer),
        email=customer.email,
        is_consumer=is_consumer,
        first_name=(first or last) if is_consumer else "",
        surname=last if is_consumer else "",
        trading_name="" if is_consumer else customer.name,
        registered_name="" if is_consumer else customer.name,
        frequency=FREQUENCIES[Mandate.Frequency(mandate.frequency)],
        bank=bank,
        extras=(mandate.account_reference,),
    )


def _usual(mandate: Mandate) -> Decimal:
    """Return what a month usually comes to; never more than the ceiling, never nothing."""
    price = Subscription.objects.filter(
        customer=mandate.customer_id, status=Subscription.Status.ACTIVE
    ).aggregate(sum=Sum("price_amount"))["sum"]
    return min(price, mandate.ceiling_amount) if price else mandate.ceiling_amount


def _mobile(customer: Customer) -> str:
    return "".join(filter(str.isdigit, phones.national(customer.phone, region=REGION)))
