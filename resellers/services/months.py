"""Close a month for resellers in tiers: what the volume earned beyond the first tier.

A bonus is a commission without a payment: approved and paid out like the others, or credited to
the wallet. What is reversed after the close makes it smaller, every night, as a commission back.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.money import round_money
from resellers.models import Commission, PlanVersion, Reseller
from resellers.rules import tiers as rules
from resellers.services import accrual

CLOSE_DAY = 3
_REASON = "a month of a reseller's volume in tiers"


@dataclass(frozen=True)
class Month:
    """What a reseller's month came to: volume (net bases), accrued at once, the bonus due."""

    volume: Decimal
    accrued: Decimal
    bonus: Decimal


def close(*, act: Act) -> int:
    """Close last month once for each reseller in tiers; return how many bonuses were written."""
    month = rules.month_to_close(act.on, close_day=CLOSE_DAY)
    if month is None:
        return 0
    closed = Commission.objects.filter(kind=Commission.Kind.BONUS, month=month)
    plans = PlanVersion.objects.filter(kind=PlanVersion.Kind.TIER)
    waiting = Reseller.objects.filter(plans__in=plans).exclude(commissions__in=closed).distinct()
    return sum(_close(reseller, month, act=act) for reseller in waiting.order_by("pk"))


def correct(*, act: Act) -> int:
    """Take back what closed months no longer bear; return how many bonuses became smaller."""
    standing = Commission.objects.filter(kind=Commission.Kind.BONUS).exclude(
        status=Commission.Status.REVERSED
    )
    return sum(_correct(one, act=act) for one in standing.select_related("reseller").order_by("pk"))


def reckon(reseller: Reseller, month: date) -> Month | None:
    """Return what a month came to by the plan of its last day; None without tiers then."""
    following = (month + timedelta(days=32)).replace(day=1)
    plan = (
        PlanVersion.objects.filter(reseller=reseller, effective_from__lt=following)
        .order_by("-effective_from")
        .first()
    )
    if plan is None or plan.kind != PlanVersion.Kind.TIER:
        return None
    worth = F("amount") - F("clawed_back_amount")
    sums = Commission.objects.filter(
        reseller=reseller,
        kind=Commission.Kind.PAYMENT,
        earned_on__gte=month,
        earned_on__lt=following,
    ).aggregate(volume=Sum(F("base_amount") * worth / F("amount")), accrued=Sum(worth))
    volume = round_money(sums["volume"] or Decimal(0))
    accrued = sums["accrued"] or Decimal("0.00")
    agreed = [rules.Tier(Decimal(start), Decimal(rate)) for start, rate in plan.tiers]
    bonus = rules.bonus(volume, accrued, agreed, manner=plan.manner, cap=plan.cap_per_month)
    return Month(volume, accrued, bonus)


@transaction.atomic
def _close(reseller: Reseller, month: date, *, act: Act) -> int:
    trail.begin(act=act.because(_REASON))
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    found = reckon(reseller, month)
    is_done = Commission.objects.filter(reseller=reseller, month=month).exists()
    if found is None or not found.bonus or is_done:
        return 0
    status = Commission.Status.CREDITED if reseller.is_prepaid else Commission.Status.ACCRUED
    made = Commission.objects.create(
        kind=Commission.Kind.BONUS,
        month=month,
        reseller=reseller,
        branch_id=reseller.branch_id,
        base_amount=found.volume,
        tax_rate=Decimal(0),
        rate=max(round_money(found.bonus / found.volume, 5), Decimal("0.00001")),
        amount=found.bonus,
        currency=Company.current().currency,
        status=status,
        earned_on=act.on,
        earned_at=act.at,
    )
    accrual.book(made, memo=f"{month:%Y-%m}", act=act)
    events.record(
        act=act,
        action="reseller.month_closed",
        target=reseller,
        after={"month": str(month), "volume": found.volume, "bonus": found.bonus},
    )
    return 1


@transaction.atomic
def _correct(bonus: Commission, *, act: Act) -> int:
    trail.begin(act=act.because(_REASON))
    bonus = Commission.objects.select_for_update(of=("self",)).get(pk=bonus.pk)
    found = reckon(bonus.reseller, bonus.month) if bonus.month else None
    if found is None or found.bonus >= bonus.worth:
        return 0
    less, memo = bonus.worth - found.bonus, f"{bonus.month:%Y-%m}"
    back = accrual.take_back(bonus, less, left=found.volume, memo=memo, act=act)
    return int(back is not None)
