"""What happens to somebody of the house right now, rung on the devices that asked for it.

Each fact once; nobody hears of their own doing; of more than ten of a kind within five minutes the
rest is one (support rules, section 7). Who has no device is told by nobody here: the inbox and the
lists have it anyway.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.core.models import Company
from ispbill.notifications.models import Message, PushDevice
from ispbill.notifications.services import compose

MOST, WITHIN = 10, timedelta(minutes=5)


def listeners(capability: str, *, branch_id: int | None) -> list[User]:
    """Return who may do something in a branch and has a device of the console."""
    devices = PushDevice.objects.filter(app=PushDevice.App.CONSOLE)
    people = User.objects.filter(is_active=True, pk__in=devices.values("user_id"))
    return [
        person
        for person in people.order_by("pk")
        if may(person, capability) and branch_scope(person) in {None, branch_id}
    ]


def ring(
    people: Iterable[User],
    *,
    event: str,
    context: Mapping[str, Any],
    fact: str,
    at: datetime,
    by: object = None,
) -> int:
    """Queue it for the people's devices; return how many are new. `by`: whose doing it is."""
    wanted = {person.pk: person for person in people if person != by}
    devices = PushDevice.objects.filter(user_id__in=wanted).exclude(app=PushDevice.App.PORTAL)
    written = 0
    for pk in sorted(set(devices.values_list("user_id", flat=True))):
        person = wanted[pk]
        language = person.language or Company.current().default_language
        letter = compose.to_person(person, context, fact=fact, language=language)
        told = event
        if _lately(person, event, at=at) >= MOST:
            since = int(at.timestamp() // WITHIN.total_seconds())
            many = {"count": str(MOST)}
            letter = compose.to_person(person, many, fact=f"{event}:{since}", language=language)
            told = "bell_many"
        written += compose.enqueue(
            letter, event=told, at=at, channels=(Message.WEB_PUSH,), is_urgent=True
        )
    return written


def _lately(person: User, event: str, *, at: datetime) -> int:
    """Return of how many facts of a kind somebody was told within the last minutes."""
    rows = Message.objects.filter(user_id=person.pk, event=event, created_at__gt=at - WITHIN)
    keys = rows.filter(channel=Message.WEB_PUSH).values_list("dedup_key", flat=True)
    return len({key.rpartition(":")[0] for key in keys})
