"""Batches of recharge cards as lists show them, and what is outstanding."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from customers.models import PackagePrice
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from payments.prepaid.models import Voucher, VoucherBatch

_STATES = Voucher.Status


def visible_to(user: User) -> QuerySet[VoucherBatch]:
    """Return the batches of the branches in this person's reach."""
    found = VoucherBatch.objects.select_related("branch", "reseller", "package")
    branch = branch_scope(user)
    return found if branch is None else found.filter(branch=branch)


@dataclass(frozen=True)
class Row:
    """A batch with its cards counted by what became of them."""

    batch: VoucherBatch
    new: int
    redeemed: int
    blocked: int
    lapsed: int

    @property
    def owed(self) -> Decimal:
        """What is owed to holders of its cards: nothing before it is sold."""
        if self.batch.sold_at is None:
            return Decimal(0)
        return self.batch.value_amount * (self.new + self.blocked)


def rows(batches: QuerySet[VoucherBatch]) -> list[Row]:
    """Return batches with their counts, in the order given; two queries."""
    found = list(batches)
    counted: dict[int, dict[str, int]] = {}
    for batch_id, status, cards in (
        Voucher.objects.filter(batch__in=found)
        .values_list("batch", "status")
        .annotate(cards=Count("pk"))
        .order_by("batch")
    ):
        counted.setdefault(batch_id, {})[status] = cards
    made = []
    for batch in found:
        of = counted.get(batch.pk, {})
        made.append(
            Row(
                batch,
                new=of.get(_STATES.NEW, 0),
                redeemed=of.get(_STATES.REDEEMED, 0),
                blocked=of.get(_STATES.BLOCKED, 0),
                lapsed=of.get(_STATES.LAPSED, 0),
            )
        )
    return made


@dataclass(frozen=True)
class Outstanding:
    """What is owed to holders of cards, and what of it is past its last day; by the cards."""

    cards: int
    amount: Decimal
    late_cards: int
    late_amount: Decimal
    uncollected: Decimal


def outstanding(user: User, *, on: date) -> Outstanding:
    """Return what the sold and unredeemed cards in reach are worth on a company date."""
    cards = Voucher.objects.filter(
        batch__in=visible_to(user).filter(sold_at__isnull=False),
        status__in=[_STATES.NEW, _STATES.BLOCKED],
    )
    late = Q(batch__valid_until__lt=on)
    sums = cards.aggregate(
        cards=Count("pk"),
        amount=Sum("batch__value_amount"),
        late_cards=Count("pk", filter=late),
        late_amount=Sum("batch__value_amount", filter=late),
    )
    on_account = visible_to(user).filter(paid_into=VoucherBatch.PaidInto.ON_ACCOUNT)
    uncollected = on_account.aggregate(
        sum=Sum(F("price_amount") * F("count") - F("collected_amount"))
    )["sum"]
    nothing = Decimal(0)
    return Outstanding(
        sums["cards"],
        sums["amount"] or nothing,
        sums["late_cards"],
        sums["late_amount"] or nothing,
        uncollected or nothing,
    )


def price_of_period(package_id: int, *, on: date) -> Decimal | None:
    """Return what a month of a package costs with tax by the general price list, if it has one."""
    return (
        PackagePrice.objects.filter(
            package=package_id, cycle="MONTHLY", effective_from__lte=on, branch=None, reseller=None
        )
        .order_by("-effective_from")
        .values_list("gross_amount", flat=True)
        .first()
    )
