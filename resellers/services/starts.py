"""What a new service brings its reseller once, beside the share, when its first bill is paid.

By the plan of the company day on which the money came. Taken back whole when that bill is not paid
any more, or when the service ends too soon; every night, and the same twice is once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.models import Company
from resellers.models import Commission, PlanVersion, Reseller
from resellers.rules import share as rules
from resellers.services import accrual

_REASON = "the start of a reseller's service"
ZERO = Decimal("0.00")

# The first issued bill of a service, and the day its last money came, when nothing of it is owed.
_PAID = """
    SELECT s.id AS subscription_id, s.customer_id, i.branch_id, p.paid_on, a.reseller_id,
           v.activation_amount AS amount, v.clawback_days, s.activated_on, s.cancelled_on
    FROM customers_subscription s
    CROSS JOIN LATERAL (
        SELECT n.* FROM billing_invoice n
        WHERE n.customer_id = s.customer_id AND n.status <> 'DRAFT' AND EXISTS (
            SELECT FROM billing_invoiceline l
            WHERE l.invoice_id = n.id AND l.subscription_id = s.id)
        ORDER BY n.id LIMIT 1) i
    CROSS JOIN LATERAL (
        SELECT max(y.posted_on) AS paid_on FROM billing_allocation x
        JOIN billing_payment y ON y.id = x.payment_id
        WHERE x.invoice_id = i.id AND x.released_at IS NULL) p
    JOIN resellers_resellerassignment a ON a.customer_id = s.customer_id AND a.during @> p.paid_on
    CROSS JOIN LATERAL (
        SELECT * FROM resellers_planversion n
        WHERE n.reseller_id = a.reseller_id AND n.effective_from <= p.paid_on
        ORDER BY n.effective_from DESC LIMIT 1) v
    WHERE i.status = 'OPEN' AND i.amount_due = 0 AND i.paid_amount > 0 AND v.activation_amount > 0
      AND s.activated_on IS NOT NULL
"""
_STANDING = """EXISTS (SELECT FROM resellers_commission k
                      WHERE k.subscription_id = s.id AND k.status <> 'REVERSED')"""
_TO_EARN = f"{_PAID} AND NOT {_STANDING} ORDER BY s.id"
_BORNE = f"{_PAID} AND {_STANDING}"


@dataclass(frozen=True)
class Start:
    """A service whose first bill is paid, and what that brings whom (company's currency)."""

    subscription_id: int
    customer_id: int
    branch_id: int
    paid_on: date
    reseller_id: int
    amount: Decimal
    clawback_days: int
    activated_on: date
    cancelled_on: date | None

    @property
    def ended_too_soon(self) -> bool:
        """Tell whether it ended within the days in which what it brought goes back."""
        return self.cancelled_on is not None and rules.goes_back_whole(
            activated_on=self.activated_on,
            ended_on=self.cancelled_on,
            clawback_days=self.clawback_days,
        )


def earn(*, act: Act) -> int:
    """Write what started services bring, once each; return how many."""
    if not PlanVersion.objects.filter(activation_amount__gt=0).exists():
        return 0
    return sum(_earn(one, act=act) for one in list(_found(_TO_EARN)) if not one.ended_too_soon)


def take_back(*, act: Act) -> int:
    """Take back what is not borne any more; return how many."""
    standing = Commission.objects.filter(kind=Commission.Kind.START).exclude(
        status=Commission.Status.REVERSED
    )
    paid = {one.subscription_id: one for one in _found(_BORNE)} if standing.exists() else {}
    taken = 0
    for pk, service_id in standing.order_by("pk").values_list("pk", "subscription"):
        still = paid.get(service_id)
        if still is None or still.ended_too_soon:
            taken += _take_back(pk, act=act)
    return taken


@transaction.atomic
def _earn(start: Start, *, act: Act) -> int:
    trail.begin(act=act.because(_REASON))
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=start.reseller_id
    )
    standing = Commission.objects.filter(subscription=start.subscription_id)
    if standing.exclude(status=Commission.Status.REVERSED).exists():
        return 0
    credited = Commission.Status.CREDITED if reseller.is_prepaid else Commission.Status.ACCRUED
    made = Commission.objects.create(
        kind=Commission.Kind.START,
        subscription_id=start.subscription_id,
        customer_id=start.customer_id,
        reseller=reseller,
        branch_id=start.branch_id,
        base_amount=start.amount,
        tax_rate=Decimal(0),
        rate=Decimal(1),
        amount=start.amount,
        currency=Company.current().currency,
        status=credited,
        earned_on=act.on,
        earned_at=act.at,
    )
    memo = Subscription.objects.values_list("connection_id", flat=True).get(
        pk=start.subscription_id
    )
    accrual.book(made, memo=memo, act=act)
    _note(made, "reseller.start_earned", act=act)
    return 1


@transaction.atomic
def _take_back(commission_id: int, *, act: Act) -> int:
    trail.begin(act=act.because(_REASON))
    rows = Commission.objects.select_for_update(of=("self",))
    earned = rows.select_related("reseller", "subscription").get(pk=commission_id)
    if not earned.worth:
        return 0
    memo = earned.document
    back = accrual.take_back(earned, earned.worth, left=ZERO, memo=memo, act=act)
    if back is not None:
        _note(earned, "reseller.start_taken_back", act=act)
    return int(back is not None)


def _found(sql: str) -> Iterator[Start]:
    for row in statements.read(sql):
        yield Start(*row)


def _note(earned: Commission, action: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=earned.reseller,
        branch_id=earned.branch_id,
        after={"amount": earned.amount, "subscription": earned.subscription_id},
    )
