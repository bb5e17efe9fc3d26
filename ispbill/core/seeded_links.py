"""Words in addresses that follow from a row's random seed and the product's secret.

A message can name the word again, while a copy of the database alone opens no page: only its hash
is stored. A new seed kills the old link. Each kind of page has a salt of its own.
"""

import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac


def word(seed: UUID, *, salt: str, letters: int = 32) -> str:
    """Return the word of a page: hexadecimal digits, 4 bits each, 64 at most."""
    return salted_hmac(salt, seed.hex, algorithm="sha256").hexdigest()[:letters]


def digest(found: str) -> str:
    """Return what is stored of a word."""
    return hashlib.sha256(found.encode()).hexdigest()
