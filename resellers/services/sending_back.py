"""Send back at the gateway what was paid for a top-up that was refused: once, and whole.

From the refusal on the books say that the gateway holds it and that it is owed (2340); once it is
sent back, neither. What the gateway refuses, or cannot be asked for, a person sends back at the
gateway's own pages and says so here.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.online.rules import attempts as rules
from payments.online.services import other_orders, owed_back
from payments.online.services.other_orders import Paid, Told
from resellers.models import Checkout, CheckoutRefund

State = CheckoutRefund.State
SOURCE_REFUSED, SOURCE_REFUND = "partner_checkout", "partner_refund"


class NotSentBack(DomainError):
    """The gateway cannot be asked for it, or the number of the refund is missing."""


def begin(checkout: Checkout, *, reason: str, act: Act[User]) -> CheckoutRefund:
    """Book that the money of a refused top-up (locked) is owed, and have it sent back."""
    amount = checkout.paid_amount
    if amount is None:
        raise ValueError("nothing was paid")
    _post(checkout, "TOPUP_REFUSED", SOURCE_REFUSED, checkout.pk, amount, act=act)
    can_ask = other_orders.can_send_back(checkout.account)
    row = CheckoutRefund.objects.create(
        checkout=checkout,
        order=rules.new_order(30),
        amount=amount,
        requested_at=act.at,
        next_check_at=act.at if can_ask else None,
        state=State.REQUESTED if can_ask else State.DOUBT,
        words="" if can_ask else reason[:300],
    )
    if can_ask:
        jobs.after_commit("resellers.send_back", refund_id=row.pk)
    return row


def follow_due(*, at: datetime, most: int = 200) -> int:
    """Take every refund whose time has come one step on; return how many there were."""
    due = CheckoutRefund.objects.filter(next_check_at__lte=at).order_by("next_check_at", "pk")
    found = list(due.values_list("pk", flat=True)[:most])
    for refund_id in found:
        follow(refund_id=refund_id, at=at)
    return len(found)


def follow(*, refund_id: int, at: datetime) -> str:
    """Ask for a refund, or how far it is; return its state. Never inside a transaction."""
    rows = CheckoutRefund.objects.select_related("checkout__account")
    row = rows.get(pk=refund_id)
    if row.next_check_at is None:
        return row.state
    checkout = row.checkout
    paid = Paid(
        currency=checkout.currency,
        reason="refused top-up",
        reference=checkout.gateway_reference,
        bank_reference=checkout.bank_reference,
        session_key=checkout.session_key,
    )
    told = other_orders.send_back(checkout.account, row, paid, at=at)
    return _apply(row.pk, told, at=at) if told is not None else row.state


@transaction.atomic
def _apply(refund_id: int, told: Told, *, at: datetime) -> str:
    act: Act[User | None] = Act(None, at, reason="answer of the gateway about a refund")
    trail.begin(act=act)
    row = _locked(refund_id)
    if row.state not in (State.REQUESTED, State.PROCESSING):
        return row.state
    is_sent_back = other_orders.take_in(row, told, at=at)
    if is_sent_back:
        _end(row, act=act)
    elif is_sent_back is False or row.state == State.DOUBT:
        row.state, row.next_check_at = State.DOUBT, None
        row.save()
        _note(row, "reseller.top_up_not_sent_back", act=act)
    else:
        row.save()
    return row.state


@transaction.atomic
def was_sent(*, refund: CheckoutRefund, reference: str, act: Act[User]) -> CheckoutRefund:
    """Note that somebody sent it back at the gateway's pages, under the number it gave there.

    Raises NotSentBack, Stale.
    """
    trail.begin(act=act.because("a top-up was sent back by hand"))
    row = _doubted(refund)
    if not reference.strip():
        raise NotSentBack(_("Give the number the gateway gave the refund."))
    row.gateway_reference, row.is_sent = reference.strip()[:80], True
    return _end(row, act=act)


@transaction.atomic
def send_again(*, refund: CheckoutRefund, act: Act[User]) -> CheckoutRefund:
    """Ask the gateway once more: its pages do not have it.

    Raises NotSentBack, ReasonMissing, Stale.
    """
    act = trail.begin_with_reason(act=act)
    row = _doubted(refund)
    if not other_orders.can_send_back(row.checkout.account):
        raise NotSentBack(_("This gateway sends money back only at its own pages."))
    row.is_cleared, row.state, row.next_check_at, row.checks = True, State.PROCESSING, act.at, 0
    row.save()
    _note(row, "reseller.top_up_sent_again", act=act)
    jobs.after_commit("resellers.send_back", refund_id=row.pk)
    return row


def _end(row: CheckoutRefund, *, act: Act) -> CheckoutRefund:
    row.state, row.next_check_at, row.ended_at = State.DONE, None, act.at
    row.save()
    _post(row.checkout, "TOPUP_SENT_BACK", SOURCE_REFUND, row.pk, -row.amount, act=act)
    _note(row, "reseller.top_up_sent_back", act=act)
    return row


def _locked(refund_id: int) -> CheckoutRefund:
    rows = CheckoutRefund.objects.select_for_update(of=("self",))
    return rows.select_related("checkout__account", "checkout__reseller").get(pk=refund_id)


def _doubted(refund: CheckoutRefund) -> CheckoutRefund:
    row = _locked(refund.pk)
    if row.state != State.DOUBT:
        raise Stale(_("This was decided about before."))
    return row


def _post(
    checkout: Checkout, kind: str, source: str, source_id: int, amount: Decimal, *, act: Act
) -> None:
    fact = owed_back.Fact(kind, source, source_id, checkout.reseller.branch_id)
    provider = checkout.account.provider
    owed_back.book(fact, amount, provider=provider, order=checkout.order, act=act)


def _note(row: CheckoutRefund, action: str, *, act: Act) -> None:
    reseller = row.checkout.reseller
    events.record(
        act=act,
        action=action,
        target=reseller,
        after={"amount": row.amount, "order": row.checkout.order, "words": row.words},
    )
