"""The word in /contract/<word>: 256 bits nobody can guess (see `core.seeded_links`)."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from ispbill.core import seeded_links
from ispbill.core.seeded_links import digest

__all__ = ["digest", "url", "word"]


def word(seed: UUID) -> str:
    """Return the word of a contract's link: 64 hexadecimal digits."""
    return seeded_links.word(seed, salt="contracts.signing_link", letters=64)


def url(seed: UUID) -> str:
    """Return the whole address behind which a contract is signed."""
    return settings.PUBLIC_URL + reverse("public_contracts:contract", args=[word(seed)])
