"""How money, days and durations are written for people.

Pure: what a function cannot know (the company's style, its time zone) is an argument or comes
from the resolver given to `set_defaults`. Django's own locales do not group the Indian way and
have no en-BD, en-ZA or en-IN, hence our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

from ispbill.core.amount_words import amount_in_words
from ispbill.core.money import round_money

__all__ = [
    "BDT",
    "INR",
    "STYLES",
    "ZAR",
    "ZAR_DOT",
    "Defaults",
    "Style",
    "amount_in_words",
    "bangla",
    "day",
    "digits",
    "digits_in",
    "duration",
    "moment",
    "money",
    "month",
    "number",
    "period",
    "plain",
    "set_defaults",
]

MINUS = "−"
NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"

_LATIN_TO_BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_TO_PLAIN = str.maketrans(
    {NO_BREAK: " ", NARROW_NO_BREAK: " ", MINUS: "-", "–": "-", "৳": "Tk", "₹": "Rs "}
)
_ENGLISH_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_BANGLA_MONTHS = (
    "জানুয়ারি",
    "ফেব্রুয়ারি",
    "মার্চ",
    "এপ্রিল",
    "মে",
    "জুন",
    "জুলাই",
    "আগস্ট",
    "সেপ্টেম্বর",
    "অক্টোবর",
    "নভেম্বর",
    "ডিসেম্বর",
)
_BANGLA_SHORT_MONTHS = (
    *("জানু", "ফেব্রু", "মার্চ", "এপ্রিল", "মে", "জুন"),
    *("জুলাই", "আগস্ট", "সেপ্টে", "অক্টো", "নভে", "ডিসে"),
)
_ENGLISH_UNITS = {"d": "d", "h": "h", "min": "min", "s": "s"}
_BANGLA_UNITS = {"d": "দিন", "h": "ঘণ্টা", "min": "মিনিট", "s": "সেকেন্ড"}


@dataclass(frozen=True)
class Style:
    """How one currency is written."""

    currency: str
    """ISO 4217 code."""
    symbol: str
    """Written before the amount, with the space that belongs to it."""
    grouping: Literal["lakh", "thousand"]
    group: str = ","
    point: str = "."
    decimals: int = 2
    hide_zero_decimals: bool = False
    bangla_digits: bool = False


BDT = Style(currency="BDT", symbol=f"৳{NARROW_NO_BREAK}", grouping="lakh")
INR = Style(currency="INR", symbol="₹", grouping="lakh")
ZAR = Style(currency="ZAR", symbol=f"R{NO_BREAK}", grouping="thousand", group=NO_BREAK, point=",")
ZAR_DOT = Style(currency="ZAR", symbol=f"R{NO_BREAK}", grouping="thousand")
STYLES = {"BDT": BDT, "ZAR": ZAR, "ZAR_DOT": ZAR_DOT, "INR": INR}


@dataclass(frozen=True)
class Defaults:
    """What the company has chosen; used where a call does not say otherwise."""

    style: Style = BDT
    tz: tzinfo = UTC
    bangla_digits_in_bangla: bool = True
    """Whether Bangla text carries Bangla digits (dates, durations)."""


_resolve: Callable[[], Defaults] = Defaults


def set_defaults(resolver: Callable[[], Defaults]) -> None:
    """Let `resolver` answer for the company; it is called at every use, so it must be cheap."""
    global _resolve
    _resolve = resolver


def defaults() -> Defaults:
    """Return the company's choices as they are now."""
    return _resolve()


def money(amount: Decimal, style: Style | None = None) -> str:
    """Write an amount with its currency: `৳ 12,34,567.50`, `−R 300,00`. Rounds half-up.

    A negative amount has a true minus before the symbol. `parse_amount` reads positive ones back.
    """
    style = style or defaults().style
    digits = _grouped(amount, style, style.decimals, hide=style.hide_zero_decimals)
    text = f"{MINUS if digits.startswith(MINUS) else ''}{style.symbol}{digits.lstrip(MINUS)}"
    return bangla(text) if style.bangla_digits else text


def whole_money(amount: Decimal) -> str:
    """Write an amount as a sentence says it: `৳ 12,34,568`. Rounds half-up."""
    return money(amount, replace(defaults().style, decimals=0))


def number(value: Decimal | int, style: Style | None = None, decimals: int = 0) -> str:
    """Write a plain number grouped as the style groups money, with `decimals` places."""
    style = style or defaults().style
    text = _grouped(Decimal(value), style, decimals, hide=False)
    return bangla(text) if style.bangla_digits else text


def quantity(value: Decimal) -> str:
    """Write a quantity with two decimals where it is no whole number."""
    return number(value, decimals=0 if value == value.to_integral_value() else 2)


def day(on: date, language: str = "en", bangla_digits: bool | None = None) -> str:
    """Write a day: `05 Jan 2026`, in Bangla `৫ জানুয়ারি ২০২৬`.

    `bangla_digits` None means the company's choice for Bangla, and Latin digits in English.
    """
    return _digits(f"{_day_month(on, language)} {on.year}", language, bangla_digits)


