"""Links to a survey that need no sign-in: unguessable, for one survey, good until it expires."""

from django.core import signing
from django.urls import reverse

from tickets.models import Survey

_SALT = "tickets.survey"


def path(survey: Survey) -> str:
    """Return the address of a survey, without the host."""
    return reverse("public_tickets:survey", args=[token(survey)])


def token(survey: Survey) -> str:
    """Return the word that stands in the address."""
    return signing.Signer(salt=_SALT, sep=".").sign_object(survey.pk)


def read(word: str) -> Survey | None:
    """Return the survey a word opens; None for a word we have not made."""
    try:
        key = signing.Signer(salt=_SALT, sep=".").unsign_object(word)
    except (signing.BadSignature, ValueError):
        return None
    rows = Survey.objects.select_related("ticket", "category", "resolver")
    return rows.filter(pk=key).first()
