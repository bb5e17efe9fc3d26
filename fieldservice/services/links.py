"""The word in /job/<word>: 128 bits nobody can guess (see `core.seeded_links`)."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from ispbill.core import seeded_links
from ispbill.core.seeded_links import digest

__all__ = ["digest", "url", "word"]


def word(seed: UUID) -> str:
    """Return the word of an order's page: 32 hexadecimal digits."""
    return seeded_links.word(seed, salt="fieldservice.job_link")


def url(seed: UUID) -> str:
    """Return the whole address of an order's page."""
    return settings.PUBLIC_URL + reverse("public_fieldservice:job", args=[word(seed)])