def day_month(on: date, language: str = "en", bangla_digits: bool | None = None) -> str:
    """Write a day of this year: `05 Jan`, `৫ জানুয়ারি`."""
    return _digits(_day_month(on, language), language, bangla_digits)


def month(on: date, language: str = "en", bangla_digits: bool | None = None) -> str:
    """Write a month: `Jan 2026`, `জানুয়ারি ২০২৬`."""
    return _digits(f"{_month_name(on, language)} {on.year}", language, bangla_digits)


def short_month(on: date, language: str = "en") -> str:
    """Write a month where there is little room, as under a bar: `Jan`, `জানু`."""
    return (_BANGLA_SHORT_MONTHS if _is_bangla(language) else _ENGLISH_MONTHS)[on.month - 1]


def period(start: date, end: date, language: str = "en", bangla_digits: bool | None = None) -> str:
    """Write half-open `[start, end)` with its last day: `15 Jan – 14 Feb 2026 (31 days)`."""
    days = (end - start).days
    if days < 1:
        raise ValueError("a period has at least one day")
    last = end - timedelta(days=1)
    if _is_bangla(language):
        count = f"{days} দিন"
    else:
        count = "1 day" if days == 1 else f"{days} days"
    if days == 1:
        dates = f"{_day_month(start, language)} {start.year}"
    else:
        first_year = "" if start.year == last.year else f" {start.year}"
        dates = (
            f"{_day_month(start, language)}{first_year} – {_day_month(last, language)} {last.year}"
        )
    return _digits(f"{dates} ({count})", language, bangla_digits)


def moment(
    at: datetime, tz: tzinfo | None = None, language: str = "en", bangla_digits: bool | None = None
) -> str:
    """Write a moment as the clock on the wall showed it in `tz`: `05 Jan 2026, 14:30`."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = at.astimezone(tz or defaults().tz)
    text = f"{_day_month(local.date(), language)} {local.year}, {local:%H:%M}"
    return _digits(text, language, bangla_digits)


def duration(length: timedelta, language: str = "en", bangla_digits: bool | None = None) -> str:
    """Write a length of time by its two largest units, rounded down: `2 h 14 min`, `3 d 4 h`."""
    seconds = abs(length) // timedelta(seconds=1)
    counts = {
        "d": seconds // 86_400,
        "h": seconds // 3600 % 24,
        "min": seconds // 60 % 60,
        "s": seconds % 60,
    }
    units = _BANGLA_UNITS if _is_bangla(language) else _ENGLISH_UNITS
    names = list(counts)
    first = next((index for index, name in enumerate(names) if counts[name]), len(names) - 1)
    # Seconds beside minutes are noise; "5 min" is what a dispatcher says.
    shown = [name for name in names[first : first + 2] if counts[name]]
    if "min" in shown and "s" in shown:
        shown.remove("s")
    parts = [f"{counts[name]} {units[name]}" for name in shown] or [f"0 {units['s']}"]
    sign = MINUS if length < timedelta(0) and seconds else ""
    return _digits(sign + " ".join(parts), language, bangla_digits)


def bangla(text: str) -> str:
    """Replace Latin digits by Bangla ones. Never for identifiers, phones or codes."""
    return text.translate(_LATIN_TO_BANGLA)


def digits(text: str) -> str:
    """Write the digits of a text as the page's amounts are written: Bangla or Latin."""
    return bangla(text) if defaults().style.bangla_digits else text


def digits_in(text: str, language: str) -> str:
    """Write the digits of a text as a paper or message in this language has them."""
    return _digits(text, language, None)


def plain(text: str) -> str:
    """Make a formatted text fit for an SMS in the 7-bit alphabet: `Tk 1,200`, `R 1 200,00`."""
    return text.translate(_TO_PLAIN)


def _grouped(value: Decimal, style: Style, decimals: int, *, hide: bool) -> str:
    rounded = round_money(value, decimals)
    whole, _, part = f"{abs(rounded):f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    width = 2 if style.grouping == "lakh" else 3
    groups = [tail]
    while head:
        groups.insert(0, head[-width:])
        head = head[:-width]
    text = style.group.join(groups)
    if part and not (hide and not int(part)):
        text += style.point + part
    return MINUS + text if rounded < 0 else text


def _is_bangla(language: str) -> bool:
    return language.lower().split("-")[0] == "bn"


def _month_name(on: date, language: str) -> str:
    return (_BANGLA_MONTHS if _is_bangla(language) else _ENGLISH_MONTHS)[on.month - 1]


def _day_month(on: date, language: str) -> str:
    number_of_day = str(on.day) if _is_bangla(language) else f"{on.day:02d}"
    return f"{number_of_day} {_month_name(on, language)}"


def _digits(text: str, language: str, wanted: bool | None) -> str:
    if wanted is None:
        wanted = _is_bangla(language) and defaults().bangla_digits_in_bangla
    return bangla(text) if wanted else text
