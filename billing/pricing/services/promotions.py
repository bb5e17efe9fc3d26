"""Offers that staff or a code can grant."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.pricing.models import Promotion
from customers.models import Package
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class PromotionRefused(DomainError):
    """An offer is a percentage or an amount, runs some days, and its code is its own."""


@dataclass(frozen=True)
class Offer:
    """What a promotion is: a fraction or an amount a month; no code = granted by staff only."""

    name: str
    valid_from: date
    rate: Decimal | None = None
    amount: Decimal | None = None
    local_name: str = ""
    code: str | None = None
    cycles: int | None = None
    is_stackable: bool = False
    valid_until: date | None = None
    ends_on: date | None = None
    max_grants: int | None = None
    is_for_new_only: bool = False


def save(*, promotion: Promotion, offer: Offer, packages: Sequence[Package], act: Act) -> Promotion:
    """Add a promotion (an unsaved row) or change it for grants from now on; granted ones stay.

    Raises PromotionRefused.
    """
    _refuse_unfit(offer)
    wanted = asdict(offer) | {"code": (offer.code or "").strip().upper() or None}
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            is_new = promotion.pk is None
            if not is_new:
                promotion = Promotion.objects.select_for_update().get(pk=promotion.pk)
            before = {} if is_new else {name: getattr(promotion, name) for name in wanted}
            for name, value in wanted.items():
                setattr(promotion, name, value)
            promotion.save()
            promotion.packages.set(packages)
            was, now = events.changes(before, wanted)
            events.record(
                act=act,
                target=promotion,
                before=was or None,
                action="promotion.created" if is_new else "promotion.edited",
                after=now | {"packages": [package.code for package in packages]},
            )
    except IntegrityError as error:
        if "promotion_code_once" in str(error):
            raise PromotionRefused(
                _("Another offer has the code %(code)s.") % {"code": wanted["code"]}
            ) from error
        raise
    return promotion


@transaction.atomic
def switch(*, promotion: Promotion, act: Act) -> Promotion:
    """End an offer, or make it again; whoever has it keeps it."""
    trail.begin(act=act.because(""))
    promotion = Promotion.objects.select_for_update().get(pk=promotion.pk)
    promotion.archived_at = None if promotion.archived_at else act.at
    promotion.save(update_fields=["archived_at"])
    verb = "archived" if promotion.archived_at else "restored"
    events.record(act=act, action=f"promotion.{verb}", target=promotion)
    return promotion


def _refuse_unfit(offer: Offer) -> None:
    if (offer.rate is None) == (offer.amount is None):
        raise PromotionRefused(_("Give a percentage or an amount, one of the two."))
    if offer.rate is not None and not 0 < offer.rate <= 1:
        raise PromotionRefused(_("A percentage lies above 0 and at most at 100."))
    if offer.amount is not None and offer.amount <= 0:
        raise PromotionRefused(_("The amount must be above zero."))
    if offer.cycles is not None and offer.cycles < 1:
        raise PromotionRefused(_("It lasts at least one billing period."))
    if offer.valid_until is not None and offer.valid_until < offer.valid_from:
        raise PromotionRefused(_("It cannot end before it begins."))
