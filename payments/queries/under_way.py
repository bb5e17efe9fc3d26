"""Payments that were started and have not ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from payments.models import Payment, PaymentAttempt
from payments.queries import debits
from payments.rules import attempts as rules

# A gateway that has not said a word for so long will not say one: the customer did not pay.
FORGOTTEN_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class UnderWay:
    """An online payment whose end is not known; `amount` in the company's currency.

    `is_here`: the gateway has the money, and a person of ours looks at it. `is_claimed`: somebody
    believable says it was paid. Neither: its page is open, and may be gone on with.
    """

    order: str
    amount: Decimal
    gateway: str
    since: datetime
    is_here: bool
    is_claimed: bool

    @property
    def may_continue(self) -> bool:
        return not self.is_here and not self.is_claimed


def of_customer(customer_id: int, *, at: datetime) -> UnderWay | None:
    """Return the online payment of a customer that is under way, the most certain one; or None.

    An open page counts for as long as the same wish would go on with it. Also read as the portal
    role: only columns it may read are asked for.
    """
    rows = _open(at).filter(customer=customer_id).order_by("-pk").values_list(
        "order", Coalesce("paid_amount", "amount"), "account__name",
        Coalesce("paid_at", "started_at"), "state", "claimed_at",
    )  # fmt: skip
    tries = [
        UnderWay(
            order=order,
            amount=amount,
            gateway=gateway,
            since=since,
            is_here=state in PaymentAttempt.UNDECIDED,
            is_claimed=claimed_at is not None,
        )
        for order, amount, gateway, since, state, claimed_at in rows
    ]
    return max(tries, key=lambda one: (one.is_here, one.is_claimed), default=None)


def exists(*, at: datetime) -> Exists:
    """Return whether `of_customer` has something to say, as a column of customers."""
    return Exists(_open(at).filter(customer=OuterRef("pk")))


def _open(at: datetime) -> QuerySet[PaymentAttempt]:
    young = Q(state=PaymentAttempt.State.OPEN, started_at__gt=at - rules.REOPENED_WITHIN)
    claimed = Q(state__in=PaymentAttempt.UNPAID, claimed_at__gt=at - FORGOTTEN_AFTER)
    return PaymentAttempt.objects.filter(young | claimed | Q(state__in=PaymentAttempt.UNDECIDED))


def who_is_paying(customer_ids: Sequence[int], *, on: date) -> set[int]:
    """Return those of the customers whose money may be on its way on a company day.

    Pending payments; debit orders the bank has not answered; online payments somebody believable
    says were made and the gateway has not denied; and those that wait for a person of ours. Merely
    opening a payment page protects nobody.
    """
    pending = Payment.objects.filter(
        customer__in=customer_ids,
        status=Payment.Status.PENDING,
        posted_on__gt=on - FORGOTTEN_AFTER,
    )
    claimed = Q(state__in=PaymentAttempt.UNPAID, claimed_at__date__gt=on - FORGOTTEN_AFTER)
    held = PaymentAttempt.objects.filter(
        claimed | Q(state__in=PaymentAttempt.UNDECIDED), customer__in=customer_ids
    )
    debited = debits.being_debited(customer_ids, on=on)
    named = [rows.order_by().values_list("customer_id") for rows in (pending, held, debited)]
    return {row[0] for row in named[0].union(*named[1:])}
