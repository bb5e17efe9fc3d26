"""The word in /contract/<word>: 256 bits nobody can guess, stored as its hash.

It follows from the contract's own random seed and the product's secret, so a reminder can name it
again while a copy of the database alone opens no page. A new seed kills the old link.
"""

import hashlib
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

_SALT = "contracts.signing_link"


def word(seed: UUID) -> str:
    """Return the word of a contract's link: 64 hexadecimal digits."""
    return salted_hmac(_SALT, seed.hex, algorithm="sha256").hexdigest()


def digest(found: str) -> str:
    """Return what is stored of a word."""
    return hashlib.sha256(found.encode()).hexdigest()


def url(seed: UUID) -> str:
    """Return the whole address behind which a contract is signed."""
    return settings.PUBLIC_URL + reverse("public_contracts:contract", args=[word(seed)])
