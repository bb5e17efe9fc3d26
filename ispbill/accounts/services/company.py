"""Change the company's settings: with a reason, and with what was and what is in the audit log.

It lies here and not in core because core knows nothing of people and audit events.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

LEAST_CONTRAST = Decimal("4.5")  # WCAG 2.2, 1.4.3: white text on the brand colour
_KEPT = {"id", "updated_at"}


class ColourTooLight(DomainError):
    """White text on this colour cannot be read by everybody."""


@transaction.atomic
def change(*, values: dict[str, Any], act: Act[User]) -> Company:
    """Set the given fields; return the company. Nothing different is nothing done.

    Raises ReasonMissing, ColourTooLight, and KeyError for a field that cannot be set.
    """
    act = trail.begin_with_reason(act=act)
    if not Company.objects.filter(pk=1).exists():
        Company.forget_cached()
        Company.current()  # makes the row of a fresh installation
    company = Company.objects.select_for_update().get(pk=1)
    names = {field.name for field in Company._meta.concrete_fields} - _KEPT
    before = {name: getattr(company, name) for name in names}
    for name, value in values.items():
        if name not in names:
            raise KeyError(name)
        setattr(company, name, value)
    ratio = contrast_with_white(company.brand_colour)
    if ratio < LEAST_CONTRAST:
        raise ColourTooLight(
            _("White on this colour has a contrast of %(ratio)s to 1; 4.5 is needed.")
            % {"ratio": ratio}
        )
    was, now = events.changes(before, {name: getattr(company, name) for name in names})
    if not now:
        return company
    company.save()
    events.record(act=act, action="company.changed", target=company, before=was, after=now)
    transaction.on_commit(Company.forget_cached)
    return company


def contrast_with_white(colour: str) -> Decimal:
    """Return the contrast of white on `#RRGGBB`, to one (WCAG 2.2, relative luminance)."""
    channels = [Decimal(int(colour[place : place + 2], 16)) / 255 for place in (1, 3, 5)]
    linear = [
        channel / Decimal("12.92")
        if channel <= Decimal("0.04045")
        else ((channel + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        for channel in channels
    ]
    weights = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))
    luminance = sum((w * c for w, c in zip(weights, linear, strict=True)), start=Decimal(0))
    return (Decimal("1.05") / (luminance + Decimal("0.05"))).quantize(Decimal("0.1"))
