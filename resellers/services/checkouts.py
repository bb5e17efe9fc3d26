"""Top up a wallet online: a try is written down, opened at the gateway, and credited by its answer.

What a notice or a returning browser says is believed by nobody: the gateway is asked, and only an
answer about this very order, with the amount and currency asked for, becomes a top-up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.allocation.rules.accounts import CLEARING_OF
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from payments.online.models import GatewayAccount
from payments.online.rules import attempts as rules
from payments.online.services import accounts, other_orders
from payments.online.services.other_orders import Answer, Found, New, NotOpened
from resellers.models import Checkout, Reseller, Transfer
from resellers.services import sending_back, transfers

State = Checkout.State


class OtherCurrency(DomainError):
    """What was held was paid in another currency: it is no amount of a wallet."""


class CheckoutDecided(Stale):
    """What was held was accepted or refused before."""


@dataclass(frozen=True)
class Asked:
    """What a partner wants to bring, and by which account of ours at a gateway."""

    reseller: Reseller
    account: GatewayAccount
    amount: Decimal
    key: str
    """The form's key: the same again is the same try."""
    client_ip: str = ""
    language: str = "en"


def start(*, asked: Asked, act: Act[User]) -> Checkout:
    """Return a try with the address of its payment page; calls the gateway.

    Raises TransferRefused, NotOpened. Never inside a transaction.
    """
    made = _write(asked, act=act)
    if made.state != State.STARTED:
        return made
    reseller = asked.reseller
    try:
        opened = other_orders.open_order(
            asked.account,
            New(
                order=made.order,
                amount=made.amount,
                currency=made.currency,
                description=f"Top-up {reseller.number}",
                expires_at=made.expires_at,
                number=reseller.number,
                name=reseller.name,
                phone=reseller.phone,
                email=reseller.email,
                city=reseller.branch.name,
                client_ip=asked.client_ip,
                language=asked.language,
            ),
            at=act.at,
        )
    except NotOpened:
        Checkout.objects.filter(pk=made.pk, state=State.STARTED).update(state=State.FAILED)
        raise
    Checkout.objects.filter(pk=made.pk, state=State.STARTED).update(
        state=State.OPEN, session_key=opened.session_key, redirect_url=opened.redirect_url
    )
    made.refresh_from_db()
    return made


@transaction.atomic
def _write(asked: Asked, *, act: Act[User]) -> Checkout:
    """Write a try down, or return the one this form made."""
    trail.begin(act=act.because("a top-up was started online"))
    reseller = Reseller.objects.select_for_update(of=("self",), no_key=True).get(
        pk=asked.reseller.pk
    )
    earlier = Checkout.objects.filter(key=asked.key, reseller=reseller).first()
    if earlier is not None:
        return earlier
    transfers.refuse_top_up(reseller, asked.amount)
    made = Checkout.objects.create(
        order=rules.new_order(accounts.gateway_of(asked.account).order_length),
        account=asked.account,
        reseller=reseller,
        amount=asked.amount,
        currency=Company.current().currency,
        key=asked.key,
        started_by=act.actor,
        started_at=act.at,
        expires_at=act.at + rules.LIFE,
        next_check_at=act.at + rules.FIRST_CHECK,
    )
    _note(made, "reseller.checkout_started", act=Act(act.actor, act.at))
    return made


def ask(checkout: Checkout, *, at: datetime) -> Checkout:
    """Ask the gateway what became of a try and apply it; never inside a transaction."""
    transfer = checkout.transfer
    known = other_orders.known(
        order=checkout.order,
        session_key=checkout.session_key,
        amount=checkout.amount,
        currency=checkout.currency,
        reference=checkout.gateway_reference,
    )
    carries_out = checkout.is_claimed and transfer is None
    answer = other_orders.ask(checkout.account, known, is_claimed=carries_out, at=at)
    return apply(checkout_id=checkout.pk, answer=answer, at=at)


@transaction.atomic
def apply(*, checkout_id: int, answer: Answer | None, at: datetime) -> Checkout:
    """Move a try to what the gateway says (None: it said nothing); the same twice is once."""
    act: Act[User | None] = Act(None, at, reason="answer of the gateway about a top-up")
    trail.begin(act=act)
    row = (
        Checkout.objects.select_for_update(of=("self",))
        .select_related("account", "reseller", "transfer", "started_by")
        .get(pk=checkout_id)
    )
    row.checks += 1
    row.next_check_at = _next(row, at=at, is_down=answer is None)
    if answer is not None and answer.order == row.order:
        if answer.is_paid and row.state in Checkout.UNPAID:
            _paid(row, answer, act=act)
        elif answer.is_over:
            _over(row, answer, act=act)
    if row.is_waiting and at >= row.expires_at:
        row.state = State.EXPIRED
    row.save()
    return row


