"""Ring somebody's bell: what they should know of waits in their inbox until they have seen it.

Once a person and fact, never of one's own acts; more than ten of a kind within five minutes are one
line. Devices that asked for it are told through a signal; e-mail and the like are
`notifications.services.compose`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from ispbill.accounts import signals
from ispbill.accounts.models import User
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.inbox.models import Notice
from ispbill.inbox.queries import bells

RUSH = 10
_RUSH_TIME = timedelta(minutes=5)
_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Ring:
    """What is told: its kind (`queries.bells`), the fact that makes it once, a number, its page."""

    kind: str
    fact: str
    about: str
    url: str


@transaction.atomic
def ring(people: Iterable[User], told: Ring, *, act: Act) -> int:
    """Tell people of a fact, but not the one who did it; return how many hear of it anew."""
    doer = act.actor.pk if act.actor is not None else None
    heard = {one.pk for one in people if one.is_active and one.pk != doer}
    return sum(_ring(pk, told, at=act.at) for pk in sorted(heard))


@transaction.atomic
def seen(*, user: User, act: Act, pk: int | None = None, url: str = "") -> int:
    """Take a notice, or those that lead to a page, off a person's list; return how many."""
    wanted = Q(url=url) if pk is None else Q(pk=pk) | Q(behind_id=pk)
    mine = Notice.objects.filter(user=user)
    done = mine.filter(wanted, seen_at__isnull=True).update(seen_at=act.at)
    if done:
        mine.filter(seen_at__lt=act.at - _KEPT, others__isnull=True).delete()
        live.changed("bell")
    return done


def settled(*, url: str, act: Act) -> None:
    """Take what leads to a page off everybody's list: there is nothing to do there any more."""
    if Notice.objects.filter(url=url, seen_at__isnull=True).update(seen_at=act.at):
        live.changed("bell")


def _ring(user_id: int, told: Ring, *, at: datetime) -> int:
    # One of a person's at a time: two that come together are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    row, is_new = Notice.objects.get_or_create(
        user_id=user_id,
        fact=told.fact,
        defaults={"kind": told.kind, "about": told.about, "url": told.url, "at": at},
    )
    if is_new:
        _gather(row)
        row.refresh_from_db(fields=["behind"])
        if row.behind_id is None:  # of a rush, its first is enough
            signals.bell_rung.send(
                sender=Notice,
                user=row.user,
                words=partial(bells.words, told.kind),
                about=told.about,
                url=told.url,
                fact=told.fact,
                at=at,
            )
        live.changed("bell")
    return int(is_new)


def _gather(row: Notice) -> None:
    """Put what comes in a rush behind the first of it."""
    waiting = Notice.objects.filter(user_id=row.user_id, kind=row.kind, seen_at__isnull=True)
    rush = waiting.filter(at__gt=row.at - _RUSH_TIME, at__lte=row.at).order_by("at", "pk")
    found = list(rush.values_list("pk", "behind_id"))
    if len(found) <= RUSH:
        return
    first = found[0][1] or found[0][0]
    rush.exclude(pk=first).update(behind_id=first)
