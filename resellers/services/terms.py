"""What is agreed with a reseller: the plan of the share, and what packages cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Package
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import PlanVersion, PriceLimit, Reseller
from resellers.rules import prices
from resellers.rules import tiers as rules


class PlanRefused(DomainError):
    """A plan begins today or later, and its tiers rise from nothing."""


class OutsideLimits(DomainError):
    """A price is below the floor or above the ceiling."""


@dataclass(frozen=True)
class Plan:
    """How the share is counted; rates are fractions, amounts in the company's currency."""

    kind: str
    rate: Decimal
    package_rates: Mapping[int, Decimal] = field(default_factory=dict)
    tiers: Sequence[rules.Tier] = ()
    manner: str = rules.MARGINAL
    cap_per_payment: Decimal | None = None
    cap_per_month: Decimal | None = None
    activation_amount: Decimal = Decimal("0.00")
    clawback_days: int = 90


@transaction.atomic
def plan(*, reseller: Reseller, plan: Plan, effective_from: date, act: Act[User]) -> PlanVersion:
    """Agree on a plan from a day on; one of the same day is replaced while the day is to come.

    Raises PlanRefused, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    if effective_from < act.on:
        raise PlanRefused(_("A plan begins today or later: what was earned stays as it was."))
    if plan.kind == PlanVersion.Kind.TIER and not rules.is_in_order(plan.tiers):
        raise PlanRefused(_("The tiers begin at 0 and rise."))
    trail.begin(act=act)
    first = plan.tiers[0].rate if plan.kind == PlanVersion.Kind.TIER else plan.rate
    made, _is_new = PlanVersion.objects.update_or_create(
        reseller=reseller,
        effective_from=effective_from,
        defaults={
            "kind": PlanVersion.Kind(plan.kind),
            "rate": first,
            "package_rates": {str(pk): str(rate) for pk, rate in plan.package_rates.items()},
            "tiers": [[str(tier.start), str(tier.rate)] for tier in plan.tiers],
            "manner": PlanVersion.Manner(plan.manner),
            "cap_per_payment": plan.cap_per_payment,
            "cap_per_month": plan.cap_per_month,
            "activation_amount": plan.activation_amount,
            "clawback_days": plan.clawback_days,
            "created_by": act.actor,
            "created_at": act.at,
        },
    )
    after = {"kind": plan.kind, "rate": str(first), "from": str(effective_from)}
    events.record(act=act, action="reseller.plan_agreed", target=reseller, after=after)
    return made


@transaction.atomic
def price(
    *,
    reseller: Reseller,
    package: Package,
    buy: Decimal | None,
    floor: Decimal | None,
    ceiling: Decimal | None,
    act: Act[User],
) -> PriceLimit:
    """Agree on what a package costs the reseller and how it may be sold. Raises OutsideLimits."""
    act = act.because(trail.required_reason(act.reason))
    if floor is not None and ceiling is not None and floor > ceiling:
        raise OutsideLimits(_("The floor is above the ceiling."))
    trail.begin(act=act)
    values = {"buy_amount": buy, "floor_amount": floor, "ceiling_amount": ceiling}
    made, _is_new = PriceLimit.objects.update_or_create(
        reseller=reseller, package=package, defaults=values
    )
    events.record(
        act=act,
        action="reseller.price_agreed",
        target=reseller,
        after={"package": package.name, **{name: str(value) for name, value in values.items()}},
    )
    return made


def check_price(
    *, reseller: Reseller, package: Package, listed: Decimal, wanted: Decimal
) -> prices.Bounds:
    """Return between which net prices a package is sold on. Raises OutsideLimits."""
    agreed = PriceLimit.objects.filter(reseller=reseller, package=package).first()
    bounds = prices.bounds(
        listed=listed,
        buy=agreed.buy_amount if agreed else None,
        floor=agreed.floor_amount if agreed else None,
        ceiling=agreed.ceiling_amount if agreed else None,
    )
    if not bounds.admit(wanted):
        raise OutsideLimits(
            _("The price lies between %(floor)s and %(ceiling)s.")
            % {"floor": formats.money(bounds.floor), "ceiling": formats.money(bounds.ceiling)}
        )
    return bounds
