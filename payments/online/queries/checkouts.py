"""Online payments as staff see them (A-14): each attempt, what was said of it, what it needs."""

from ipaddress import ip_address
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from billing.allocation.models import Allocation
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from payments.online.models import GatewayCallback, GatewayRefund, PaymentAttempt
from payments.online.rules import attempts as rules

State = PaymentAttempt.State
Said = GatewayCallback.State
Row = TypeVar("Row", bound=Model)
SIZE = 50
_TO_LOOK_AT = Q(looked_at__isnull=True) & ~Q(odd="")


def visible_to(user: User) -> QuerySet[PaymentAttempt]:
    """Return the tries a member of staff may open; the only door to one."""
    if not user.is_console_user:
        return PaymentAttempt.objects.none()
    branch = branch_scope(user)
    attempts = PaymentAttempt.objects.all()
    return attempts if branch is None else attempts.filter(branch_id=branch)


def listed(
    attempts: QuerySet[PaymentAttempt], *, state: str = "", text: str = "", before: str = ""
) -> tuple[list[PaymentAttempt], str]:
    """Return a page, newest first, and the cursor of the next one ("" when it is the last).

    `text` is an order id, a gateway's or a bank's reference, or a customer number, in full.
    """
    if state == "REVIEW":
        attempts = attempts.filter(_to_decide())
    elif state == "LOOK":
        attempts = attempts.filter(_TO_LOOK_AT)
    elif state in State.values:
        attempts = attempts.filter(state=state)
    if text:
        word = text.strip()[:80]
        found = PaymentAttempt.objects.none()
        for column in ("order", "gateway_reference", "bank_reference", "customer__number"):
            found = found | attempts.filter(**{column: word})
        attempts = found
    return _page(attempts.select_related("customer", "account", "payment"), before)


def notices_visible_to(user: User) -> QuerySet[GatewayCallback]:
    """Return the messages of gateways a member of staff may see.

    What names no payment of ours belongs to no branch: a person who sees only one branch does not
    see it.
    """
    if not user.is_console_user:
        return GatewayCallback.objects.none()
    branch = branch_scope(user)
    messages = GatewayCallback.objects.all()
    return messages if branch is None else messages.filter(attempt__branch_id=branch)


def not_believed(
    messages: QuerySet[GatewayCallback], *, text: str = "", before: str = ""
) -> tuple[list[GatewayCallback], str]:
    """Return a page of what was not believed, newest first, and the cursor of the next one.

    Forged, about no payment of ours, or saying "paid" where the gateway itself knew nothing of
    it. `text` is the order it names or the address it came from, in full.
    """
    unbelieved = Q(state__in=[Said.REFUSED, Said.UNKNOWN])
    unconfirmed = Q(state=Said.DONE, words=rules.NOTHING_KNOWN)
    messages = messages.filter(unbelieved | unconfirmed)
    if word := text.strip()[:40]:
        named = Q(order=word)
        messages = messages.filter(named | Q(ip=word) if _is_address(word) else named)
    return _page(messages.select_related("account", "attempt"), before)


def _page(found: QuerySet[Row], before: str) -> tuple[list[Row], str]:
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: SIZE + 1])
    return rows[:SIZE], str(rows[SIZE - 1].pk) if len(rows) > SIZE else ""


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def paid_bills(attempt: PaymentAttempt) -> QuerySet[Allocation]:
    """Return what the payment of an attempt pays, the latest bill first."""
    held = Allocation.objects.filter(payment=attempt.payment_id, released_at__isnull=True)
    return held.select_related("invoice").order_by("-invoice__due_date", "-invoice_id")


def undecided(branch_id: int | None) -> QuerySet[PaymentAttempt]:
    """Return what waits for a person: to be credited or not, or to be sent back."""
    waiting = PaymentAttempt.objects.filter(_to_decide())
    return waiting if branch_id is None else waiting.filter(branch_id=branch_id)


def to_look_at(branch_id: int | None) -> QuerySet[PaymentAttempt]:
    """Return what was credited by itself, but not as its payer meant it."""
    odd = PaymentAttempt.objects.filter(_TO_LOOK_AT)
    return odd if branch_id is None else odd.filter(branch_id=branch_id)


def not_sent_back(attempts: QuerySet[PaymentAttempt]) -> QuerySet[PaymentAttempt]:
    """Return those that were not accepted and whose money is still here."""
    return attempts.filter(_not_sent_back())


def odd(attempts: QuerySet[PaymentAttempt]) -> QuerySet[PaymentAttempt]:
    """Return those that were credited by themselves but not as meant, and nobody looked at."""
    return attempts.filter(_TO_LOOK_AT)


def _not_sent_back() -> Q:
    sent = GatewayRefund.objects.filter(attempt=OuterRef("pk")).exclude(
        state=GatewayRefund.State.REFUSED
    )
    return Q(state=State.REFUSED) & ~Q(Exists(sent))


def _to_decide() -> Q:
    doubted = GatewayRefund.objects.filter(attempt=OuterRef("pk"), state=GatewayRefund.State.DOUBT)
    return Q(state__in=PaymentAttempt.UNDECIDED) | _not_sent_back() | Q(Exists(doubted))
