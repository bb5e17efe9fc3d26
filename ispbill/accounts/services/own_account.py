"""People change how they are called and how they like their screens."""

from datetime import datetime

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail

_PREFERENCES = {"language", "theme", "density", "has_hotkeys"}


@transaction.atomic
def rename(*, user: User, name: str, at: datetime) -> None:
    """Change the user's own name."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.name == name:
        return
    before, user.name = user.name, name
    trail.begin(actor=user, at=at)
    user.save(update_fields=["name"])
    events.record(
        at=at,
        actor=user,
        action="user.renamed",
        target=user,
        branch_id=user.branch_id,
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
