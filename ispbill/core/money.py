"""Money: rounding, net and tax, sharing out, and reading what people type.

Plain Python: no Django, no clock, no database. Amounts are `Decimal` in the major unit of one
currency (taka, rand, rupee); rates are fractions (0.15 is 15 %). The rules and their worked
tables are in docs/algorithms/rounding.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from ispbill.core import digits
from ispbill.core.marking import gettext_noop

ZERO = Decimal("0.00")

# Wide enough that no product or quotient of a numeric(14,2) amount and a nine-decimal ratio is
# rounded before we round it ourselves, whatever the caller's own decimal context says.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)

_LARGEST_WHOLE_DIGITS = 12  # the columns are numeric(14, 2)

_SPACES = " \u00a0\u2009\u202f"
_MINUSES = "-−–—"
_CURRENCY_MARKS = re.compile(
    r"^(?:৳|₹|BDT|ZAR|INR|TAKA|TK\.?|RS\.?|R)\s*|\s*(?:/[-=]|৳|₹|BDT|ZAR|INR|TAKA|TK\.?)$",
    re.IGNORECASE,
)
_PLAIN = r"\d*"
_WESTERN = r"[1-9]\d{0,2}(?:,\d{3})+"
_LAKH = r"[1-9]\d?(?:,\d{2})*,\d{3}"
_SPACED = r"[1-9]\d{0,2}(?: \d{3})+"
_POINT_DECIMAL = re.compile(
    rf"(?P<whole>{_WESTERN}|{_LAKH}|{_SPACED}|{_PLAIN})(?:\.(?P<part>\d*))?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_COMMA_DECIMAL = re.compile(rf"(?P<whole>{_SPACED}|{_PLAIN}),(?P<part>\d*)")


class AmountRefused(ValueError):
    """A text is not an amount we take. `code` names the cause, for translation by a form."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def round_money(amount: Decimal, decimals: int = 2) -> Decimal:
    """Round half-up (half away from zero, as PostgreSQL's numeric does) to `decimals` places."""
    if not amount.is_finite():
        raise ValueError("an amount must be a finite number")
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    return abs(rounded) if rounded.is_zero() else rounded  # there is no minus nothing


def times(amount: Decimal, factor: Decimal) -> Decimal:
    """Multiply without any rounding (up to 60 digits)."""
    return _EXACT.multiply(amount, factor)


def ratio(part: int, whole: int, decimals: int = 9) -> Decimal:
    """Return `part / whole`, half-up at `decimals` places."""
    if whole <= 0 or part < 0:
        raise ValueError("a ratio needs a part of at least 0 and a whole above 0")
    return round_money(_EXACT.divide(Decimal(part), Decimal(whole)), decimals)


@dataclass(frozen=True)
class Taxed:
    """An amount with its tax. Gross is derived, so the three can never disagree."""

    net: Decimal
    tax: Decimal

    def __post_init__(self) -> None:
        for amount in (self.net, self.tax):
            if not isinstance(amount, Decimal):
                raise TypeError("money is a Decimal, never a float or an int")
            if not amount.is_finite():
                raise ValueError("an amount must be a finite number")

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @classmethod
    def nothing(cls) -> Taxed:
        return cls(ZERO, ZERO)

    @classmethod
    def from_net(cls, net: Decimal, rate: Decimal, decimals: int = 2) -> Taxed:
        """Add tax on top: the net is rounded first, the tax is reckoned on the rounded net."""
        _check_rate(rate)
        rounded = round_money(net, decimals)
        return cls(rounded, round_money(times(rounded, rate), decimals))

    @classmethod
    def from_gross(cls, gross: Decimal, rate: Decimal, decimals: int = 2) -> Taxed:
        """Take tax out of a price that includes it; the gross the customer was told stays as is.

        The net is rounded and the tax is the rest. It may differ by one smallest unit from the
        tax reckoned on that net: some prices are no rounded net plus its rounded tax.
        """
        _check_rate(rate)
        whole = round_money(gross, decimals)
        net = round_money(_EXACT.divide(whole, 1 + rate), decimals)
        return cls(net, whole - net)

    def __add__(self, other: Taxed) -> Taxed:
        return Taxed(self.net + other.net, self.tax + other.tax)

    def __sub__(self, other: Taxed) -> Taxed:
        return self + -other

    def __neg__(self) -> Taxed:
        return Taxed(ZERO - self.net, ZERO - self.tax)


