"""A balance in words: owed when positive, in credit when negative, settled at zero.

Staff and resellers read about somebody ("Owes ৳735"), customers about themselves ("You owe ৳735").
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from ispbill.core import formats


def phrase(amount: Decimal | None, *, to_customer: bool = False) -> str:
    """Return what is said of a balance, `%(amount)s` standing for how much; nothing is settled."""
    owed = amount or Decimal(0)
    if owed > 0:
        return _("You owe %(amount)s") if to_customer else _("Owes %(amount)s")
    if owed < 0:
        return _("Overpaid %(amount)s (credit)") if to_customer else _("Credit %(amount)s")
    return _("Settled")


def words(amount: Decimal | None, *, to_customer: bool = False) -> str:
    """Say a balance in the company's currency."""
    written = formats.money(abs(amount or Decimal(0)))
    return phrase(amount, to_customer=to_customer) % {"amount": written}


def tone(amount: Decimal | None) -> str:
    """Name what a balance is, for its colour: owed, credit or settled."""
    owed = amount or Decimal(0)
    return "owed" if owed > 0 else "credit" if owed < 0 else "settled"
