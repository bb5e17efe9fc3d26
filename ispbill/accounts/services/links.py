"""A link that lets somebody choose a new password: good once, for a day, sent by message."""

from datetime import timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from ispbill.accounts import signals
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act

LIFETIME = timedelta(days=1)

# Dies with the first use (the password is part of it) and after PASSWORD_RESET_TIMEOUT.
_tokens = PasswordResetTokenGenerator()


@transaction.atomic
def send(*, user: User, site: str, act: Act[Actor]) -> None:
    """Hand a link to whoever sends messages; staff never see it. `site` begins with https://."""
    act = trail.begin_with_reason(act=act)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    signals.access_link_issued.send(
        sender=User,
        user=user,
        link=f"{site}/access/{uid}/{_tokens.make_token(user)}/",
        expires_at=act.at + LIFETIME,
        actor=act.actor,
        at=act.at,
    )
    events.record(act=act, action="user.access_link_sent", target=user)


def owner(*, uid: str, token: str) -> User | None:
    """Return whose link this is, or None when it is used, too old or made up."""
    try:
        user = User.objects.filter(
            pk=int(force_str(urlsafe_base64_decode(uid))), is_active=True
        ).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and _tokens.check_token(user, token) else None
