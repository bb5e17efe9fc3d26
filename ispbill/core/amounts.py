"""Refuse amounts nobody can have meant, in words, before a column refuses them in numbers."""

from decimal import Decimal

from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError
from ispbill.core.money import round_money

LARGEST = Decimal("999999999999.99")
"""What an amount's column holds (14 digits, 2 of them decimals), in any currency."""


class AmountRefused(DomainError):
    """This is no amount of money."""


def check(*amounts: Decimal | None) -> None:
    """Raise AmountRefused for what is no number, too large, or finer than two decimals."""
    for amount in amounts:
        if amount is None:
            continue
        if not amount.is_finite():
            raise AmountRefused(_("Write the amount in digits, for example 1,234.50."))
        if abs(amount) > LARGEST:
            raise AmountRefused(_("This amount is too large. Check the digits."))
        if amount != round_money(amount):
            raise AmountRefused(_("Write at most 2 digits after the decimal point."))
