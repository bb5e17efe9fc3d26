"""The word in /signup/<word>: 128 bits nobody can guess, stored as its hash, made anew when needed.

It follows from the order's own random seed and the product's secret, so a message can name it
again while a copy of the database alone opens no page.
"""

import hashlib
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

_SALT = "signup.order_link"


def word(seed: UUID) -> str:
    """Return the word of an order's page: 32 hexadecimal digits."""
    return salted_hmac(_SALT, seed.hex, algorithm="sha256").hexdigest()[:32]


def digest(found: str) -> str:
    """Return what is stored of a word."""
    return hashlib.sha256(found.encode()).hexdigest()


def url(seed: UUID) -> str:
    """Return the whole address of an order's page."""
    return settings.PUBLIC_URL + reverse("public_signup:order", args=[word(seed)])
