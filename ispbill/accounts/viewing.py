"""Staff look at a portal as one of its people sees it, and can change nothing there.

What is kept is kept with the session: whom they look as, and until when (a real moment).
"""

from collections.abc import Collection
from datetime import timedelta

from django.http import HttpRequest

from ispbill.accounts.models import User
from ispbill.core import clock

LONGEST = timedelta(minutes=30)

_KEY = "viewing"


def begin(request: HttpRequest, person: User) -> None:
    """Let who is signed in look as `person` for LONGEST; the caller has asked why and noted it."""
    until = clock.real_now() + LONGEST
    request.session[_KEY] = {"person": person.pk, "until": until.timestamp()}


def end(request: HttpRequest) -> None:
    """Look as nobody else any more."""
    request.session.pop(_KEY, None)


def person(request: HttpRequest, *, roles: Collection[str]) -> User | None:
    """Return whom the signed-in member of staff looks as, with `viewed_by` set; None for nobody.

    Somebody of another role, who was shut out meanwhile, or whose time is over is nobody.
    """
    kept = request.session.get(_KEY)
    if kept is None or kept["until"] < clock.real_now().timestamp():
        return None
    found = User.objects.filter(pk=kept["person"], role__in=roles, is_active=True).first()
    if found is not None and request.user.is_authenticated:
        found.viewed_by = request.user
    return found
