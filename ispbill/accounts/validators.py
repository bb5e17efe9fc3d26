"""What a password must not be, beside Django's own rules (`AUTH_PASSWORD_VALIDATORS`)."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ispbill.accounts.models import User

_SHORTEST = 4  # letters of a name that say whose it is
_PHONE_END = 7  # digits that are a phone number's, however its beginning is written
_ALIKE = 0.7  # of two words: as Django's own rule of similarity has it


class UnlikeLogin:
    """Refuse what is made of the person's name, e-mail address or phone number."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Return when the password has nothing of its owner. Raises ValidationError."""
        if user is None:
            return
        digits = re.sub(r"\D", "", password)
        ends = {re.sub(r"\D", "", text)[-_PHONE_END:] for text in (user.phone, user.login)}
        has_phone = any(len(end) == _PHONE_END and end in digits for end in ends)
        if has_phone or any(_is_like(_bare(password), word) for word in _words(user)):
            raise ValidationError(
                _("This is too much like the name, e-mail address or phone number it is for."),
                code="password_like_login",
            )

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return _("Not like your name, e-mail address or phone number.")


def _words(user: User) -> Iterator[str]:
    """Return name and addresses, whole and word by word, without what stands between."""
    for text in (user.name, user.login, user.email):
        local = text.partition("@")[0]
        yield from {_bare(text), _bare(local), *map(_bare, re.split(r"[\W_]+", local))}


def _is_like(password: str, word: str) -> bool:
    if len(word) < _SHORTEST:
        return False
    if word in password and 2 * len(word) >= len(password):
        return True
    return SequenceMatcher(None, password, word).ratio() >= _ALIKE


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
