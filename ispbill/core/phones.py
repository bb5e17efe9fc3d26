"""Telephone numbers: any spelling in, E.164 stored, the national form shown.

Pure. The region is an argument; left out, the resolver given to `set_default_region` answers.
Numbering plans come from libphonenumber.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

from ispbill.core.digits import latin
from ispbill.core.marking import gettext_noop

__all__ = [
    "PhoneRefused",
    "is_home",
    "mask",
    "national",
    "normalise",
    "search_forms",
    "set_default_region",
]

_SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff().\-‐‑‒–—/]+")
_INDIA = 91
_MASK = "•"
_WHOLE_NUMBER_DIGITS = 8  # shorter ones that begin with the country code may be any part

_region: Callable[[], str] = lambda: "BD"  # noqa: E731


class PhoneRefused(ValueError):
    """A text is not a telephone number. `code` names the cause, for translation by a form."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def set_default_region(resolver: Callable[[], str]) -> None:
    """Let `resolver` name the company's region (ISO 3166, `BD`); called at every use."""
    global _region
    _region = resolver


def normalise(text: str, region: str | None = None) -> str:
    """Return the number as E.164 (`+8801711000001`), whatever way it was typed.

    Takes `01711-000001`, `+880 1711…`, `8801711…`, `008801711…`, Bangla digits.
    Raises PhoneRefused (a ValueError) with a sentence for the person who typed it.
    """
    region = (region or _region()).upper()
    typed = _tidy(text)
    if not typed:
        raise PhoneRefused("empty", gettext_noop("Enter a phone number."))
    if not re.fullmatch(r"\+?[0-9]+", typed):
        raise PhoneRefused("characters", gettext_noop("A phone number has digits only."))
    number = _parse(typed, region)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.TOO_LONG:
        raise PhoneRefused("long", gettext_noop("This phone number has too many digits."))
    if reason in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        raise PhoneRefused("short", gettext_noop("This phone number has too few digits."))
    if not phonenumbers.is_valid_number(number):
        raise PhoneRefused(
            "unknown", gettext_noop("There is no such phone number; check the digits.")
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def national(e164: str, region: str | None = None) -> str:
    """Return a stored number as it is dialled at home (`01711000001`), foreign ones as `+44 …`."""
    home, prefix, trunk = _home((region or _region()).upper())
    if trunk is not None and e164.startswith(prefix):
        return trunk + e164[len(prefix) :]
    number = phonenumbers.parse(e164, None)
    if number.country_code != home:
        return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return _trunk_prefix(number) + phonenumbers.national_significant_number(number)


def is_home(e164: str, region: str | None = None) -> bool:
    """Tell whether a stored number has the country code of the company's own country."""
    return e164.startswith(_home((region or _region()).upper())[1])


def search_forms(text: str, region: str | None = None) -> tuple[str, ...]:
    """Return the digit strings that find a number, from a whole number or the start of one.

    For a stored number these are the strings to index: `("8801711000001", "01711000001")`. For
    typed text they are the strings to look for: `01711` gives `("8801711", "01711")`. However a
    number was spelled, a form of the typed text is contained in a form of the stored number.
    Text without digits gives `()`.
    """
    region = (region or _region()).upper()
    as_typed = re.sub(r"[^0-9]", "", latin(text))
    if not as_typed:
        return ()
    typed = _tidy(text)
    digits = typed.lstrip("+")
    code = str(phonenumbers.country_code_for_region(region))
    trunk = "" if region == "IN" else "0"
    rest = digits.removeprefix(code)
    forms: tuple[str, ...] = (digits,)
    if typed.startswith("0"):
        forms = (code + digits[1:], trunk + digits[1:])
    elif rest not in (digits, "") and (typed[0] == "+" or len(rest) >= _WHOLE_NUMBER_DIGITS):
        forms = (digits, trunk + rest)
    # The last digits of a number may begin with zeros as well, so what was typed stays a form.
    return tuple(dict.fromkeys(form for form in (*forms, as_typed) if form.isdigit()))


def mask(e164: str, region: str | None = None) -> str:
    """Hide all but the first three and the last three digits: `017•••••001`."""
    shown = re.sub(r"\s", "", national(e164, region))
    front = 4 if shown.startswith("+") else 3
    return shown[:front] + _MASK * (len(shown) - front - 3) + shown[-3:]


def _tidy(text: str) -> str:
    typed = _SEPARATORS.sub("", latin(text).replace("＋", "+")).strip()
    return f"+{typed[2:]}" if typed.startswith("00") and len(typed) > 2 else typed


def _parse(typed: str, region: str) -> PhoneNumber:
    try:
        number = phonenumbers.parse(typed, region)
        if typed.startswith("+") or phonenumbers.is_valid_number(number):
            return number
        # "8801711…": the country code was written, its plus was not.
        with_plus = phonenumbers.parse(f"+{typed}", None)
    except phonenumbers.NumberParseException as error:
        if typed.startswith("+") and error.error_type == error.INVALID_COUNTRY_CODE:
            raise PhoneRefused("country", gettext_noop("No country has this code.")) from error
        if error.error_type == error.TOO_LONG:
            raise PhoneRefused(
                "long", gettext_noop("This phone number has too many digits.")
            ) from error
        if error.error_type == error.INVALID_COUNTRY_CODE:
            return number
        raise PhoneRefused(
            "short", gettext_noop("This phone number has too few digits.")
        ) from error
    return with_plus if phonenumbers.is_valid_number(with_plus) else number


@cache
def _home(region: str) -> tuple[int, str, str | None]:
    """Return a region's country code, that as a prefix, and what is dialled before its numbers.

    No country code begins with another one, so the prefix tells. The last is None where several
    regions share the code: there the number itself decides.
    """
    code = phonenumbers.country_code_for_region(region)
    if len(phonenumbers.region_codes_for_country_code(code)) != 1:
        return code, f"+{code}", None
    if code == _INDIA:
        return code, f"+{code}", ""
    return code, f"+{code}", phonenumbers.ndd_prefix_for_region(region, True) or ""


def _trunk_prefix(number: PhoneNumber) -> str:
    # libphonenumber writes a 0 before Indian mobiles, as from a landline; nobody types it today.
    if number.country_code == _INDIA:
        return ""
    region = phonenumbers.region_code_for_number(number) or ""
    return phonenumbers.ndd_prefix_for_region(region, True) or ""
