"""Alarms as the health page shows them."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from ispbill.accounts.models import User
from ispbill.upkeep.models import Alarm

_SHOWN_FOR = timedelta(days=7)  # after its end
_MOST = 20


def visible_to(_user: User) -> QuerySet[Alarm]:
    """Return all that were confirmed: alarms are the installation's, of no branch."""
    return Alarm.objects.filter(opened_at__isnull=False)


def lately(user: User, *, real_at: datetime) -> list[Alarm]:
    """Return open ones and those of the last days, the open and worst first."""
    found = visible_to(user).filter(Q(closed_at=None) | Q(closed_at__gt=real_at - _SHOWN_FOR))
    ordered = found.select_related("taken_by").order_by(
        F("closed_at").desc(nulls_first=True), "-is_critical", "-pk"
    )
    return list(ordered[:_MOST])
