"""Online payments as staff see them (A-14): each try, what was said of it, what it needs."""

from django.db.models import QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from payments.models import PaymentAttempt

State = PaymentAttempt.State
SIZE = 50


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
        attempts = attempts.filter(state__in=PaymentAttempt.UNDECIDED)
    elif state in State.values:
        attempts = attempts.filter(state=state)
    if text:
        word = text.strip()[:80]
        found = PaymentAttempt.objects.none()
        for column in ("order", "gateway_reference", "bank_reference", "customer__number"):
            found = found | attempts.filter(**{column: word})
        attempts = found
    if before.isascii() and before.isdigit() and len(before) < 19:
        attempts = attempts.filter(pk__lt=int(before))
    rows = list(
        attempts.select_related("customer", "account", "payment").order_by("-pk")[: SIZE + 1]
    )
    return rows[:SIZE], str(rows[SIZE - 1].pk) if len(rows) > SIZE else ""


def undecided(branch_id: int | None) -> QuerySet[PaymentAttempt]:
    """Return what waits for a person."""
    waiting = PaymentAttempt.objects.filter(state__in=PaymentAttempt.UNDECIDED)
    return waiting if branch_id is None else waiting.filter(branch_id=branch_id)
