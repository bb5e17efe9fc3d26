"""Orders at a gateway that are no customer's payment: a partner's top-up, say.

Payments knows no partners. Whoever asks a gateway for money of another kind opens its order here,
and registers how it is found again by what the gateway and a returning browser say. As with a
customer's payment nothing said is believed: the gateway itself is asked, outside any transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.contract import (
    Hint,
    Known,
    Order,
    RefundOrder,
    RefundOutcome,
    RefundState,
    Verdict,
)
from payments.online.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials
from payments.online.models import GatewayAccount
from payments.online.models.refund import MoneyBack
from payments.online.services import accounts, refunding


class NotOpened(DomainError):
    """The gateway opened no page: nothing was taken."""


@dataclass(frozen=True)
class New:
    """What is asked of whom; `amount` in `currency`, `order` random and ours."""

    order: str
    amount: Decimal
    currency: str
    description: str
    expires_at: datetime
    number: str
    name: str
    phone: str
    email: str
    city: str
    client_ip: str
    language: str


@dataclass(frozen=True)
class Opened:
    """Where to send the payer, and the gateway's own id of it."""

    redirect_url: str
    session_key: str


@dataclass(frozen=True)
class Answer:
    """What the gateway itself says of an order (`contract.Outcome`, for the floors above)."""

    is_paid: bool
    is_over: bool
    """It is not paid, and will not be."""
    order: str
    reference: str
    bank_reference: str
    amount: Decimal | None
    currency: str
    method: str
    is_risky: bool
    words: str


@dataclass(frozen=True)
class Found:
    """An order of another kind: `page` is where its payer's browser goes back to."""

    pk: int
    session_key: str
    page: str


@dataclass(frozen=True)
class Paid:
    """A payment that is to go back, as its gateway knows it."""

    currency: str
    reason: str
    reference: str
    bank_reference: str
    session_key: str


Told = RefundOutcome
"""What a gateway says of money that is to go back; opaque to the floors above."""

Find = Callable[[GatewayAccount, str], Found | None]
Heard = Callable[[int, bool, datetime], str]
_kinds: list[tuple[Find, Heard]] = []


def register(find: Find, heard: Heard) -> None:
    """Let an app take part: how its order is found, and what it does when one is spoken of.

    `heard` takes the order's id, whether somebody who knows says that it is paid, and the moment;
    it asks the gateway and returns in a word what came of it.
    """
    _kinds.append((find, heard))


def open_order(account: GatewayAccount, new: New, *, at: datetime) -> Opened:
    """Open an order's page at the gateway. Raises NotOpened."""
    refuse_transaction("a gateway")
    back = reverse("public_payments:gateway-return", args=[account.slug, "x"]).removesuffix("x/")
    notice = reverse("public_payments:gateway-notice", args=[account.slug])
    order = Order(
        order=new.order,
        amount=new.amount,
        currency=new.currency,
        description=new.description,
        return_url=f"{settings.PUBLIC_URL}{back}",
        notice_url=f"{settings.PUBLIC_URL}{notice}",
        expires_at=new.expires_at,
        customer_number=new.number,
        customer_name=new.name,
        customer_phone=new.phone,
        customer_email=new.email,
        customer_address=new.city,
        customer_city=new.city,
        client_ip=new.client_ip,
        language=new.language,
    )
    try:
        started = accounts.gateway_of(account, at=at).start(order)
    except (GatewayDown, GatewayRefused) as error:
        raise NotOpened(
            _("The payment page cannot be reached now. Nothing was taken; try again in a minute.")
        ) from error
    return Opened(started.redirect_url, started.session_key)


def ask(account: GatewayAccount, known: Known, *, is_claimed: bool, at: datetime) -> Answer | None:
    """Ask about an order; None when the gateway gave no answer.

    `is_claimed`: the payer has agreed at the gateway, which may have to carry it out now.
    """
    refuse_transaction("a gateway")
    gateway = accounts.gateway_of(account, at=at)
    try:
        if is_claimed:
            claim = Hint(order=known.order, claim=Verdict.PAID, is_genuine=True)
            outcome = gateway.confirm(known, claim)
        else:
            outcome = gateway.query(known)
    except (GatewayDown, GatewayRefused):
        return None
    return Answer(
        is_paid=outcome.verdict is Verdict.PAID,
        is_over=outcome.verdict in (Verdict.FAILED, Verdict.CANCELLED, Verdict.EXPIRED),
        order=outcome.order,
        reference=outcome.reference,
        bank_reference=outcome.bank_reference,
        amount=outcome.amount,
        currency=outcome.currency,
        method=outcome.method,
        is_risky=outcome.is_risky,
        words=outcome.words,
    )


def can_send_back(account: GatewayAccount) -> bool:
    """Tell whether an account's gateway takes money back through its interface."""
    return accounts.gateway_of(account).can_refund


def send_back(account: GatewayAccount, row: MoneyBack, paid: Paid, *, at: datetime) -> Told | None:
    """Ask the gateway to send money back, or how far it is; None when it gave no answer.

    Sent once, with the same care as a customer's refund (`refunding`).
    """
    refuse_transaction("a gateway")
    order = RefundOrder(
        order=row.order,
        amount=row.amount,
        currency=paid.currency,
        reason=paid.reason,
        gateway_reference=paid.reference,
        bank_reference=paid.bank_reference,
        session_key=paid.session_key,
    )
    try:
        return refunding.asked(accounts.gateway_of(account, at=at), order, row)
    except (GatewayDown, WrongCredentials) as error:
        refunding.wait(row, at=at, words=str(error))
        return None


def take_in(row: MoneyBack, told: Told, *, at: datetime) -> bool | None:
    """Take what a gateway told into a locked row (not saved): True sent back, False never will be.

    None: not known yet; it is asked again, or the row is in doubt.
    """
    if not refunding.heard(row, told, at=at):
        return None
    return told.state is RefundState.DONE


def known(*, order: str, session_key: str, amount: Decimal, currency: str, reference: str) -> Known:
    """Return what an adapter may know of an order."""
    return Known(order, session_key, amount, currency, reference)


def page_of(account: GatewayAccount, order: str) -> str:
    """Return where the payer of another kind of order goes back to, "" for none."""
    found = _find(account, order)
    return found[0].page if found is not None else ""


def hear(account: GatewayAccount, hint: Hint, *, at: datetime) -> str | None:
    """Let whose order it is look at what was said; None when it is nobody's.

    Believed so far that the gateway is asked: what is signed, or knows the gateway's own id.
    """
    found = _find(account, hint.order)
    if found is None:
        return None
    order, heard = found
    knows = bool(hint.is_genuine) or (bool(hint.reference) and hint.reference == order.session_key)
    if hint.is_genuine is False or not knows:
        return "not known to come from the gateway"
    return heard(order.pk, hint.claim is Verdict.PAID, at)


def _find(account: GatewayAccount, order: str) -> tuple[Found, Heard] | None:
    if not order or len(order) > 30 or "\x00" in order:
        return None
    for find, heard in _kinds:
        found = find(account, order)
        if found is not None:
            return found, heard
    return None
