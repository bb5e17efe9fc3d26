"""Resellers as staff see them: the list, one reseller's figures, all of them together."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from customers.models import Customer
from ispbill.accounts.models import User
from resellers.models import Commission, Reseller, Wallet
from resellers.queries import commissions

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Line:
    """A reseller in the list; amounts in the company's currency."""

    reseller: Reseller
    customers: int
    active: int
    overdue: Decimal
    earned: Decimal
    """This month, less what was taken back."""
    wallet: Decimal
    held: Decimal


@dataclass(frozen=True)
class Totals:
    """All resellers together, and what the books say of it."""

    customers: int
    earned: Decimal
    owed: Decimal
    wallets: Decimal
    held: Decimal
    booked_owed: Decimal
    booked_wallets: Decimal
    booked_held: Decimal

    @property
    def agrees(self) -> bool:
        return (self.owed, self.wallets, self.held) == (
            self.booked_owed,
            self.booked_wallets,
            self.booked_held,
        )


def found(user: User, *, status: str = "", text: str = "") -> QuerySet[Reseller]:
    """Return the resellers a member of staff may see, of a state, with these words."""
    rows = commissions.visible_resellers(user)
    if status in Reseller.Status.values:
        rows = rows.filter(status=status)
    for word in text.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(phone__contains=word.lstrip("0") or word))
    return rows.select_related("branch").order_by("name")


def lines(resellers: list[Reseller], *, on: date) -> list[Line]:
    """Return what the list shows of these resellers; four queries for however many."""
    ids = [one.pk for one in resellers]
    counts: dict[int, dict[str, Any]] = {
        row["reseller_id"] or 0: dict(row)
        for row in Customer.objects.filter(reseller_id__in=ids, archived_at=None)
        .values("reseller_id")
        .annotate(
            customers=Count("pk"),
            active=Count("pk", filter=Q(status=Customer.Status.ACTIVE)),
            overdue=Sum(
                "account_state__balance_amount", filter=Q(account_state__oldest_due_date__lt=on)
            ),
        )
        .order_by("reseller_id")
    }
    earned = earned_of(ids, on=on)
    wallets = Wallet.objects.in_bulk(ids)
    return [
        Line(
            reseller=one,
            customers=counts.get(one.pk, {}).get("customers", 0),
            active=counts.get(one.pk, {}).get("active", 0),
            overdue=counts.get(one.pk, {}).get("overdue") or ZERO,
            earned=earned.get(one.pk, ZERO),
            wallet=wallets[one.pk].balance_amount if one.pk in wallets else ZERO,
            held=wallets[one.pk].held_amount if one.pk in wallets else ZERO,
        )
        for one in resellers
    ]


def earned_of(ids: list[int], *, on: date) -> dict[int, Decimal]:
    """Return what resellers earned from the first of the month to a day, less what went back."""
    rows = Commission.objects.filter(reseller__in=ids, earned_on__range=(on.replace(day=1), on))
    return dict(
        rows.values_list("reseller")
        .annotate(sum=Sum(F("amount") - F("clawed_back_amount")))
        .order_by("reseller")
    )


def collected_of(reseller: Reseller, *, on: date) -> Decimal:
    """Return what a reseller's customers paid from the first of the month to a day."""
    rows = Payment.objects.filter(
        customer__reseller_id=reseller.pk,
        status=Payment.Status.COMPLETED,
        posted_on__range=(on.replace(day=1), on),
    )
    return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO


def totals(rows: list[Line], resellers: QuerySet[Reseller]) -> Totals:
    """Return all lines together, beside the three accounts of the books."""
    sums = [found for _one, found in commissions.sums_of(resellers)]
    booked = dict(
        Posting.objects.filter(
            account__in=[Chart.HELD_BY_RESELLERS, Chart.COMMISSIONS_PAYABLE, Chart.RESELLER_WALLETS]
        )
        .values_list("account")
        .annotate(sum=Sum("amount"))
        .order_by("account")
    )
    return Totals(
        customers=sum(row.customers for row in rows),
        earned=sum((row.earned for row in rows), ZERO),
        owed=sum((one.waiting + one.approved - one.claimed for one in sums), ZERO),
        wallets=sum((row.wallet for row in rows), ZERO),
        held=sum((row.held for row in rows), ZERO),
        booked_owed=-booked.get(int(Chart.COMMISSIONS_PAYABLE), ZERO),
        booked_wallets=-booked.get(int(Chart.RESELLER_WALLETS), ZERO),
        booked_held=booked.get(int(Chart.HELD_BY_RESELLERS), ZERO),
    )
