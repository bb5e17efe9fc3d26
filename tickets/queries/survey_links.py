"""Links to a survey, and to no more of them, that need no sign-in: unguessable, for one row."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from ispbill.core import stop_links
from tickets.models import Opinion, Survey

_SALT, _OPINION_SALT = "tickets.survey", "tickets.opinion"
_QUIET_SALT = "tickets.quiet"


def path(survey: Survey) -> str:
    """Return the address of a survey, without the host."""
    return reverse("public_tickets:survey", args=[token(survey)])


def token(survey: Survey) -> str:
    """Return the word that stands in the address."""
    return signing.Signer(salt=_SALT, sep=".").sign_object(survey.pk)


def read(word: str) -> Survey | None:
    """Return the survey a word opens; None for a word we have not made."""
    rows = Survey.objects.select_related("ticket", "category", "resolver")
    key = _key(word, _SALT)
    return rows.filter(pk=key).first() if key is not None else None


def opinion_path(opinion: Opinion) -> str:
    """Return the address of the question for an opinion, without the host."""
    word = signing.Signer(salt=_OPINION_SALT, sep=".").sign_object(opinion.pk)
    return reverse("public_tickets:opinion", args=[word])


def read_opinion(word: str) -> Opinion | None:
    """Return the opinion a word asks for; None for a word we have not made."""
    key = _key(word, _OPINION_SALT)
    return Opinion.objects.filter(pk=key).first() if key is not None else None


def quiet_url(customer_id: int) -> str:
    """Return the whole address at which a customer says they want no more questions."""
    word = stop_links.token(customer_id, salt=_QUIET_SALT)
    return settings.PUBLIC_URL + reverse("public_tickets:quiet", args=[word])


def read_quiet(word: str) -> int | None:
    """Return the id of the account a link to no more questions is about."""
    return stop_links.read(word, salt=_QUIET_SALT)


def _key(word: str, salt: str) -> int | None:
    try:
        return int(signing.Signer(salt=salt, sep=".").unsign_object(word))
    except (signing.BadSignature, ValueError, TypeError):
        return None