def total(lines: Iterable[Taxed]) -> Taxed:
    """Sum lines that were each rounded on their own; the total is never rounded again."""
    return sum(lines, start=Taxed.nothing())


def allocate(
    amount: Decimal, weights: Sequence[Decimal | int], decimals: int = 2
) -> tuple[Decimal, ...]:
    """Share `amount` by `weights` so that the parts sum to it (largest remainder, first wins ties).

    A negative amount is shared like the positive one. Refuses negative weights, weights that sum
    to nothing and an amount finer than `decimals`.
    """
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights must be at least 0, and one of them above 0")
    if amount != round_money(amount, decimals):
        raise ValueError(f"the amount has more than {decimals} decimals")
    sign = -1 if amount < 0 else 1
    units = int(abs(amount).scaleb(decimals, context=_EXACT))
    shares = [Fraction(weight) for weight in weights]
    exact = [units * share / sum(shares) for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return tuple(Decimal(sign * part).scaleb(-decimals, context=_EXACT) + 0 for part in parts)


def split_evenly(amount: Decimal, parts: int, decimals: int = 2) -> tuple[Decimal, ...]:
    """Split into `parts` amounts that differ by at most one smallest unit and sum to `amount`."""
    if parts < 1:
        raise ValueError("there must be at least one part")
    return allocate(amount, [1] * parts, decimals)


def parse_amount(text: str, decimals: int = 2) -> Decimal:
    """Read an amount as people in Bangladesh, South Africa and India write it.

    Takes `1,234.50`, `12,34,567.50`, `1 234 567,50`, `12,5`, Bangla digits, a currency mark
    before or after, and `500/-`. A dot always begins the decimals; a comma does so when one or
    two digits follow and nothing else could be meant.
    Raises AmountRefused (a ValueError) with a sentence for the person who typed it.
    """
    tidy = _tidy(text)
    if not tidy:
        raise AmountRefused("empty", gettext_noop("Enter an amount."))
    if any(sign in tidy for sign in _MINUSES):
        raise AmountRefused("negative", gettext_noop("An amount cannot be negative."))
    match = _POINT_DECIMAL.fullmatch(tidy) or _COMMA_DECIMAL.fullmatch(tidy)
    if match is None or not any(character.isdigit() for character in tidy):
        raise AmountRefused(
            "unreadable", gettext_noop("Write the amount in digits, for example 1,234.50.")
        )
    whole = re.sub(r"[ ,]", "", match["whole"]).lstrip("0") or "0"
    part = match["part"] or ""
    if len(part) > decimals:
        raise AmountRefused("decimals", f"Write at most {decimals} digits after the decimal point.")
    if len(whole) > _LARGEST_WHOLE_DIGITS:
        raise AmountRefused("large", gettext_noop("This amount is too large."))
    return Decimal(f"{whole}.{part}" if part else whole).quantize(
        Decimal(1).scaleb(-decimals), context=_EXACT
    )


def parse_number(text: str) -> Decimal:
    """Read a plain number, such as a rate or a coordinate: a sign, digits, a point, digits.

    Bangla digits count as Latin ones. Exponents, NaN, infinity, underscores and other scripts'
    digits, which `Decimal` would take, are refused. Raises AmountRefused.
    """
    tidy = digits.latin(text.strip())
    if not _NUMBER.fullmatch(tidy):
        raise AmountRefused(
            "unreadable", gettext_noop("Write the amount in digits, for example 1,234.50.")
        )
    return Decimal(tidy)


def _tidy(text: str) -> str:
    latin = digits.latin(text)
    spaced = latin.translate(dict.fromkeys(map(ord, _SPACES), " ")).strip()
    without_front = _CURRENCY_MARKS.sub("", spaced, count=1)
    tidy = _CURRENCY_MARKS.sub("", without_front, count=1).strip()
    # Only Latin digits are left to read: other scripts' digits would satisfy \d as well.
    return tidy if tidy.isascii() or any(sign in tidy for sign in _MINUSES) else f"?{tidy}"


def _check_rate(rate: Decimal) -> None:
    if not 0 <= rate <= 1:
        raise ValueError("a tax rate is a fraction between 0 and 1, such as 0.15")
