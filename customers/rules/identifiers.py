"""What somebody may have typed into a search box, read without asking the database.

Pure. Staff search by whatever the caller says: the account number in full or its last digits, a
phone number in any spelling and script, its last four digits, a PPPoE name, a name, an address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ispbill.core import phones
from ispbill.core.digits import latin

# The id of a service, `CT-2026-00012-1`, names its customer too.
_FULL_NUMBER = re.compile(r"ct[-\s]*(\d{4})[-\s]+(\d{1,9})(?:-\d{1,4})?", re.IGNORECASE)
_SHORT_NUMBER = re.compile(r"(?:ct)?[-\s#]*0*(\d{1,9})", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?[\d\s().\-‐‑‒–—/]+")
_SHORTEST_PHONE_PART = 3

# In nearly every address; looking for them costs much and tells nothing.
_FILLER = {"house", "road", "block", "flat", "sector", "lane", "no"}

MAX_LENGTH = 80
MAX_WORDS = 6


@dataclass(frozen=True)
class Sought:
    """A search text taken apart."""

    text: str
    """Tidy, lower case, Latin digits."""
    words: tuple[str, ...]
    """Its words; every one must be found. A whole phone number is one word."""
    counter: int | None = None
    """The running part of an account number: 12 for `CT-12`, `12`, `CT-2026-00012`."""
    year: int | None = None
    """The year in an account number, when it was written."""
    phone_forms: tuple[str, ...] = ()
    """Digit strings one of which a matching phone number contains."""
    last_digits: str = ""
    """Four or five digits that may end a phone number."""
    is_number: bool = False
    """Written as an account number (`CT-12`, `#12`): nothing else can be meant."""

    @property
    def is_empty(self) -> bool:
        return not self.words


def tidy(text: str) -> str:
    """Return the text as it is compared: composed, lower case, Latin digits, single spaces."""
    composed = latin(unicodedata.normalize("NFC", text))
    printable = "".join(letter if letter.isprintable() else " " for letter in composed)
    return " ".join(printable.lower().split())[:MAX_LENGTH]


def read(text: str, region: str | None = None) -> Sought:
    """Take a search text apart; `region` is the company's phone region (ISO 3166)."""
    plain = tidy(text)
    if not plain:
        return Sought("", ())
    full = _FULL_NUMBER.fullmatch(plain)
    if full:
        return Sought(plain, (plain,), counter=int(full[2]), year=int(full[1]), is_number=True)
    short = _SHORT_NUMBER.fullmatch(plain)
    counter = int(short[1]) if short else None
    if counter is not None and not plain[0].isdigit():
        return Sought(plain, (plain,), counter=counter, is_number=True)
    digits = re.sub(r"\D", "", plain)
    is_part_of_phone = len(digits) >= _SHORTEST_PHONE_PART
    # Of two digits only `12` means somebody; `1.5` and `1-2` are words.
    if _PHONE.fullmatch(plain) and (is_part_of_phone or counter is not None):
        forms = phones.search_forms(plain, region) if is_part_of_phone else (digits,)
        return Sought(
            plain,
            (digits,),
            counter=counter,
            phone_forms=_least(forms),
            last_digits=digits if len(digits) in (4, 5) else "",
        )
    words = plain.split()[:MAX_WORDS]
    telling = [word for word in words if word.strip(",.:;#") not in _FILLER]
    return Sought(plain, tuple(telling or words), counter=counter)


def _least(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out forms that hold another one: whatever contains them contains that one too."""
    return tuple(
        form for form in forms if not any(other != form and other in form for other in forms)
    )


def national_id(text: str) -> str:
    """Return a national id as it is compared: letters and digits only, upper case, Latin digits."""
    return re.sub(r"[^0-9A-Z]", "", latin(text).upper())
