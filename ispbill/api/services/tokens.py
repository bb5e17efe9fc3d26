"""Tokens of programs: made, shown once, found again by their hash, revoked."""

import hashlib
import secrets
import string
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.api.models import ApiToken
from ispbill.api.rules import scopes as rules
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_LETTERS = string.ascii_letters + string.digits
_NOTED_EVERY = timedelta(minutes=1)


class NotGrantable(DomainError):
    """The owner's role does not carry one of the scopes, or the token would live too long."""


def offered(user: User) -> list[str]:
    """Return the scopes a person's role can fill now."""
    if user.role == User.Role.CUSTOMER:
        return list(rules.OF_CUSTOMERS)
    return [scope for scope, needed in rules.CAPABILITY.items() if may(user, needed)]


@transaction.atomic
def issue(*, name: str, scopes: Sequence[str], days: int, act: Act[User]) -> tuple[ApiToken, str]:
    """Make a token for whoever acts; return it and its word, which nobody can see again.

    Raises NotGrantable.
    """
    trail.begin(act=act)
    owner = act.actor
    if not scopes or set(scopes) - set(offered(owner)):
        raise NotGrantable(_("Your role cannot grant that."))
    if not 1 <= days <= rules.MOST_DAYS:
        raise NotGrantable(_("A token lives for 1 to 365 days."))
    word = rules.PREFIX + "".join(secrets.choice(_LETTERS) for _count in range(rules.LENGTH))
    real = clock.real_now()
    token = ApiToken.objects.create(
        owner=owner,
        name=name.strip(),
        digest=digest(word),
        hint=word[-4:],
        scopes=sorted(scopes),
        created_at=real,
        expires_at=real + timedelta(days=days),
    )
    after = {"scopes": token.scopes, "days": days}
    events.record(act=act, action="api_token.issued", target=token, after=after)
    return token, word


@transaction.atomic
def revoke(*, token: ApiToken, act: Act[User]) -> None:
    """End a token at once. Twice is once."""
    trail.begin(act=act)
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is not None:
        return
    token.revoked_at = clock.real_now()
    token.save(update_fields=["revoked_at"])
    events.record(act=act, action="api_token.revoked", target=token)


def find(word: str) -> ApiToken | None:
    """Return the token of a word while it lives and its owner may still sign in."""
    if not word.startswith(rules.PREFIX):
        return None
    real = clock.real_now()
    token = (
        ApiToken.objects.select_related("owner")
        .filter(digest=digest(word), revoked_at=None, expires_at__gt=real, owner__is_active=True)
        .first()
    )
    if token is not None:
        # At most once a minute: a busy program would write with every call.
        noted = token.last_used_at
        if noted is None or noted < real - _NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=real)
    return token


def digest(word: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(word.encode()).hexdigest()