@transaction.atomic
def decide(*, checkout: Checkout, accepts: bool, act: Act[User]) -> Checkout:
    """Credit what was held as it came, or refuse it: then it goes back the way it came.

    What was paid in another currency is no amount of these books: it is sent back at the gateway's
    own pages, and nothing is booked. Raises CheckoutDecided, OtherCurrency, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    row = (
        Checkout.objects.select_for_update(of=("self",))
        .select_related("account", "reseller", "started_by")
        .get(pk=checkout.pk)
    )
    if row.state != State.HELD or row.paid_amount is None:
        raise CheckoutDecided(_("This payment was decided about before."))
    if accepts and _is_other_currency(row):
        raise OtherCurrency(_("It was paid in another currency. Refuse it, and send it back."))
    if accepts:
        _credit(row, row.paid_amount, Transfer.Method.CARD, row.gateway_reference, act=act)
    else:
        row.state = State.REFUSED
        if not _is_other_currency(row):
            sending_back.begin(row, reason=act.reason, act=act)
    row.save()
    _note(row, "reseller.checkout_decided", act=act)
    return row


def ask_due(*, at: datetime, most: int = 200) -> int:
    """Ask about every try whose time has come; return how many."""
    due = Checkout.objects.filter(next_check_at__lte=at).order_by("next_check_at", "pk")
    found = list(due.select_related("account", "transfer")[:most])
    for one in found:
        ask(one, at=at)
    return len(found)


def find(account: GatewayAccount, order: str) -> Found | None:
    """Find a try by what a gateway or a returning browser calls it (`other_orders`)."""
    row = Checkout.objects.filter(account=account, order=order).first()
    if row is None:
        return None
    return Found(row.pk, row.session_key, reverse("reseller:checkout", args=[row.order]))


def heard(pk: int, is_claimed: bool, at: datetime) -> str:
    """Ask about a try that a gateway or a browser spoke of (`other_orders`)."""
    row = Checkout.objects.select_related("account", "transfer").get(pk=pk)
    if is_claimed and row.state == State.SETTLED:
        return "already settled"
    if is_claimed and not row.is_claimed:
        Checkout.objects.filter(pk=pk).update(is_claimed=True)
        row.is_claimed = True
    return f"the top-up is {ask(row, at=at).state}"


def _paid(row: Checkout, answer: Answer, *, act: Act[User | None]) -> None:
    if not answer.reference or answer.amount is None or _is_used(row, answer):
        row.words = "the payment named is another one's"
        return
    row.gateway_reference, row.paid_amount = answer.reference[:80], answer.amount
    row.bank_reference = answer.bank_reference[:80]
    is_exact = (answer.amount, answer.currency) == (row.amount, row.currency)
    if not is_exact or answer.is_risky:
        row.state, row.words = State.HELD, f"{answer.currency} {answer.amount} {answer.words}"[:300]
        _note(row, "reseller.checkout_held", act=act)
        return
    method = answer.method if answer.method in Transfer.Method.values else Transfer.Method.CARD
    _credit(row, answer.amount, method, answer.bank_reference or answer.reference, act=act)


def _credit(
    row: Checkout, amount: Decimal, method: str, reference: str, *, act: Act[User | None]
) -> None:
    row.transfer = transfers.arrive(
        reseller=row.reseller,
        amount=amount,
        method=method,
        account_no=int(CLEARING_OF[row.account.provider]),
        reference=reference,
        key=f"gateway-{row.order}",
        by=row.started_by,
        act=act,
    )
    row.state, row.words = State.SETTLED, ""
    row.next_check_at = max(row.expires_at, act.at + rules.LIFE)  # a bank may still take it back


def _over(row: Checkout, answer: Answer, *, act: Act[User | None]) -> None:
    """A try that was not paid; or one that was credited and has gone back after all."""
    if row.state in (State.STARTED, State.OPEN):
        row.state, row.words = State.FAILED, answer.words[:300]
    elif row.transfer is not None and answer.reference in ("", row.gateway_reference):
        row.next_check_at = None
        if row.transfer.status == Transfer.Status.CONFIRMED:
            why = f"declined by the gateway afterwards: {answer.words}".strip(": ")
            transfers.take_back(transfer=row.transfer, act=act.because(why))


def _is_other_currency(row: Checkout) -> bool:
    return not row.words.startswith(f"{row.currency} ")


def _is_used(row: Checkout, answer: Answer) -> bool:
    others = Checkout.objects.filter(account=row.account, gateway_reference=answer.reference)
    return others.exclude(pk=row.pk).exists()


def _next(row: Checkout, *, at: datetime, is_down: bool) -> datetime | None:
    if at < row.expires_at and row.state in Checkout.UNPAID:
        return rules.next_check(at=at, checks=row.checks, is_down=is_down)
    days_over = (at - row.expires_at) // timedelta(days=1)
    is_done = row.state == State.HELD or days_over >= rules.LATE_CHECKS
    return None if is_done else at + timedelta(days=1)


def _note(row: Checkout, action: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=row.reseller,
        after={"amount": row.amount, "order": row.order, "state": str(row.state)},
    )
