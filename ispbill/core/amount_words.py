"""Amounts in words, as cheques and invoices carry them, in English and Bangla."""

from __future__ import annotations

from decimal import Decimal

from ispbill.core.money import round_money

_ENGLISH_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ENGLISH_SMALL = _ENGLISH_SMALL_WORDS.split()
_ENGLISH_TENS = (
    "",
    "",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
)
_BANGLA_SMALL_WORDS = (
    "শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয় "
    "দশ এগারো বারো তেরো চৌদ্দ পনেরো ষোলো সতেরো আঠারো উনিশ "
    "বিশ একুশ বাইশ তেইশ চব্বিশ পঁচিশ ছাব্বিশ সাতাশ আটাশ ঊনত্রিশ "
    "ত্রিশ একত্রিশ বত্রিশ তেত্রিশ চৌত্রিশ পঁয়ত্রিশ ছত্রিশ সাঁইত্রিশ আটত্রিশ ঊনচল্লিশ "
    "চল্লিশ একচল্লিশ বিয়াল্লিশ তেতাল্লিশ চুয়াল্লিশ পঁয়তাল্লিশ ছেচল্লিশ সাতচল্লিশ আটচল্লিশ ঊনপঞ্চাশ "
    "পঞ্চাশ একান্ন বাহান্ন তিপ্পান্ন চুয়ান্ন পঞ্চান্ন ছাপ্পান্ন সাতান্ন আটান্ন ঊনষাট "
    "ষাট একষট্টি বাষট্টি তেষট্টি চৌষট্টি পঁয়ষট্টি ছেষট্টি সাতষট্টি আটষট্টি ঊনসত্তর "
    "সত্তর একাত্তর বাহাত্তর তিয়াত্তর চুয়াত্তর পঁচাত্তর ছিয়াত্তর সাতাত্তর আটাত্তর ঊনআশি "
    "আশি একাশি বিরাশি তিরাশি চুরাশি পঁচাশি ছিয়াশি সাতাশি আটাশি ঊননব্বই "
    "নব্বই একানব্বই বিরানব্বই তিরানব্বই চুরানব্বই পঁচানব্বই ছিয়ানব্বই সাতানব্বই আটানব্বই নিরানব্বই"
)
_BANGLA_SMALL = _BANGLA_SMALL_WORDS.split()

_LAKH_STEPS = ((10_000_000, "crore", "কোটি"), (100_000, "lakh", "লক্ষ"), (1000, "thousand", "হাজার"))
_MILLION_STEPS = (
    (1_000_000_000, "billion", "বিলিয়ন"),
    (1_000_000, "million", "মিলিয়ন"),
    (1000, "thousand", "হাজার"),
)
_Steps = tuple[tuple[int, str, str], ...]

# currency: (steps, English main and minor unit, Bangla main and minor unit)
_CURRENCIES: dict[str, tuple[_Steps, tuple[str, str], tuple[str, str]]] = {
    "BDT": (_LAKH_STEPS, ("taka", "poisha"), ("টাকা", "পয়সা")),
    "INR": (_LAKH_STEPS, ("rupees", "paise"), ("রুপি", "পয়সা")),
    "ZAR": (_MILLION_STEPS, ("rand", "cents"), ("র‍্যান্ড", "সেন্ট")),
}
_ONE_OF = {"rupees": "rupee", "paise": "paisa", "cents": "cent"}


def amount_in_words(amount: Decimal, currency: str, language: str = "en") -> str:
    """Write an amount of BDT, INR (lakh, crore) or ZAR (thousand, million) in words.

    `One thousand seven hundred twenty-five taka only`; Bangla when `language` is `bn`. Rounds
    half-up to two decimals. "" for another currency.
    """
    if currency not in _CURRENCIES:
        return ""
    steps, english, bangla = _CURRENCIES[currency]
    rounded = round_money(amount)
    whole, minor = divmod(int(abs(rounded).scaleb(2)), 100)
    in_bangla = language.lower().split("-")[0] == "bn"
    main_unit, minor_unit = bangla if in_bangla else english
    text = _counted(whole, main_unit, steps, in_bangla=in_bangla)
    if minor:
        joint = " " if in_bangla else " and "
        text += joint + _counted(minor, minor_unit, steps, in_bangla=in_bangla)
    if rounded < 0:
        text = f"{'ঋণাত্মক' if in_bangla else 'minus'} {text}"
    return f"{text} মাত্র" if in_bangla else f"{text[0].upper()}{text[1:]} only"


def _counted(count: int, unit: str, steps: _Steps, *, in_bangla: bool) -> str:
    named = _ONE_OF.get(unit, unit) if count == 1 else unit
    return f"{_words(count, steps, in_bangla=in_bangla)} {named}"


def _words(value: int, steps: _Steps, *, in_bangla: bool) -> str:
    parts: list[str] = []
    for size, english, bangla in steps:
        count, value = divmod(value, size)
        if count:
            # A count above the largest step (a lakh crore) is itself written in steps.
            count_words = _words(count, steps, in_bangla=in_bangla)
            parts.append(f"{count_words} {bangla if in_bangla else english}")
    if value or not parts:
        parts.append(_below_thousand(value, in_bangla=in_bangla))
    return " ".join(parts)


def _below_thousand(value: int, *, in_bangla: bool) -> str:
    hundreds, rest = divmod(value, 100)
    parts: list[str] = []
    if hundreds:
        parts.append(
            f"{_BANGLA_SMALL[hundreds]}শত" if in_bangla else f"{_ENGLISH_SMALL[hundreds]} hundred"
        )
    if rest or not hundreds:
        parts.append(_BANGLA_SMALL[rest] if in_bangla else _english_below_hundred(rest))
    return " ".join(parts)


def _english_below_hundred(value: int) -> str:
    if value < 20:
        return _ENGLISH_SMALL[value]
    tens, ones = divmod(value, 10)
    return _ENGLISH_TENS[tens] + (f"-{_ENGLISH_SMALL[ones]}" if ones else "")
