"""Put an item off until later, for oneself; it comes back by itself."""

from datetime import datetime

from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.inbox.models import Postponement


class NotLater(DomainError):
    """The moment it should come back at is over."""


def put_off(*, kind: str, item_id: int, until: datetime, act: Act[User]) -> Postponement:
    """Leave an item out of a person's inbox until a moment. Twice, the last counts.

    Raises NotLater.
    """
    if until <= act.at:
        raise NotLater(_("Choose a moment that is still to come."))
    Postponement.objects.filter(user=act.actor, until__lte=act.at).delete()  # over and done
    row, _is_new = Postponement.objects.update_or_create(
        user=act.actor, kind=kind, item_id=item_id, defaults={"until": until}
    )
    return row


def bring_back(*, kind: str, item_id: int, act: Act[User]) -> None:
    """Let an item wait again that this person had put off. Twice is once."""
    Postponement.objects.filter(user=act.actor, kind=kind, item_id=item_id).delete()
