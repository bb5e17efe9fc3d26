"""Links by which somebody stops offers without signing in: short, unguessable, without end.

A link names an account and nothing else; 71 bits of keyed hash in twelve characters keep it from
being invented, and a text message short. It stops offers and shows nothing.
"""

import hmac
import string

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

_SALT = "ispbill.stop_link"
_LETTERS = string.digits + string.ascii_letters
_MARK = 12
LONGEST = 40


def token(customer_id: int, *, salt: str = _SALT) -> str:
    """Return the word that stands in the address; another `salt` for what is not an offer."""
    return f"{_written(customer_id)}-{_mark(customer_id, salt)}"


def url(customer_id: int) -> str:
    """Return the whole address."""
    return settings.PUBLIC_URL + reverse("public:stop-offers", args=[token(customer_id)])


def read(word: str, *, salt: str = _SALT) -> int | None:
    """Return the id of the account a link is about, or None for one we have not made."""
    number, _, _mark_given = word.partition("-")
    if len(word) > LONGEST or not number or any(one not in _LETTERS for one in number):
        return None
    pk = 0
    for letter in number:
        pk = pk * len(_LETTERS) + _LETTERS.index(letter)
    return pk if hmac.compare_digest(token(pk, salt=salt).encode(), word.encode()) else None


def _mark(customer_id: int, salt: str) -> str:
    digest = salted_hmac(salt, str(customer_id), algorithm="sha256").digest()
    return _written(int.from_bytes(digest, "big")).rjust(_MARK, "0")[-_MARK:]


def _written(number: int) -> str:
    written = ""
    while number:
        number, digit = divmod(number, len(_LETTERS))
        written = _LETTERS[digit] + written
    return written or "0"
