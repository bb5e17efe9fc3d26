"""People change how they are called and how they like their screens."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts import own_pages
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_PREFERENCES = {"language", "theme", "density", "has_hotkeys"}


@transaction.atomic
def rename(*, user: User, name: str, at: datetime) -> None:
    """Change the user's own name."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.name == name:
        return
    before, user.name = user.name, name
    trail.begin(act=Act(user, at))
    user.save(update_fields=["name"])
    events.record(
        act=Act(user, at),
        action="user.renamed",
        target=user,
        before={"name": before},
        after={"name": name},
    )


def prefer(*, user: User, **choices: str | bool) -> None:
    """Keep choices of language, theme, density, has_hotkeys; tastes leave no trail."""
    unknown = set(choices) - _PREFERENCES
    if unknown:
        raise ValueError(f"not a preference: {sorted(unknown)}")
    if choices:
        User.objects.filter(pk=user.pk).update(**choices)


@transaction.atomic
def pin(*, user: User, label: str, url: str) -> bool:
    """Keep a page at the top of the user's menu, or take it away; tells whether it is kept now.

    Only addresses of this site are kept. Raises DomainError when there are as many as there is
    room for.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    others = [page for page in own_pages.pinned(locked) if page["url"] != url]
    is_new = len(others) == len(own_pages.pinned(locked))
    if is_new:
        if len(others) >= own_pages.MOST_PINNED:
            raise DomainError(
                _("Four pages can be pinned. Unpin one of them first: open it and press the pin.")
            )
        others.append({"label": label[:60], "url": url})
    locked.preferences = locked.preferences | {"pins": others}
    locked.save(update_fields=["preferences"])
    user.preferences = locked.preferences
    return is_new
