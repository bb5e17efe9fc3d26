"""Payments that were started and have not ended."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from billing.dunning.queries.under_way import FORGOTTEN_AFTER
from customers.models import Customer
from payments.online.models import PaymentAttempt
from payments.online.rules import attempts as rules


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

    An open page counts for as long as the same request would go on with it. Also read as the portal
    role: only columns it may read are asked for.
    """
    rows = (
        _open(at)
        .filter(customer=customer_id)
        .order_by("-pk")
        .values_list(
            "order",
            Coalesce("paid_amount", "amount"),
            "account__name",
            Coalesce("paid_at", "started_at"),
            "state",
            "claimed_at",
        )
    )
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


def noted(accounts: QuerySet[Customer], *, at: datetime) -> QuerySet[Customer]:
    """Return the accounts, each with whether a payment of it is under way, for `seen`."""
    return accounts.annotate(is_paying=exists(at=at))


def seen(customer: Customer, *, at: datetime) -> UnderWay | None:
    """Return the payment of an own account that is under way; most of the time there is none."""
    is_paying = getattr(customer, "is_paying", True)
    return of_customer(customer.pk, at=at) if is_paying else None


def _open(at: datetime) -> QuerySet[PaymentAttempt]:
    young = Q(state=PaymentAttempt.State.OPEN, started_at__gt=at - rules.REOPENED_WITHIN)
    claimed = Q(state__in=PaymentAttempt.UNPAID, claimed_at__gt=at - FORGOTTEN_AFTER)
    return PaymentAttempt.objects.filter(young | claimed | Q(state__in=PaymentAttempt.UNDECIDED))
